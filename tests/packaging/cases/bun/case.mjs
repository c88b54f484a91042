export default {
  title: 'Bun, without a window',
  tool: 'bun',
  modes: { import: { run: ['./run.mjs', 'render.js'] }, require: { run: ['./run.mjs', 'render.cjs'] } },
};

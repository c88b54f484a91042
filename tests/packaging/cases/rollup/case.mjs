export default {
  title: 'Rollup',
  tool: 'rollup',
  apps: ['react', 'by-hand'],
  modes: { build: { run: ['./build.mjs'], files: 'dist' } },
};

export default {
  title: 'happy-dom under node:test',
  tool: 'happy-dom',
  fast: true,
  apps: ['dom'],
  modes: {
    import: { run: ['--test', 'dom.test.mjs'] },
    require: { run: ['--test', 'dom.test.cjs'] },
  },
};

export default {
  title: 'Rollup',
  tool: 'rollup',
  apps: ['react'],
  modes: { build: { run: ['./build.mjs'], files: 'dist' } },
};

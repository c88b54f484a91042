export default {
  title: 'webpack',
  tool: 'webpack',
  apps: ['react', 'by-hand', 'compile'],
  modes: { build: { run: ['./build.mjs'], files: 'dist' } },
};

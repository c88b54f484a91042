export default {
  title: 'webpack',
  tool: 'webpack',
  apps: ['react', 'compile'],
  modes: { build: { run: ['./build.mjs'], files: 'dist' } },
};

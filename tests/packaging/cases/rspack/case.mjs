export default {
  title: 'Rspack',
  tool: '@rspack/core',
  apps: ['react', 'compile'],
  modes: { build: { run: ['./build.mjs'], files: 'dist' } },
};

export default {
  title: 'Rspack',
  tool: '@rspack/core',
  apps: ['react', 'by-hand', 'compile'],
  modes: { build: { run: ['./build.mjs'], files: 'dist' } },
};

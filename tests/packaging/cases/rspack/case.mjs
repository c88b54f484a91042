export default {
  title: 'Rspack',
  tool: '@rspack/core',
  app: 'react',
  modes: { build: { run: ['./build.mjs'], files: 'dist' } },
};

export default {
  title: 'webpack',
  tool: 'webpack',
  app: 'react',
  modes: { build: { run: ['./build.mjs'], files: 'dist' } },
};

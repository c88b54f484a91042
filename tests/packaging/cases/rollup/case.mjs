export default {
  title: 'Rollup',
  tool: 'rollup',
  app: 'react',
  modes: { build: { run: ['./build.mjs'], files: 'dist' } },
};

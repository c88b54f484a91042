export default {
  title: 'esbuild (esm)',
  tool: 'esbuild',
  fast: true,
  app: 'react',
  modes: { build: { run: ['./build.mjs'], files: 'dist' } },
};

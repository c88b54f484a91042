export default {
  title: 'esbuild (iife)',
  tool: 'esbuild',
  fast: true,
  app: 'react',
  modes: { build: { run: ['./build.mjs'], files: 'dist' } },
};

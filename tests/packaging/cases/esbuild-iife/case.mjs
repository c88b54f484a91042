export default {
  title: 'esbuild (iife)',
  tool: 'esbuild',
  fast: true,
  apps: ['page', 'react', 'by-hand'],
  modes: { build: { run: ['./build.mjs'], files: 'dist' } },
};

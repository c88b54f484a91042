export default {
  title: 'esbuild (iife)',
  tool: 'esbuild',
  fast: true,
  apps: ['react', 'by-hand'],
  modes: { build: { run: ['./build.mjs'], files: 'dist' } },
};

export default {
  title: 'esbuild (iife)',
  tool: 'esbuild',
  fast: true,
  apps: ['react'],
  modes: { build: { run: ['./build.mjs'], files: 'dist' } },
};

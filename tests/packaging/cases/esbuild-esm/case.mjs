export default {
  title: 'esbuild (esm)',
  tool: 'esbuild',
  fast: true,
  apps: ['react'],
  modes: { build: { run: ['./build.mjs'], files: 'dist' } },
};

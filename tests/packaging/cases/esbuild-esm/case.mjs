export default {
  title: 'esbuild (esm)',
  tool: 'esbuild',
  fast: true,
  apps: ['react', 'by-hand'],
  modes: { build: { run: ['./build.mjs'], files: 'dist' } },
};

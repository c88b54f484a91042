const build = { run: ['./build.mjs'], files: 'dist', scripts: 7 };

export default {
  title: 'esbuild (esm)',
  tool: 'esbuild',
  fast: true,
  apps: ['page', 'react', 'by-hand'],
  modes: { build, 'build with preload': { ...build, preload: 'main.js', late: 0 } },
};

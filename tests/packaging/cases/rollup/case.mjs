const build = { run: ['./build.mjs'], files: 'dist', scripts: 5 };

export default {
  title: 'Rollup',
  tool: 'rollup',
  apps: ['page', 'react', 'by-hand'],
  modes: { build, 'build with preload': { ...build, preload: 'main.js', scripts: 1, late: 0 } },
};

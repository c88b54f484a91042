const build = { run: ['./build.mjs'], files: 'dist', scripts: 4 };

export default {
  title: 'webpack',
  tool: 'webpack',
  apps: ['page', 'react', 'by-hand', 'compile'],
  modes: { build, 'build with preload': { ...build, preload: 'main.js', scripts: 1, late: 0 } },
};

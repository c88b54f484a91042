const build = { run: ['./build.mjs'], files: 'dist', scripts: 4 };

export default {
  title: 'Rspack',
  tool: '@rspack/core',
  apps: ['page', 'react', 'by-hand', 'compile'],
  modes: { build, 'build with preload': { ...build, preload: 'main.js', scripts: 1, late: 0 } },
};

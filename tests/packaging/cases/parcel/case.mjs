const build = { run: ['parcel/lib/bin.js', 'build', 'index.html', '--no-cache'], files: 'dist', scripts: 4 };

export default {
  title: 'Parcel',
  tool: 'parcel',
  apps: ['page', 'react', 'by-hand'],
  modes: { build, 'build with preload': { ...build, preload: 'main.js', scripts: 1, late: 0 } },
};

const vite = 'vite/bin/vite.js';

const build = { run: [vite, 'build'], files: 'dist', scripts: 5 };
const dev = { server: (port) => [vite, '--port', port, '--strictPort'] };

export default {
  title: 'Vite',
  tool: 'vite',
  fast: true,
  apps: ['page', 'react', 'by-hand'],
  modes: {
    build,
    dev,
    'build with preload': { ...build, preload: 'main.js', scripts: 1, late: 0 },
    'dev with preload': { ...dev, preload: 'main.js', late: 0, warmUp: true },
  },
};

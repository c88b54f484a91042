const vite = 'vite/bin/vite.js';

export default {
  title: 'Vite',
  tool: 'vite',
  apps: ['page', 'react', 'by-hand'],
  modes: {
    build: { run: [vite, 'build'], files: 'dist' },
    dev: { server: (port) => [vite, '--port', port, '--strictPort'] },
  },
};

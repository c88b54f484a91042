const vite = 'vite/bin/vite.js';

export default {
  title: 'TanStack Router',
  tool: '@tanstack/react-router',
  apps: ['account', 'vite'],
  modes: {
    build: { run: [vite, 'build'], files: 'dist' },
    dev: { server: (port) => [vite, '--port', port, '--strictPort'] },
  },
};

const vite = 'vite/bin/vite.js';

export default {
  title: 'React Router, data',
  tool: 'react-router',
  apps: ['account', 'vite'],
  modes: {
    build: { run: [vite, 'build'], files: 'dist' },
    dev: { server: (port) => [vite, '--port', port, '--strictPort'] },
  },
};

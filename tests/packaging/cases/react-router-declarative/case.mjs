const vite = 'vite/bin/vite.js';

export default {
  title: 'React Router, declarative',
  tool: 'react-router',
  app: 'account',
  modes: {
    build: { run: [vite, 'build'], files: 'dist' },
    dev: { server: (port) => [vite, '--port', port, '--strictPort'] },
  },
};

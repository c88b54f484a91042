const vite = 'vite/bin/vite.js';

export default {
  title: 'Vue Router',
  tool: 'vue-router',
  apps: ['page'],
  modes: {
    build: { run: [vite, 'build'], files: 'dist' },
    dev: { server: (port) => [vite, '--port', port, '--strictPort'] },
  },
};

const vite = 'vite/bin/vite.js';

export default {
  title: 'Vue Router',
  tool: 'vue-router',
  modes: {
    build: { run: [vite, 'build'], files: 'dist' },
    dev: { server: (port) => [vite, '--port', port, '--strictPort'] },
  },
};

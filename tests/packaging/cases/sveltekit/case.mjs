const vite = 'vite/bin/vite.js';
const html = '<p>Loading</p>';

export default {
  title: 'SvelteKit',
  tool: '@sveltejs/kit',
  modes: {
    build: {
      run: [vite, 'build'],
      server: (port) => [vite, 'preview', '--port', port, '--strictPort'],
      html,
    },
    dev: { server: (port) => [vite, 'dev', '--port', port, '--strictPort'], html },
  },
};

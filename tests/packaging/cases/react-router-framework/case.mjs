const dev = '@react-router/dev/bin.js';
const html = '<p>Loading</p>';

export default {
  title: 'React Router, framework mode with SSR',
  tool: '@react-router/dev',
  apps: ['account'],
  modes: {
    build: {
      run: [dev, 'build'],
      // It listens on the port that PORT says.
      server: () => ['@react-router/serve/bin.js', './build/server/index.js'],
      html,
    },
    'dev, after its first page': { server: (port) => [dev, 'dev', '--port', port], warmUp: true, html },
  },
};

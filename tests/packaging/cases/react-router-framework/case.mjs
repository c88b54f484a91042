const dev = '@react-router/dev/bin.js';

export default {
  title: 'React Router, framework mode with SSR',
  tool: '@react-router/dev',
  app: 'account',
  modes: {
    build: {
      run: [dev, 'build'],
      // It listens on the port that PORT says.
      server: () => ['@react-router/serve/bin.cjs', './build/server/index.js'],
    },
    dev: { server: (port) => [dev, 'dev', '--port', port] },
  },
};

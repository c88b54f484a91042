const next = 'next/dist/bin/next';
const env = { NEXT_TELEMETRY_DISABLED: '1' };
const html = '<p>Loading</p>';

export default {
  title: 'Next App Router (webpack)',
  tool: 'next',
  app: 'next',
  modes: {
    build: {
      run: [next, 'build', '--webpack'],
      server: (port) => [next, 'start', '--port', port],
      env,
      html,
    },
    dev: { server: (port) => [next, 'dev', '--webpack', '--port', port], env, html },
  },
};

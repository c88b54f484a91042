const next = 'next/dist/bin/next';

/** Next builds with Turbopack, or with webpack where it is told to. */
const modes = (bundler, ...flags) => {
  const served = { env: { NEXT_TELEMETRY_DISABLED: '1' }, html: '<p>Loading</p>' };
  const build = {
    run: [next, 'build', ...flags],
    server: (port) => [next, 'start', '--port', port],
    scripts: 9,
    ...served,
  };
  return {
    [`${bundler} build`]: build,
    [`${bundler} build with preload`]: { ...build, preload: 'app/providers.js', scripts: 8, late: 0 },
    [`${bundler} dev`]: { server: (port) => [next, 'dev', ...flags, '--port', port], ...served },
  };
};

export default {
  title: 'Next App Router',
  tool: 'next',
  apps: ['account', 'next', 'by-hand'],
  modes: { ...modes('Turbopack'), ...modes('webpack', '--webpack') },
};

const vitest = 'vitest/vitest.mjs';

export default {
  title: 'Vitest',
  tool: 'vitest',
  apps: ['dom'],
  modes: {
    jsdom: { run: [vitest, 'run', '--environment', 'jsdom'] },
    'happy-dom': { run: [vitest, 'run', '--environment', 'happy-dom'] },
  },
};

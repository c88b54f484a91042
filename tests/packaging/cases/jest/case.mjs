export default {
  title: 'Jest (CommonJS)',
  tool: 'jest',
  apps: ['dom'],
  modes: { jsdom: { run: ['jest/bin/jest.js', '--env', 'jsdom'] } },
};

export default {
  title: 'Jest (CommonJS)',
  tool: 'jest',
  app: 'dom',
  modes: { jsdom: { run: ['jest/bin/jest.js', '--env', 'jsdom'] } },
};

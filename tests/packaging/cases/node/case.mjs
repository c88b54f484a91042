export default {
  title: 'Node, without a window',
  fast: true,
  modes: {
    import: { run: ['--test', 'import.test.mjs'] },
    require: { run: ['--test', 'require.test.cjs'] },
  },
};

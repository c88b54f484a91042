export default {
  title: 'No bundler, an import map',
  fast: true,
  modes: { page: { files: '.' } },
};

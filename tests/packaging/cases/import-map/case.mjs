export default {
  title: 'No bundler, an import map',
  fast: true,
  app: 'plain',
  modes: { page: { files: '.' } },
};

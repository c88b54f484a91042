const page = { files: '.' };

export default {
  title: 'No bundler, an import map',
  fast: true,
  modes: { page, 'page with preload': { ...page, preload: 'main.js', late: 0 } },
};

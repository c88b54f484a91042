const ng = '@angular/cli/bin/ng.js';

export default {
  title: 'Angular',
  tool: '@angular/core',
  modes: {
    build: {
      run: [ng, 'build'],
      files: 'dist/browser',
      env: { NG_CLI_ANALYTICS: 'false' },
    },
  },
};

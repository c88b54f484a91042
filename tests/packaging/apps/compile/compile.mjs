import { cpSync } from 'node:fs';
import { resolve } from 'node:path';

/** Builds the app with webpack, or with Rspack, whose interface is the same. */
export function compile(bundler) {
  const compiler = bundler({
    mode: 'production',
    entry: './main.js',
    output: { path: resolve('dist'), filename: 'main.js', publicPath: '/' },
  });
  compiler.run((error, stats) => {
    console.log(error ?? stats.toString());
    if (error || stats.hasErrors()) process.exitCode = 1;
    compiler.close(() => {});
  });
  cpSync('index.html', 'dist/index.html');
}

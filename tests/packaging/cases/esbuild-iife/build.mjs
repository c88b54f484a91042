import { readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

await build({ entryPoints: ['main.js'], bundle: true, minify: true, format: 'iife', outdir: 'dist' });
writeFileSync('dist/index.html', readFileSync('index.html', 'utf8').replace(' type="module"', ''));

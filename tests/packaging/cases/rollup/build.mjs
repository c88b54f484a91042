import { cpSync } from 'node:fs';
import commonjs from '@rollup/plugin-commonjs';
import nodeResolve from '@rollup/plugin-node-resolve';
import replace from '@rollup/plugin-replace';
import { rollup } from 'rollup';

const bundle = await rollup({
  input: 'main.js',
  plugins: [
    replace({ preventAssignment: true, 'process.env.NODE_ENV': '"production"' }),
    nodeResolve({ browser: true }),
    commonjs(),
  ],
});
await bundle.write({ dir: 'dist', format: 'es' });
cpSync('index.html', 'dist/index.html');

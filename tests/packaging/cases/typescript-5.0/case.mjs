/** The declarations are checked too: no tsconfig says `skipLibCheck`. */
const mode = (...flags) => ({ run: ['./check.mjs', ...flags] });

export default {
  title: 'TypeScript',
  tool: 'typescript',
  apps: ['../../types'],
  modes: {
    bundler: mode('--moduleResolution', 'bundler'),
    node10: mode('--moduleResolution', 'node10'),
    node16: mode('--moduleResolution', 'node16', '--module', 'node16'),
  },
};

// The entries once more for `require`, which Jest uses by default: each one file that imports nothing dynamically.
// A bundler takes the ES modules for `require` too, by the condition `module`.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './run.mjs';

/** The glue and the bytes lie where the wasm is built. */
const MADE = ['./glue.js', './bytes.js'];

/**
 * Writes `name.cjs` and its types for each entry of `stage`.
 *
 * @param {string[]} names
 * @param {string} stage folder of the compiled TypeScript
 * @param {string} glueStage folder of the wasm's glue
 */
export async function makeCommonJs(names, stage, glueStage) {
  for (const name of names) {
    const entry = join(stage, `${name}.js`);
    await build({
      entryPoints: [entry],
      outfile: join(stage, `${name}.cjs`),
      bundle: true,
      format: 'cjs',
      platform: 'neutral',
      target: 'es2022',
      external: ['react', 'react/jsx-runtime'],
      // Jest's jsdom has neither TextDecoder nor TextEncoder.
      inject: [join(root, 'scripts/lib/text-coding.mjs')],
      legalComments: 'none',
      logLevel: 'error',
      plugins: [
        {
          name: 'two stages',
          setup: ({ onResolve }) =>
            onResolve({ filter: /^\.\// }, ({ path }) => ({
              path: join(MADE.includes(path) ? glueStage : stage, path),
              sideEffects: false,
            })),
        },
      ],
    });
  }
  for (const name of declared(names, stage)) {
    const types = readFileSync(join(stage, `${name}.d.ts`), 'utf8');
    writeFileSync(join(stage, `${name}.d.cts`), types.replaceAll(RELATIVE, "$1'./$2.cjs'"));
  }
}

const RELATIVE = /(\bfrom |\bimport\()'\.\/([\w.]+)\.js'/g;

/** The modules whose declarations the entries' reach. */
function declared(names, stage, found = new Set()) {
  for (const name of names.filter((name) => !found.has(name))) {
    found.add(name);
    const types = readFileSync(join(stage, `${name}.d.ts`), 'utf8');
    declared(
      [...types.matchAll(RELATIVE)].map(([, , name]) => name),
      stage,
      found,
    );
  }
  return found;
}

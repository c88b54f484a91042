// The entries once more for `require`, which Jest uses by default: each one file that imports nothing dynamically.
// A bundler takes the ES modules for `require` too, by the condition `module`.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import { build } from 'esbuild';
import { root } from './run.mjs';

/** What lies where the wasm is built. */
const MADE = ['glue.js', 'bytes.js'];

/**
 * Writes `name.cjs` and its types for each entry of `stage`.
 *
 * @param {string[]} names
 * @param {string} stage folder of the compiled TypeScript
 * @param {string} glueStage folder of the wasm's glue
 */
export async function makeCommonJs(names, stage, glueStage) {
  /** Two folders that become one. */
  const stages = {
    name: 'stages',
    setup: ({ onResolve }) =>
      onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
        const file = relative(resolveDir === glueStage ? glueStage : stage, join(resolveDir, path));
        return { path: join(MADE.includes(file) ? glueStage : stage, file), sideEffects: false };
      }),
  };
  for (const name of names) {
    await build({
      entryPoints: [join(stage, `${name}.js`)],
      outfile: join(stage, `${name}.cjs`),
      bundle: true,
      format: 'cjs',
      platform: 'neutral',
      target: 'es2022',
      external: ['react', 'react/jsx-runtime', 'vue'],
      // Jest's jsdom has neither TextDecoder nor TextEncoder.
      inject: [join(root, 'scripts/lib/text-coding.mjs')],
      legalComments: 'none',
      logLevel: 'error',
      plugins: [stages],
    });
  }
  for (const name of declared(names, stage)) {
    const types = readFileSync(join(stage, `${name}.d.ts`), 'utf8');
    writeFileSync(join(stage, `${name}.d.cts`), types.replaceAll(RELATIVE, "$1'$2.cjs'"));
  }
}

const RELATIVE = /(\bfrom |\bimport\()'(\.\.?\/[\w./]+)\.js'/g;

/** The modules whose declarations the entries' reach. */
function declared(names, stage, found = new Set()) {
  for (const name of names.filter((name) => !found.has(name))) {
    found.add(name);
    const types = readFileSync(join(stage, `${name}.d.ts`), 'utf8');
    const reached = [...types.matchAll(RELATIVE)].map(([, , path]) => posix.join(posix.dirname(name), path));
    declared(reached, stage, found);
  }
  return found;
}

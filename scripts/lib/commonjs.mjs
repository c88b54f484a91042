// The entries once more for `require`, which Jest uses by default: each one file that imports nothing dynamically.
// A bundler takes the ES modules for `require` too, by the condition `module`.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { build } from 'esbuild';
import { root } from './run.mjs';

/**
 * Writes `name.cjs` and its types for each entry of the first folder.
 *
 * @param {string[]} names
 * @param {string[]} folders that become one: of the compiled TypeScript, and of each wasm's glue
 */
export async function makeCommonJs(names, folders) {
  const [stage] = folders;
  const stages = {
    name: 'stages',
    setup: ({ onResolve }) =>
      onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
        const from = folders.find((folder) => `${resolveDir}${sep}`.startsWith(folder + sep));
        const file = join(relative(from ?? '', resolveDir), path);
        const found = folders.map((folder) => join(folder, file)).find(existsSync);
        return found && { path: found, sideEffects: false };
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

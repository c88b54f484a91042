// `npm run build` and `npm run size`: the package, and what a page pays for it in bytes on the wire.
// Over its budget (budget.json) the build fails.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from './build.mjs';
import { Failed, root } from './lib/run.mjs';
import { bold, main, red, step } from './lib/step.mjs';

const dist = join(root, 'pkg/dist');
/** The hints of errors, which a page without an error never loads, and the recorder, which a page without a trace never does. */
const LATER = ['errors.hints.js', 'trace.js'];

/** `[raw, gzip -9, brotli -11]` */
function weigh(bytes) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return [bytes.length, gzipSync(bytes, { level: 9 }).length, brotliCompressSync(bytes, { params }).length];
}

const sum = (weights) => weights.reduce((a, b) => a.map((n, i) => n + b[i]), [0, 0, 0]);

/**
 * Bundles one page that does `code`, as an app would, and weighs its chunks:
 * those a page loads at once, those it loads to sign in, and each of those it loads for something special.
 */
async function page(code) {
  const { build: bundle } = await import('esbuild');
  const { metafile, outputFiles } = await bundle({
    stdin: { contents: code, resolveDir: root, sourcefile: 'page.js' },
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    external: ['react', 'react/jsx-runtime'],
    outdir: '/out',
    absWorkingDir: root,
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const chunks = new Map(
    Object.entries(metafile.outputs).map(([path, output]) => {
      const file = outputFiles.find((file) => basename(file.path) === basename(path));
      return [path, { ...output, weight: weigh(file.contents), source: basename(output.entryPoint ?? '') }];
    }),
  );
  const reach = (from, kinds, found = new Set(), later = false) => {
    if (found.has(from) || !chunks.has(from)) return found;
    if (!later && LATER.includes(chunks.get(from).source)) return found;
    found.add(from);
    for (const { path, kind } of chunks.get(from).imports)
      if (kinds.includes(kind)) reach(path, kinds, found);
    return found;
  };
  const entry = [...chunks].find(([, chunk]) => chunk.source === 'page.js')[0];
  const total = (paths) => sum([...paths].map((path) => chunks.get(path).weight));
  const everything = reach(entry, ['import-statement', 'dynamic-import']);
  return {
    eager: total(reach(entry, ['import-statement'])),
    everything: total(everything),
    later: LATER.map((source) => {
      const [from] = [...chunks].find(([, chunk]) => chunk.source === source);
      const reached = reach(from, ['import-statement'], new Set(everything), true);
      return total([...reached].filter((path) => !everything.has(path)));
    }),
  };
}

/** Weighs the package, prints what it found, and throws if that is over the budget. */
export async function size() {
  const budget = JSON.parse(readFileSync(join(root, 'scripts/budget.json'), 'utf8'));
  let rows = [];
  try {
    await step('size', async () => {
      const react = await page(`
        import { IntelliAuthProvider, useIntelliAuth } from '@intelliauth/spa-sdk/react';
        globalThis.page = [IntelliAuthProvider, useIntelliAuth];`);
      const plain = await page(`
        import { createIntelliAuth } from '@intelliauth/spa-sdk';
        globalThis.page = createIntelliAuth;`);
      const file = (name) => weigh(readFileSync(join(dist, name)));
      rows = [
        ['intelliauth.wasm', file('intelliauth.wasm')],
        ['glue.js', file('glue.js')],
        ['bytes.js (the wasm, inlined)', file('bytes.js')],
        ['Plain page, eager', plain.eager],
        ['Plain page, everything it needs', plain.everything],
        ['React page, eager', react.eager, budget.eager],
        ['React page, everything it needs', react.everything, budget.everything],
        ['Loaded only to explain an error', react.later[0]],
        ['Loaded only to record a trace', react.later[1]],
      ];
      const over = rows.filter(([, [, , brotli], limit]) => brotli > limit);
      if (over.length > 0) {
        const by = over.map(([name, [, , brotli], limit]) => `${name}: ${brotli - limit} bytes over budget`);
        throw new Failed(by.join('; '), '');
      }
      return { note: 'within budget', tests: { passed: 1, failed: 0 } };
    });
  } finally {
    print(rows);
  }
}

function print(rows) {
  const line = (name, cells) => `  ${name.padEnd(34)}${cells.map((cell) => cell.padStart(9)).join('')}`;
  console.log(bold(line('bytes', ['raw', 'gzip', 'brotli', 'budget'])));
  for (const [name, weight, limit] of rows) {
    const cells = [...weight, ...(limit ? [limit] : [])].map((number) => number.toLocaleString('en'));
    console.log((weight[2] > limit ? red : String)(line(name, cells)));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    await build();
    await size();
  });
}

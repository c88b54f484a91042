// `npm run build` and `npm run size`: the package, and what a page pays for it in bytes on the wire.
// Over its budget (budget.json) the build fails, and says where the bytes are; `-- --groups` says so in any case.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { wasmGroups } from './lib/breakdown.mjs';
import { Failed, root } from './lib/run.mjs';
import { bold, main, red, step } from './lib/step.mjs';
import { namedWasm } from './lib/wasm.mjs';
import { weigh } from './lib/weigh.mjs';

const dist = join(root, 'pkg/dist');
/** The hints of errors, which a page without an error never loads, and the recorder, which a page without a trace never does. */
const LATER = ['errors.hints.js', 'trace.js'];

/** What a chunk is, by the module that it was made for. */
const PARTS = {
  'page.js': 'loader, with the framework (eager)',
  'client.js': 'client, with the glue',
  'session.js': 'session of a framework',
  'bytes.js': 'the wasm, inlined',
};

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
    parts: [...everything].map((path) => [PARTS[chunks.get(path).source] ?? path, chunks.get(path).weight]),
    later: LATER.map((source) => {
      const [from] = [...chunks].find(([, chunk]) => chunk.source === source);
      const reached = reach(from, ['import-statement'], new Set(everything), true);
      return total([...reached].filter((path) => !everything.has(path)));
    }),
  };
}

const REACT = `
  import { IntelliAuthProvider, useIntelliAuth } from '@intelliauth/spa-sdk/react';
  globalThis.page = [IntelliAuthProvider, useIntelliAuth];`;
const PLAIN = `
  import { createIntelliAuth } from '@intelliauth/spa-sdk';
  globalThis.page = createIntelliAuth;`;

let weighed;
/** Both pages, bundled once for all who ask. */
const pages = () => {
  weighed ??= Promise.all([page(REACT), page(PLAIN)]).then(([react, plain]) => ({ react, plain }));
  return weighed;
};

/** Weighs the package, prints what it found, and throws if that is over the budget. */
export async function size({ groups = false } = {}) {
  const budget = JSON.parse(readFileSync(join(root, 'scripts/budget.json'), 'utf8'));
  let rows = [];
  let over = [];
  try {
    await step('size', async () => {
      const { react, plain } = await pages();
      const file = (name) => weigh(readFileSync(join(dist, name)));
      rows = [
        ['intelliauth.wasm', file('intelliauth.wasm'), budget.wasm],
        ['glue.js', file('glue.js')],
        ['bytes.js (the wasm, inlined)', file('bytes.js')],
        ['Plain page, eager', plain.eager],
        ['Plain page, everything it needs', plain.everything],
        ['React page, eager', react.eager, budget.eager],
        ['React page, everything it needs', react.everything, budget.everything],
        ['Loaded only to explain an error', react.later[0]],
        ['Loaded only to record a trace', react.later[1]],
      ];
      over = rows.filter(([, [, , brotli], limit]) => brotli > limit);
      if (over.length > 0) {
        const by = over.map(([name, [, , brotli], limit]) => `${name}: ${brotli - limit} bytes over budget`);
        throw new Failed(by.join('; '), '');
      }
      return { note: 'within budget', tests: { passed: 1, failed: 0 } };
    });
  } finally {
    print(rows);
    if (groups || over.length > 0) await printGroups();
  }
}

/** The figures that a release is remembered by: brotli bytes. */
export async function figures() {
  const { react, plain } = await pages();
  return {
    wasm: weigh(readFileSync(join(dist, 'intelliauth.wasm')))[2],
    'react, eager': react.eager[2],
    'react, everything': react.everything[2],
    'plain, eager': plain.eager[2],
    'plain, everything': plain.everything[2],
  };
}

/** What a React page's bytes are made of: its chunks' modules, and the wasm's functions by module. */
async function printGroups() {
  const wasm = await step('groups of the wasm', (onLine) => namedWasm(onLine));
  const line = (name, raw, brotli) => `  ${name.padEnd(44)}${number(raw)}${number(brotli)}`;
  const number = (value) => value.toLocaleString('en').padStart(9);
  console.log(bold(`  ${'group'.padEnd(44)}      raw   brotli, each alone`));
  const { parts } = (await pages()).react;
  for (const [name, [raw, , brotli]] of parts) console.log(line(name, raw, brotli));
  for (const [name, raw, brotli] of wasmGroups(wasm)) console.log(line(`wasm: ${name}`, raw, brotli));
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
    await size({ groups: process.argv.includes('--groups') });
  });
}

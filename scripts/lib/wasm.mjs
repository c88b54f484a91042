// src/ → the wasms and their glue, each in a stage of its own.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ordered } from './order.mjs';
import { Failed, root, run, tools } from './run.mjs';
import { exclusively, fingerprint, isFresh, keepStamp } from './stamp.mjs';
import { step } from './step.mjs';
import { textModule, textTypes } from './text.mjs';

const TARGET = 'wasm32-unknown-unknown';
const kb = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;

/**
 * The features that every browser since mid-2023 has, as wasm-opt and as binaryen's interface name them. Never all: the
 * newest are refused by browsers.
 */
const WASM_FEATURES = {
  'bulk-memory': 'BulkMemory',
  'nontrapping-float-to-int': 'NontrappingFPToInt',
  'sign-ext': 'SignExt',
  'mutable-globals': 'MutableGlobals',
  'reference-types': 'ReferenceTypes',
  multivalue: 'Multivalue',
};

/**
 * The wasms, each with a glue of its own: what every page loads, and what none does that only signs users in.
 * `into`: the folder in the package.
 */
export const WASMS = [
  { name: 'wasm', features: 'js', into: '', file: 'intelliauth.wasm', small: true },
  { name: 'wasm-explain', features: 'js-explain', into: 'explain', file: 'explain.wasm', small: false },
];
/** What of the package is made for it. */
export const stageOf = ({ name }) => join(tools, 'stage', name);
/** Where its glue and bytes are. */
export const glueOf = (wasm) => join(stageOf(wasm), wasm.into);

/** Makes what is not up to date. */
export async function buildWasm() {
  const rustc = await run('rustc', ['--version']);
  const sources = [
    'Cargo.toml',
    'Cargo.lock',
    '.cargo',
    'src',
    'scripts/lib/wasm.mjs',
    'scripts/lib/lean.mjs',
    'scripts/lib/lean-glue.mjs',
    'scripts/lib/order.mjs',
    'scripts/lib/wasm-format.mjs',
    'scripts/lib/text.mjs',
    'scripts/lib/text-search.mjs',
    'package-lock.json',
  ];
  const print = fingerprint(sources, rustc);
  const stale = WASMS.filter(
    (wasm) => !isFresh(wasm.name, print) || !existsSync(join(glueOf(wasm), 'bytes.js')),
  );
  if (stale.length === 0) return step('build: wasm', () => 'up to date');
  // Cargo compiles the next while the one before is optimised.
  const glues = [];
  for (const wasm of stale) {
    await compile(wasm);
    const glue = makeGlue(wasm, print);
    glue.catch(() => {}); // told below
    glues.push(glue);
  }
  await Promise.all(glues);
}

const bareOf = ({ name }) => join(tools, 'stage', `${name}.wasm`);
const namedOf = ({ name }) => join(tools, 'stage', `${name}.named.wasm`);

function compile(wasm) {
  const flags = ['--lib', '--crate-type', 'cdylib', '--release', '--target', TARGET];
  return step(`build: cargo, ${wasm.name}`, (onLine) =>
    exclusively(async () => {
      await run('cargo', ['rustc', ...flags, '--features', wasm.features], { onLine });
      // Cargo has one place for both.
      mkdirSync(dirname(bareOf(wasm)), { recursive: true });
      copyFileSync(join(root, 'target', TARGET, 'release/intelliauth_spa_sdk.wasm'), bareOf(wasm));
      return kb(readFileSync(bareOf(wasm)).length);
    }, onLine),
  );
}

function makeGlue(wasm, print) {
  const folder = glueOf(wasm);
  return step(`build: glue, ${wasm.name}`, (onLine) =>
    exclusively(async () => {
      keepStamp(wasm.name, '');
      rmSync(stageOf(wasm), { recursive: true, force: true });
      await run(
        'wasm-bindgen',
        [
          ...['--target', 'web', '--omit-default-module-path', '--experimental-reset-state-function'],
          ...['--out-name', 'glue', '--out-dir', folder, bareOf(wasm)],
        ],
        { onLine },
      );
      const [made, finished] = [join(folder, 'glue_bg.wasm'), join(folder, wasm.file)];
      if (wasm.small) {
        // Imported now: on a fresh machine npm's packages come with this very run.
        const { lean } = await import('./lean.mjs');
        lean(made, join(folder, 'glue.js'), Object.values(WASM_FEATURES), namedOf(wasm));
      }
      await optimise(wasm.small ? namedOf(wasm) : made, finished, wasm.small, onLine);
      rmSync(made);
      rmSync(join(folder, 'glue_bg.wasm.d.ts'), { force: true });
      refuseEval(folder);
      writeFileSync(finished, ordered(readFileSync(finished)));
      writeFileSync(join(folder, 'bytes.js'), await textModule(readFileSync(finished)));
      writeFileSync(join(folder, 'bytes.d.ts'), textTypes);
      keepStamp(wasm.name, print);
      return kb(readFileSync(finished).length);
    }, onLine),
  );
}

/** The wasm that every page loads as it is published, but with the names of its functions: to see where its bytes are. */
export async function namedWasm(onLine) {
  const [named] = WASMS;
  const to = join(tools, 'stage', 'named.wasm');
  await optimise(namedOf(named), to, true, onLine, ['--debuginfo', '--strip-producers']);
  return readFileSync(to);
}

const STRIPPED = ['--strip-debug', '--strip-producers', '--strip-target-features'];

function optimise(from, to, twice, onLine, last = STRIPPED) {
  const passes = [
    ...Object.keys(WASM_FEATURES).map((feature) => `--enable-${feature}`),
    ...(twice ? ['-Oz', '-Oz'] : ['-Oz']),
    ...last,
  ];
  const wasmOpt = join(root, 'node_modules/binaryen/bin/wasm-opt');
  return run(process.execPath, [wasmOpt, ...passes, from, '-o', to], { onLine });
}

/** A page whose policy allows wasm but not eval must be able to load the glue. */
export function refuseEval(folder) {
  for (const name of filesIn(folder).filter((name) => /\.c?js$/.test(name))) {
    const found = readFileSync(join(folder, name), 'utf8').match(/\b(eval|Function)\s*\(.{0,80}/);
    if (found) throw new Failed(`${name} evaluates code, which a strict CSP refuses: ${found[0].trim()}`, '');
  }
}

/** The files under a folder, relative to it. */
export const filesIn = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));

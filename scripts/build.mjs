// Makes the npm package: src/ → wasm and its glue, js/ → the entries, all into pkg/dist.
// What is made lands in .tools/stage first, so that a half-made package is never served or tested.
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
import { Failed, root, run, tools } from './lib/run.mjs';
import { exclusively, fingerprint, isFresh, keepStamp } from './lib/stamp.mjs';
import { step } from './lib/step.mjs';
import { textModule, textTypes } from './lib/text.mjs';
import * as need from './setup.mjs';

const TARGET = 'wasm32-unknown-unknown';
const dist = join(root, 'pkg/dist');
const jsStage = join(tools, 'stage/js');
/** What apps import, by name; `package.json` exports them. */
const ENTRIES = ['index', 'react', 'store', 'vue', 'protocol', 'testing/index', 'testing/react'];
/** What declarations and the README speak of. */
const DOCUMENTS = ['LICENSE-MIT', 'LICENSE-APACHE', 'CHANGELOG.md', 'SECURITY.md', 'docs/errors.md'];
const module = (path) => join(root, 'node_modules', path);
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

let built;
/** Builds the package, or finds it built; once per run. */
export const build = () => {
  built ??= makePackage();
  return built;
};

async function makePackage() {
  await need.node();
  const packages = need.npm();
  packages.catch(() => {}); // told below
  await need.rust();
  await need.wasmTarget();
  await need.wasmBindgen();
  await packages;
  await buildWasm();
  await buildJs();
}

/**
 * The wasms, each with a glue of its own: what every page loads, and what none does that only signs users in.
 * `into`: the folder in the package.
 */
const WASMS = [
  { name: 'wasm', features: 'js', into: '', file: 'intelliauth.wasm', small: true },
  { name: 'wasm-explain', features: 'js-explain', into: 'explain', file: 'explain.wasm', small: false },
];
const stageOf = ({ name }) => join(tools, 'stage', name);
const glueOf = (wasm) => join(stageOf(wasm), wasm.into);

async function buildWasm() {
  const rustc = await run('rustc', ['--version']);
  const sources = [
    'Cargo.toml',
    'Cargo.lock',
    '.cargo',
    'src',
    'scripts/build.mjs',
    'scripts/lib/lean.mjs',
    'scripts/lib/text.mjs',
    'package-lock.json',
  ];
  const print = fingerprint(sources, rustc);
  const stale = WASMS.filter(
    (wasm) => !isFresh(wasm.name, print) || !existsSync(join(glueOf(wasm), 'bytes.js')),
  );
  if (stale.length === 0) return step('build: wasm', () => exclusively(publish).then(() => 'up to date'));
  // Cargo compiles the next while the one before is optimised.
  const glues = [];
  for (const wasm of stale) {
    await compile(wasm);
    const glue = makeGlue(wasm, print);
    glue.catch(() => {}); // told below
    glues.push(glue);
  }
  await Promise.all(glues);
  await exclusively(publish);
}

const bareOf = ({ name }) => join(tools, 'stage', `${name}.wasm`);

function compile(wasm) {
  const flags = ['--release', '--lib', '--target', TARGET, '--features', wasm.features];
  return step(`build: cargo, ${wasm.name}`, (onLine) =>
    exclusively(async () => {
      await run('cargo', ['build', ...flags], { onLine });
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
        const { lean } = await import('./lib/lean.mjs');
        lean(made, join(folder, 'glue.js'), Object.values(WASM_FEATURES));
      }
      await optimise(made, finished, wasm.small, onLine);
      rmSync(made);
      rmSync(join(folder, 'glue_bg.wasm.d.ts'), { force: true });
      refuseEval(folder);
      writeFileSync(join(folder, 'bytes.js'), textModule(readFileSync(finished)));
      writeFileSync(join(folder, 'bytes.d.ts'), textTypes);
      keepStamp(wasm.name, print);
      return kb(readFileSync(finished).length);
    }, onLine),
  );
}

function optimise(from, to, twice, onLine) {
  const passes = [
    ...Object.keys(WASM_FEATURES).map((feature) => `--enable-${feature}`),
    ...(twice ? ['-Oz', '-Oz'] : ['-Oz']),
    // What is called once is inlined only if it is small: brotli finds more to repeat in many short functions.
    '--one-caller-inline-max-function-size=24',
    ...['--strip-debug', '--strip-producers', '--strip-target-features'],
  ];
  const wasmOpt = module('binaryen/bin/wasm-opt');
  return run(process.execPath, [wasmOpt, ...passes, from, '-o', to], { onLine });
}

/** A page whose policy allows wasm but not eval must be able to load the glue. */
function refuseEval(folder) {
  for (const name of filesIn(folder).filter((name) => /\.c?js$/.test(name))) {
    const found = readFileSync(join(folder, name), 'utf8').match(/\b(eval|Function)\s*\(.{0,80}/);
    if (found) throw new Failed(`${name} evaluates code, which a strict CSP refuses: ${found[0].trim()}`, '');
  }
}

async function buildJs() {
  const sources = [
    'js',
    'scripts/build.mjs',
    'scripts/lib/commonjs.mjs',
    'scripts/lib/text-coding.mjs',
    'package-lock.json',
  ];
  const made = ['glue.d.ts', 'bytes.js'];
  const glue = WASMS.flatMap((wasm) => made.map((name) => readFileSync(join(glueOf(wasm), name), 'utf8')));
  const print = fingerprint(sources, ...glue);
  await step('build: typescript', (onLine) =>
    exclusively(async () => {
      if (isFresh('js', print) && existsSync(jsStage)) {
        publish();
        return 'up to date';
      }
      // What is half made is not what the old stamp says.
      keepStamp('js', '');
      rmSync(jsStage, { recursive: true, force: true });
      const tsc = module('typescript/bin/tsc');
      await run(process.execPath, [tsc, '-p', 'js/tsconfig.json', '--outDir', jsStage], { onLine });
      // Imported now: on a fresh machine npm's packages come with this very run.
      const { makeCommonJs } = await import('./lib/commonjs.mjs');
      // A declaration alone: what it declares is the wasm.
      copyFileSync(join(root, 'js/wasm.d.ts'), join(jsStage, 'wasm.d.ts'));
      writeFileSync(join(jsStage, 'wasm.d.cts'), 'declare const url: string;\nexport = url;\n');
      await makeCommonJs(ENTRIES, [jsStage, ...WASMS.map(stageOf)]);
      refuseEval(jsStage);
      publish();
      keepStamp('js', print);
    }, onLine),
  );
}

/** The files under a folder, relative to it. */
const filesIn = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));

/** Makes pkg/dist what the stages hold. A file that is the same is left alone, so that no watcher wakes. */
function publish() {
  mkdirSync(dist, { recursive: true });
  const made = new Map();
  for (const stage of [...WASMS.map(stageOf), jsStage].filter(existsSync)) {
    for (const name of filesIn(stage)) made.set(name, join(stage, name));
  }
  for (const [name, path] of made) {
    const to = join(dist, name);
    mkdirSync(dirname(to), { recursive: true });
    if (!existsSync(to) || !readFileSync(to).equals(readFileSync(path))) copyFileSync(path, to);
  }
  for (const name of filesIn(dist).filter((name) => !made.has(name))) rmSync(join(dist, name));
  mkdirSync(join(root, 'pkg/docs'), { recursive: true });
  for (const name of DOCUMENTS) copyFileSync(join(root, name), join(root, 'pkg', name));
}

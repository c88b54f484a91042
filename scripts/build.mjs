// Makes the npm package: src/ → wasm and its glue, js/ → the entries, all into pkg/dist.
// What is made lands in .tools/stage first, so that a half-made package is never served or tested.
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root, run, tools } from './lib/run.mjs';
import { exclusively, fingerprint, isFresh, keepStamp } from './lib/stamp.mjs';
import { step } from './lib/step.mjs';
import { buildWasm, filesIn, glueOf, refuseEval, stageOf, WASMS } from './lib/wasm.mjs';
import * as need from './setup.mjs';

const dist = join(root, 'pkg/dist');
const jsStage = join(tools, 'stage/js');
/** What apps import, by name; `package.json` exports them. */
const ENTRIES = [
  'index',
  'react',
  'store',
  'vue',
  'devtools/index',
  'explain/index',
  'protocol',
  'testing/index',
  'testing/react',
];
/** What declarations and the README speak of. */
const DOCUMENTS = ['LICENSE-MIT', 'LICENSE-APACHE', 'CHANGELOG.md', 'SECURITY.md', 'docs/errors.md'];
const module = (path) => join(root, 'node_modules', path);

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
  await exclusively(publish);
  await buildJs();
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
      // The command, which is Node's alone.
      await run(process.execPath, [tsc, '-p', 'js/cli/tsconfig.json', '--outDir', jsStage], { onLine });
      chmodSync(join(jsStage, 'cli/index.js'), 0o755);
      // Imported now: on a fresh machine npm's packages come with this very run.
      const { makeCommonJs } = await import('./lib/commonjs.mjs');
      // A declaration alone: what it declares is the wasm.
      copyFileSync(join(root, 'js/wasm.d.ts'), join(jsStage, 'wasm.d.ts'));
      writeFileSync(join(jsStage, 'wasm.d.cts'), 'declare const url: string;\nexport = url;\n');
      // Of the CommonJS entries each is one file already, with everything in it.
      writeFileSync(join(jsStage, 'preload.cjs'), '');
      copyFileSync(join(jsStage, 'preload.d.ts'), join(jsStage, 'preload.d.cts'));
      await makeCommonJs(ENTRIES, [jsStage, ...WASMS.map(stageOf)]);
      refuseEval(jsStage);
      publish();
      keepStamp('js', print);
    }, onLine),
  );
}

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

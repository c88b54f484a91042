// Makes the simulation's wasm for the demo's page /lab: simulation/ → www/src/lab/simulation. Not part of the package.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root, run } from './lib/run.mjs';
import { exclusively, fingerprint, isFresh, keepStamp } from './lib/stamp.mjs';
import { main, step } from './lib/step.mjs';
import { textModule, textTypes } from './lib/text.mjs';
import * as need from './setup.mjs';

const TARGET = 'wasm32-unknown-unknown';
const out = join(root, 'www/src/lab/simulation');

let built;
/** Builds it, or finds it built; once per run. */
export const lab = () => {
  built ??= make();
  return built;
};

async function make() {
  await need.node();
  await need.npm();
  await need.rust();
  await need.wasmTarget();
  await need.wasmBindgen();
  const sources = ['Cargo.toml', 'Cargo.lock', '.cargo', 'src', 'simulation', 'scripts/lab.mjs'];
  const print = fingerprint(
    [...sources, 'scripts/lib/text.mjs', 'scripts/lib/text-search.mjs'],
    await run('rustc', ['--version']),
  );
  await step('build: simulation', (onLine) =>
    exclusively(async () => {
      if (isFresh('lab', print) && existsSync(join(out, 'bytes.js'))) return 'up to date';
      // The package's own profile: what the two are made of is compiled once.
      const flags = ['--lib', '--crate-type', 'cdylib', '--release', '--target', TARGET];
      await run('cargo', ['rustc', '-p', 'simulation', ...flags], { onLine });
      rmSync(out, { recursive: true, force: true });
      mkdirSync(out, { recursive: true });
      const bare = join(root, 'target', TARGET, 'release/simulation.wasm');
      const names = ['--remove-name-section', '--remove-producers-section'];
      const web = ['--target', 'web', '--omit-default-module-path', '--out-name', 'glue'];
      await run('wasm-bindgen', [...web, ...names, '--out-dir', out, bare], { onLine });
      const wasm = readFileSync(join(out, 'glue_bg.wasm'));
      writeFileSync(join(out, 'bytes.js'), await textModule(wasm));
      writeFileSync(join(out, 'bytes.d.ts'), textTypes);
      for (const name of ['glue_bg.wasm', 'glue_bg.wasm.d.ts']) rmSync(join(out, name), { force: true });
      keepStamp('lab', print);
      return `${(wasm.length / 1024).toFixed(0)} KB`;
    }, onLine),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(lab);

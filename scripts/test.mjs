// `npm test`: every layer, or those named as arguments. A layer that fails does not keep the others from
// running; what it needs is set up first, and only that. Layers that compile run beside those in a browser, so that
// neither waits while the other leaves a processor idle.
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { lab } from './lab.mjs';
import { Advice, Failed, root, run, tools } from './lib/run.mjs';
import { files } from './lib/stamp.mjs';
import { bold, green, main, red, seconds, show, step, steps } from './lib/step.mjs';
import { packaging } from './packaging.mjs';
import * as need from './setup.mjs';
import { size } from './size.mjs';

const TARGET = 'wasm32-unknown-unknown';
/** Not the examples: what they need is theirs alone, and large. */
const CRATES = ['-p', 'intelliauth-spa-sdk', '-p', 'simulation'];
const WASM = ['--target', TARGET, '--features', 'js,js-explain'];
const node = (...args) => [process.execPath, ...args];
const bin = (path) => join(root, 'node_modules', path);
const tests = (folder, ending) => files(folder, (name) => name.endsWith(ending));

const layers = {
  lint: {
    needs: [need.npm, need.rust, need.rustLinters, need.wasmTarget, build, lab],
    checks: [
      ['rustfmt', ['cargo', 'fmt', '--all', '--check']],
      ['clippy, native', ['cargo', 'clippy', ...CRATES, '--all-targets', '--', '-D', 'warnings']],
      ['clippy, wasm', ['cargo', 'clippy', ...CRATES, '--all-targets', ...WASM, '--', '-D', 'warnings']],
      ['rustdoc', ['cargo', 'doc', '--no-deps', '--lib'], { RUSTDOCFLAGS: '-D warnings' }],
      ['biome', node(bin('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings')],
      ['types, package', node(bin('typescript/bin/tsc'), '-p', 'js/tsconfig.json', '--noEmit')],
      ['types, an app', node(bin('typescript/bin/tsc'), '-p', 'tests/types/tsconfig.json')],
      ['types, demo', node(bin('typescript/bin/tsc'), '-p', 'www/tsconfig.json', '--noEmit')],
    ],
  },
  native: { needs: [need.rust], tests: () => ['cargo', 'test'] },
  wasm: {
    // The loader's own file is tested with the wasm's side.
    needs: [
      ...[need.npm, need.rust, need.wasmTarget, need.wasmBindgen, need.wasmPack],
      ...[need.browser, need.driver, build],
    ],
    tests: () => {
      const { variable, path } = need.findBrowser().driver;
      const cargo = ['--features', 'js', '--test', 'web'];
      // wasm-pack knows nothing of Edge: what it would run.
      if (variable !== 'CHROMEDRIVER') return ['cargo', 'test', '--target', TARGET, ...cargo];
      const flags = ['--headless', '--chrome', '--chromedriver', path, '--mode', 'no-install'];
      return ['wasm-pack', 'test', ...flags, '.', ...cargo];
    },
    get env() {
      const { variable, path } = need.findBrowser().driver;
      return {
        [variable]: path,
        CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER: 'wasm-bindgen-test-runner',
        WASM_BINDGEN_TEST_ONLY_WEB: '1',
        WASM_BINDGEN_TEST_TIMEOUT: '300',
        WASM_BINDGEN_TEST_DRIVER_TIMEOUT: '120',
        WASM_PACK_CACHE: join(tools, 'cache'),
        // A browser shows names without it, and a fifth of the wasm is a fifth of the wait.
        CARGO_PROFILE_DEV_DEBUG: '0',
        // Nothing here computes for long.
        CARGO_PROFILE_DEV_OPT_LEVEL: '0',
      };
    },
  },
  hand: {
    needs: [need.npm, need.rust, build],
    tests: () => nodeTests(tests('tests/hand', '.test.mjs')),
  },
  provider: {
    needs: [need.npm],
    tests: () => nodeTests(tests('provider/test', '.js')),
  },
  e2e: {
    needs: [need.npm, need.browser, build, lab],
    // One process for two processors: a page needs one of its own.
    tests: () =>
      nodeTests(together(tests('tests/e2e', '.test.mjs'), 4), Math.max(1, availableParallelism() >> 1)),
  },
  faulty: {
    needs: [need.npm, need.browser, build],
    tests: () => nodeTests(tests('tests/faulty', '.test.mjs')),
  },
  kit: {
    needs: [need.npm, need.browser, build],
    tests: () => nodeTests(['tests/kit', 'tests/replay'].flatMap((folder) => tests(folder, '.test.mjs'))),
  },
  // What measures is not run: no test depends on how busy a machine is.
  bench: { needs: [need.npm], tests: () => nodeTests(tests('bench/test', '.test.mjs')) },
  packaging: { needs: [need.npm, need.browser, build], work: () => packaging({ fast: true }) },
  budget: { needs: [need.npm, build], work: size },
};
/**
 * Layers of a row run one after the other. The first row takes longest, so what the others compile and run yields to it:
 * it fills the time in which a browser is waited for.
 */
const rows = [
  ['e2e', 'faulty', 'provider', 'kit', 'bench', 'packaging', 'budget'],
  ['native', 'lint'],
  ['wasm', 'hand'],
];
function nodeTests(names, atOnce = availableParallelism()) {
  if (names.length === 0) throw new Failed('no test files', '');
  return node('--test', `--test-concurrency=${atOnce}`, '--test-reporter=spec', ...names);
}

/**
 * These files as so many: a process for each file would load Playwright, the provider and a browser anew for each, two
 * processor seconds a file.
 */
function together(names, processes) {
  const folder = join(tools, 'together');
  mkdirSync(folder, { recursive: true });
  return Array.from({ length: processes }, (_, at) => {
    const imports = names.filter((_, index) => index % processes === at);
    const path = join(folder, `${at + 1}.mjs`);
    const url = (name) => JSON.stringify(pathToFileURL(join(root, name)).href);
    writeFileSync(path, imports.map((name) => `await import(${url(name)});\n`).join(''));
    return path;
  });
}

/** What the runners of cargo, wasm-bindgen and node say at their end, summed. */
function count(output) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const add = (key, number) => {
    counts[key] += Number(number);
  };
  for (const [, passed, failed, ignored] of output.matchAll(
    /^test result: .*? (\d+) passed; (\d+) failed; (\d+) ignored/gm,
  )) {
    add('passed', passed);
    add('failed', failed);
    add('skipped', ignored);
  }
  for (const [, what, number] of output.matchAll(/^ℹ (pass|fail|cancelled|skipped|todo) (\d+)$/gm)) {
    add({ pass: 'passed', fail: 'failed', cancelled: 'failed' }[what] ?? 'skipped', number);
  }
  return counts;
}

const told = ({ passed, failed, skipped }) =>
  [`${passed} passed`, failed && `${failed} failed`, skipped && `${skipped} skipped`]
    .filter(Boolean)
    .join(', ');

async function runTests(name, { tests: command, env }, yields) {
  await step(name, async (onLine) => {
    const [program, ...args] = command();
    try {
      const counts = count(
        await run(program, args, {
          onLine,
          env: { NO_COLOR: '1', ...env },
          yields,
        }),
      );
      if (counts.passed === 0) throw new Failed('no test ran', '');
      return { note: told(counts), tests: counts };
    } catch (error) {
      if (error instanceof Failed) {
        const counts = count(error.output);
        counts.failed ||= 1;
        error.tests = counts;
        error.message = `${told(counts)} (${error.message})`;
      }
      throw error;
    }
  });
}

/** Runs one layer; a need that is not met is what fails. */
async function runLayer(name, yields) {
  const layer = layers[name];
  for (const meet of layer.needs) await meet();
  if (layer.work) await layer.work();
  if (layer.tests) await runTests(`${name} tests`, layer, yields);
  for (const [check, [program, ...args], env] of layer.checks ?? []) {
    const work = (onLine) =>
      run(program, args, { onLine, env, yields }).then(() => ({ tests: { passed: 1, failed: 0 } }));
    await step(check, work).catch(() => {});
  }
}

await main(async () => {
  const began = performance.now();
  const named = process.argv.slice(2);
  const unknown = named.find((name) => !layers[name]);
  if (unknown)
    throw new Advice(`There is no layer "${unknown}": choose from ${Object.keys(layers).join(', ')}`);
  show.all ||= named.length === 1;
  await need.node();
  const notRun = [];
  const explained = new Set();
  const wanted = named.length > 0 ? named : Object.keys(layers);
  await Promise.all(
    rows.map(async (row, at) => {
      for (const name of row.filter((layer) => wanted.includes(layer))) {
        // What it needs may have failed for another layer already.
        await runLayer(name, at > 0).catch((error) =>
          explained.has(error) ? notRun.push(name) : explained.add(error),
        );
      }
    }),
  );

  console.log(bold('\n  Summary'));
  const total = { passed: 0, failed: 0 };
  for (const { name, ok, ms, note, tests } of steps) {
    total.passed += tests?.passed ?? 0;
    total.failed += tests?.failed ?? Number(!ok);
    if (ok && !tests && ms < 1000) continue;
    console.log(
      `${ok ? green('✓') : red('✗')} ${name.padEnd(24)} ${seconds(ms).padStart(8)}  ${note}`.trimEnd(),
    );
  }
  for (const name of notRun) console.log(`${red('✗')} ${name}: not run, for what failed above`);
  total.failed += notRun.length;
  console.log(`  in ${seconds(performance.now() - began)}\n`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed > 0 ? 1 : 0;
});

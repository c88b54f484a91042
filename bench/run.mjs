// `npm run bench`: measures this SDK beside its peers and writes docs/performance.md.
//   --quick         two rounds, and the rows that say most: two to three minutes on a quiet machine
//   --write         measures nothing, writes the page again from what was measured last
//   names of rows   those alone; the others keep what was measured last
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { build } from '../scripts/build.mjs';
import { Advice, npmCommand, run } from '../scripts/lib/run.mjs';
import { exclusively, fingerprint, isFresh, keepStamp } from '../scripts/lib/stamp.mjs';
import { main, step } from '../scripts/lib/step.mjs';
import * as need from '../scripts/setup.mjs';
import { figures, here, measured } from './lib/paths.mjs';

/** With `--quick` these, unless others are named. */
const QUICK = ['bytes', 'start', 'session', 'tabs', 'callers', 'memory'];
const NAMES = [
  'bytes',
  'start',
  'session',
  'tabs',
  'callers',
  'pending',
  'memory',
  'trace',
  'variants',
  'native',
];

await main(async () => {
  const given = process.argv.slice(2);
  const quick = given.includes('--quick');
  const named = given.filter((word) => !word.startsWith('--'));
  const unknown = named.find((name) => !NAMES.includes(name));
  if (unknown) throw new Advice(`There is no row "${unknown}": choose from ${NAMES.join(', ')}`);
  await need.node();
  await need.npm();
  await install();
  if (!given.includes('--write')) await measure(named.length > 0 ? named : quick ? QUICK : NAMES, quick);
  const { write } = await import('./write/page.mjs');
  await step('docs/performance.md', () => void write());
});

/** The peers are no part of the project's own install. */
async function install() {
  const print = () => fingerprint(['bench/package.json', 'bench/package-lock.json'], process.version);
  await step('peers', (onLine) =>
    exclusively(async () => {
      if (isFresh('bench', print()) && existsSync(`${here}/node_modules`)) return 'up to date';
      const [command, ...args] = npmCommand();
      await run(command, [...args, 'ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
        cwd: here,
        onLine,
      });
      keepStamp('bench', print());
      return 'installed';
    }, onLine),
  );
}

async function measure(names, quick) {
  const found = existsSync(measured) ? JSON.parse(readFileSync(measured, 'utf8')) : { rows: {} };
  // What takes no browser and what does share no processor.
  const inBrowser = names.filter((name) => name !== 'native');
  if (inBrowser.length > 0) {
    await need.browser();
    await build();
    const { measureRows } = await import('./measure.mjs');
    await measureRows(inBrowser, quick, found, keep);
  }
  if (names.includes('native')) {
    await need.rust();
    const { measureNative } = await import('./native/run.mjs');
    await step('native', async (onLine) => {
      found.rows.native = await measureNative(quick, onLine);
      keep(found);
    });
  }
}

/** After every row: what was measured stays, whatever happens to the next one. */
function keep(found) {
  mkdirSync(figures, { recursive: true });
  writeFileSync(measured, `${JSON.stringify(found, undefined, 1)}\n`);
}

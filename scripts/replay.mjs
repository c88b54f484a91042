// `npm run replay -- bundle.json`: what happened, step by step, on this tree's core; with `--keep 'what it is about'` it
// becomes a regression test in tests/replay. With `--native` it is run on the crate itself as well, and kept for cargo.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { Failed, root, run, tools } from './lib/run.mjs';
import { main } from './lib/step.mjs';

const USAGE = "usage: npm run replay -- bundle.json [--native] [--keep 'what it is about']";

await main(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { keep: { type: 'string' }, native: { type: 'boolean', default: false } },
  });
  const [path] = positionals;
  if (!path) throw new Failed(USAGE, '');
  const text = readFileSync(path === '-' ? 0 : path, 'utf8');
  await build();
  const { fixture, replay } = await import('../pkg/dist/replay/replay.js');
  const made = values.native ? await native(replay, text, values.keep) : undefined;
  console.log((made?.found ?? (await replay(text))).text);
  if (made) console.log(await onTheCrate(made.fixture));
  if (values.keep === undefined) return;
  const name = `${values.keep.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.json`;
  const folder = made ? 'tests/replay/native' : 'tests/replay';
  const kept = join(root, folder, name);
  if (existsSync(kept)) throw new Failed(`${folder}/${name} is there already`, '');
  writeFileSync(kept, made?.fixture ?? (await fixture(text, values.keep)));
  const layer = made ? 'cargo test --test replay' : 'npm run test:kit';
  console.log(
    `Kept as ${folder}/${name}. Correct its \`expected\` into what should have come of it; \`${layer}\` runs it.`,
  );
});

/** What was found on the wasm, and the fixture of the Rust test. */
async function native(replay, text, about = '') {
  const { nativeRuns } = await import('./lib/native-replay.mjs');
  const { found, ...kept } = await nativeRuns(replay, text);
  return { found, fixture: `${JSON.stringify({ about, ...kept }, null, 1)}\n` };
}

/** Runs the fixture on the crate, and tells what came of it there. */
async function onTheCrate(fixture) {
  const path = join(tools, 'replay/native.json');
  mkdirSync(join(tools, 'replay'), { recursive: true });
  writeFileSync(path, fixture);
  const args = ['test', '--quiet', '--test', 'replay', '--', '--nocapture', '--test-threads=1'];
  const told = (output) =>
    output
      .split('\n')
      .filter((line) => / page \d+, step \d+, /.test(line))
      .map((line) => `  ${line}`)
      .join('\n');
  try {
    const output = await run('cargo', args, { env: { REPLAY: path } });
    return `Natively, on the crate itself:\n${told(output)}\n  the same came of it as was recorded.`;
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    const [, where] = /left: Some\("([\s\S]*?)"\)/.exec(error.output) ?? [];
    const difference = (where ?? error.output).replaceAll('\\n', '\n  ').replaceAll('\\"', '"');
    return `Natively, on the crate itself:\n${told(error.output)}\n  it differs: ${difference}`;
  }
}

// `npm run replay -- bundle.json`: what happened, step by step, on this tree's core; with `--keep 'what it is about'` it
// becomes a regression test in tests/replay.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { Failed, root } from './lib/run.mjs';
import { main } from './lib/step.mjs';

await main(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { keep: { type: 'string' } },
  });
  const [path] = positionals;
  if (!path) throw new Failed("usage: npm run replay -- bundle.json [--keep 'what it is about']", '');
  const text = readFileSync(path === '-' ? 0 : path, 'utf8');
  await build();
  const { fixture, replay } = await import('../pkg/dist/replay/replay.js');
  console.log((await replay(text)).text);
  if (values.keep === undefined) return;
  const name = `${values.keep.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.json`;
  const kept = join(root, 'tests/replay', name);
  if (existsSync(kept)) throw new Failed(`tests/replay/${name} is there already`, '');
  writeFileSync(kept, await fixture(text, values.keep));
  console.log(
    `Kept as tests/replay/${name}. Correct its \`expected\` into what should have come of it; \`npm run test:kit\` runs it.`,
  );
});

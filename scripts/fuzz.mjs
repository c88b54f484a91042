// `npm run fuzz [SECONDS] [TARGET…]`: every parser of the core under libFuzzer, SECONDS each (60). A finding is
// kept in fuzz/artifacts/, and its input becomes a test of the parser.
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Failed, root, run } from './lib/run.mjs';
import { main, step } from './lib/step.mjs';
import * as need from './setup.mjs';

const folder = join(root, 'fuzz');
const all = readdirSync(join(folder, 'fuzz_targets')).map((name) => name.replace('.rs', ''));

await main(async () => {
  const words = process.argv.slice(2);
  const seconds = words.find((word) => /^\d+$/.test(word)) ?? '60';
  const named = words.filter((word) => word !== seconds);
  await need.rust();
  await need.cargoFuzz();
  for (const target of named.length > 0 ? named : all) {
    await step(`fuzz ${target}`, async (onLine) => {
      const corpus = join(folder, 'corpus', target);
      mkdirSync(corpus, { recursive: true });
      // libFuzzer's instrumentation is a nightly flag; this lets the stable compiler take it.
      const env = { RUSTC_BOOTSTRAP: '1' };
      const limits = [`-max_total_time=${seconds}`, '-max_len=8192', '-timeout=10', '-print_final_stats=1'];
      const args = [
        'fuzz',
        'run',
        '--sanitizer=none',
        '--fuzz-dir',
        folder,
        target,
        corpus,
        join(folder, 'seeds', target),
      ];
      const said = await run('cargo', [...args, '--', ...limits], { onLine, env });
      const executed = said.match(/stat::number_of_executed_units:\s*(\d+)/)?.[1];
      if (!executed) throw new Failed(`${target} did not run`, said);
      return `${Number(executed).toLocaleString('en')} executions, no finding`;
    });
  }
});

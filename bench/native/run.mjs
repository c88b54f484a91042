// The native benchmark: builds it, runs it, and reads what criterion found.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../scripts/lib/run.mjs';
import { root } from '../lib/paths.mjs';

const folder = join(root, 'bench/native');
const target = join(root, 'target/bench-native');
const found = join(target, 'criterion');

const json = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** @returns {Promise<{ at: string, quick: boolean, values: Record<string, Record<string, object>>, crates: Record<string, string> }>} */
export async function measureNative(quick, onLine) {
  rmSync(found, { recursive: true, force: true });
  const times = quick ? ['--warm-up-time', '0.3', '--measurement-time', '1'] : [];
  await run('cargo', ['bench', '--locked', '--bench', 'core', '--', '--noplot', ...times], {
    cwd: folder,
    env: { CARGO_TARGET_DIR: target },
    onLine,
  });
  const lock = readFileSync(join(folder, 'Cargo.lock'), 'utf8');
  const version = (crate) => new RegExp(`name = "${crate}"\\nversion = "(.+)"`).exec(lock)?.[1];
  const crates = Object.fromEntries(['oauth2', 'openidconnect'].map((crate) => [crate, version(crate)]));
  return { at: new Date().toISOString().slice(0, 16), quick, values: read(), crates };
}

/** In nanoseconds, by group and by name: the quartiles of what one iteration took. */
export function read() {
  const values = {};
  for (const group of readdirSync(found)) {
    for (const name of readdirSync(join(found, group))) {
      const at = join(found, group, name, 'new');
      if (!existsSync(join(at, 'benchmark.json'))) continue;
      const { group_id, function_id } = json(join(at, 'benchmark.json'));
      const { iters, times } = json(join(at, 'sample.json'));
      const each = times.map((time, n) => time / iters[n]).sort((a, b) => a - b);
      const quantile = (part) => each[Math.floor((each.length - 1) * part)];
      values[group_id] ??= {};
      values[group_id][function_id] = {
        median: quantile(0.5),
        low: quantile(0.25),
        high: quantile(0.75),
        runs: each.length,
      };
    }
  }
  return values;
}

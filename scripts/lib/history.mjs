// The bytes of each release, docs/size-history.json: the newest last, `unreleased` after it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.mjs';

export const HISTORY = join(root, 'docs/size-history.json');
export const UNRELEASED = 'unreleased';

/** @returns {{ version: string, date: string, brotli: Record<string, number> }[]} */
export const readHistory = (path = HISTORY) =>
  existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : [];

/**
 * Puts a version's figures at the end, in place of what was there for it and of what was unreleased.
 *
 * @returns {boolean} whether that changed the file
 */
export function remember(
  version,
  brotli,
  { path = HISTORY, date = new Date().toISOString().slice(0, 10) } = {},
) {
  const history = readHistory(path);
  const known = history.find((entry) => entry.version === version);
  if (known && JSON.stringify(known.brotli) === JSON.stringify(brotli)) return false;
  const kept = history.filter((entry) => entry.version !== version && entry.version !== UNRELEASED);
  kept.push({ version, date, brotli });
  writeFileSync(path, `${JSON.stringify(kept, undefined, 2)}\n`);
  return true;
}

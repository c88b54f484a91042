// Runs the command as a user's shell does.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { root } from '../../../scripts/lib/run.mjs';

export const COMMAND = join(root, 'pkg/dist/cli/index.js');

/** Whether what a command printed links to the page of its findings, and that page has this finding's address. */
export function pageHas(out, page, code) {
  const { homepage } = JSON.parse(readFileSync(join(root, 'pkg/package.json'), 'utf8'));
  const link = `${homepage.replace('#readme', '')}/blob/main/docs/${page}`;
  assert.ok(out.endsWith(`\nEvery finding by its code: ${link}\n`), out);
  assert.ok(readFileSync(join(root, 'docs', page), 'utf8').includes(`<a id="${code}"></a>`));
}

/** @param {string[]} args */
export async function command(args, { input = '', env = {} } = {}) {
  const child = spawn(process.execPath, [COMMAND, ...args], { env: { ...process.env, ...env } });
  child.stdin.end(input);
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((resolve) => child.once('exit', resolve)),
  ]);
  return { out, err, code };
}

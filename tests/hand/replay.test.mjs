// `npx @intelliauth/spa-sdk replay`: a bundle is told, run again, and kept as a test.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { root, run } from '../../scripts/lib/run.mjs';
import { command } from './support/command.mjs';

const file = (name) => join(root, 'tests/replay', `${name}.json`);

test('a failure is told step by step, its first surprise marked', async () => {
  const { out, err, code } = await command(['replay', file('a-code-that-was-used-before')]);
  assert.deepEqual([err, code], ['', 1]);
  const lines = out.split('\n');
  const at = lines.findIndex((line) => line.startsWith('>>'));
  assert.match(lines[at], /platform → SDK +POST \/oauth2\/token: 400 invalid_grant/);
  assert.match(lines[at + 1], /the first surprise/);
  assert.match(out, /it does the same/);
});

test('a sign-in that went well has none', async () => {
  const { out, code } = await command(['replay', file('a-sign-in-and-a-refresh'), '--json']);
  assert.equal(code, 0);
  const { surprise, difference, recorded, replayed } = JSON.parse(out);
  assert.deepEqual([surprise, difference], [undefined, undefined]);
  assert.deepEqual(replayed, recorded);
});

test('it is kept as a fixture; a bundle comes from standard input', async () => {
  const { bundle } = JSON.parse(readFileSync(file('the-code-of-another-tab'), 'utf8'));
  const input = JSON.stringify(bundle);
  const { out, code } = await command(['replay', '-', '--keep', 'another tab'], { input });
  assert.equal(code, 0);
  const made = JSON.parse(out);
  assert.equal(made.about, 'another tab');
  assert.deepEqual(made.bundle, bundle);
  assert.ok(made.expected.includes('handleCallback: refused, code_refused'));
});

test('what is no trace is refused in words', async () => {
  const { err, code } = await command(['replay', join(root, 'package.json')]);
  assert.equal(code, 3);
  assert.match(err, /This is no trace/);
  assert.equal((await command(['replay', file('none')])).code, 2);
  assert.equal((await command(['replay'])).code, 2);
});

test('with --native the crate itself is given the same inputs, and a difference is told', async (t) => {
  const native = (path) => run(process.execPath, [join(root, 'scripts/replay.mjs'), path, '--native']);
  const out = await native(file('a-code-that-was-used-before'));
  assert.match(out, /^>> .*400 invalid_grant/m);
  assert.match(out, /^ +handleCallback: refused, code_refused +page 1, step 5, /m);
  assert.match(out, /the same came of it as was recorded\./);
  // Another answer than the one that the recorded course followed.
  const folder = mkdtempSync(join(tmpdir(), 'replay-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'bundle.json');
  const text = readFileSync(file('a-code-that-was-used-before'), 'utf8');
  writeFileSync(path, text.replace(/invalid_grant/g, 'invalid_client'));
  const other = await native(path);
  assert.match(
    other,
    /it differs: page 1, step 5, .*\n +expected: handleCallback: refused, code_refused\n +replayed: handleCallback: refused, client_refused/,
  );
});

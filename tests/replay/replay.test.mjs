// Traces of failures that happened, each with what is to come of it: `npm run replay -- bundle.json --keep 'what it is'` adds one.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const { replay } = await import('../../pkg/dist/replay/replay.js');
const { nativeRuns } = await import('../../scripts/lib/native-replay.mjs');

for (const name of readdirSync(import.meta.dirname).filter((name) => name.endsWith('.json'))) {
  const text = readFileSync(join(import.meta.dirname, name), 'utf8');
  const { about, expected } = JSON.parse(text);
  test(about, async () => {
    const found = await replay(text);
    assert.deepEqual(found.replayed, expected, found.text);
  });
}

test('what the crate’s own test replays is made of these traces, as they are', async () => {
  const folder = join(import.meta.dirname, 'native');
  for (const name of readdirSync(folder)) {
    const { about, ...kept } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    const { found: _, ...made } = await nativeRuns(
      replay,
      readFileSync(join(import.meta.dirname, name), 'utf8'),
    );
    assert.deepEqual(kept, JSON.parse(JSON.stringify(made)), about);
  }
});

test('a fixture is red until the core does what it expects', async () => {
  const text = readFileSync(join(import.meta.dirname, 'a-code-that-was-used-before.json'), 'utf8');
  const { expected } = JSON.parse(text);
  const answered = text
    .replace('"status":400', '"status":503')
    .replace('\\"error\\":\\"invalid_grant\\"', '\\"x\\":\\"\\"');
  assert.notEqual(answered, text);
  assert.notDeepEqual((await replay(answered)).replayed, expected);
});

test('what a bundle says does not reach a terminal as a command', async () => {
  const bundle = JSON.parse(
    readFileSync(join(import.meta.dirname, 'a-code-that-was-used-before.json'), 'utf8'),
  );
  const orders = '\u001b]0;owned\u0007\u001b[2J\u009b31m';
  (bundle.bundle ?? bundle).note = orders;
  (bundle.bundle ?? bundle).browser = { userAgent: orders };
  assert.doesNotMatch((await replay(JSON.stringify(bundle))).text, /(?!\n)\p{Cc}/u);
});

// What tells where the bytes are, and what remembers them.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { groupOf, wasmGroups } from '../../scripts/lib/breakdown.mjs';
import { readHistory, remember, UNRELEASED } from '../../scripts/lib/history.mjs';

test('a function belongs to its module, wherever the trait is from', () => {
  const groups = {
    'intelliauth_spa_sdk::core::client::session::refresh::Refresh::begin': 'core/client/session',
    '<intelliauth_spa_sdk[0a1b]::web::json::Value as intelliauth_spa_sdk[0a1b]::core::base::json::Json>::has':
      'web/json',
    'core[0a1b]::ptr::drop_in_place::<intelliauth_spa_sdk[0a1b]::core::client::Client>': 'drop glue',
    '<alloc[0a1b]::vec::Vec<intelliauth_spa_sdk[0a1b]::core::client::Action>>::push': 'std alloc',
    'serde_wasm_bindgen::ser::to_value': 'serde_wasm_bindgen',
    handleCallback: 'exports, glue of wasm-bindgen, memory',
  };
  for (const [name, group] of Object.entries(groups)) assert.equal(groupOf(name), group, name);
});

test('the groups of a wasm are its functions, and its data', () => {
  const text = (word) => [word.length, ...Buffer.from(word)];
  const section = (id, body) => [id, body.length, ...body];
  // One imported function, so that the two defined ones are numbers 1 and 2.
  const wasm = Buffer.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 0, 0]),
    ...section(2, [1, ...text('_'), ...text('a'), 0, 0]),
    ...section(3, [2, 0, 0]),
    ...section(10, [2, 2, 0, 0x0b, 3, 0, 0x01, 0x0b]),
    ...section(0, [...text('name'), 1, 31, 2, 1, ...text('serde_core::one'), 2, ...text('base64::two')]),
  ]);
  assert.deepEqual(
    wasmGroups(wasm).map(([name, raw]) => [name, raw]),
    [
      ['base64', 3],
      ['serde_core', 2],
    ],
  );
});

test('a release takes the place of what was unreleased, and is remembered once', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'history-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const options = { path: join(folder, 'history.json'), date: '2026-01-02' };
  assert.ok(remember('0.1.0', { wasm: 10 }, options));
  assert.ok(remember(UNRELEASED, { wasm: 11 }, options));
  assert.ok(remember('0.2.0', { wasm: 12 }, options));
  assert.ok(!remember('0.2.0', { wasm: 12 }, options));
  assert.deepEqual(
    readHistory(options.path).map(({ version, brotli }) => [version, brotli.wasm]),
    [
      ['0.1.0', 10],
      ['0.2.0', 12],
    ],
  );
});

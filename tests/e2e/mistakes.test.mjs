// The demo's page /mistakes: each mistake made for real, and what the SDK says about it.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { openBrowser } from './support/browser.mjs';
import { demoWorld } from './support/world.mjs';

const browser = await openBrowser();
after(() => browser.close());

/** Each mistake, and the code of what is said; at the provider's own page that is the first finding's. */
const MISTAKES = {
  'trailing-slash': 'redirect_uri_trailing_slash',
  port: 'redirect_uri_port',
  client: 'client_id_differs',
  'code-twice': 'code_refused',
  verifier: 'code_refused',
  'callback-twice': 'callback_replayed',
  'unknown-state': 'state_unknown',
  'expired-state': 'transaction_expired',
  issuer: 'issuer_mismatch',
  clock: 'clock_skew',
  storage: 'storage_unavailable',
  'api-401': 'session_expired',
  loop: 'sign_in_loop',
  config: 'invalid_config',
};

describe('the demo’s mistakes', { concurrency: 1, timeout: 600_000 }, () => {
  test('each button makes its mistake, and shows the code, what to do and where to read more', async (t) => {
    const world = await demoWorld(t, browser);
    const page = await world.tab();
    await page.getByRole('main').getByRole('link', { name: 'Mistakes, made for real' }).click();
    await page.locator('[data-mistake]').first().waitFor();
    const named = await page
      .locator('[data-mistake]')
      .evaluateAll((items) => items.map((item) => item.dataset.mistake));
    assert.deepEqual(named, Object.keys(MISTAKES));
    let signedIn = false;
    const codes = {};
    for (const [name, code] of Object.entries(MISTAKES)) {
      const mistake = page.locator(`[data-mistake=${name}]`);
      const refused = ['trailing-slash', 'port', 'client'].includes(name);
      const needsSignIn = !refused && !signedIn;
      const opened = refused || needsSignIn ? page.waitForEvent('popup') : undefined;
      await mistake.getByRole('button').click();
      // A mistake that needs no window leaves the waiting to the next one.
      if (refused) {
        const popup = await opened;
        await popup.getByRole('heading', { name: 'This request was refused' }).waitFor();
        await popup.close();
      } else if (needsSignIn) {
        await (await opened).getByRole('button', { name: 'Use Ada Lovelace' }).click();
        signedIn = true;
      }
      await mistake.locator('.said').waitFor();
      const said = mistake.locator('[data-code]').first();
      codes[name] = (await said.count()) > 0 ? await said.innerText() : await mistake.innerText();
      if (codes[name] !== code) continue;
      const text = await mistake.getByRole('status').innerText();
      assert.ok(refused ? /Instead:/.test(text) : /What to do/.test(text), text);
      if (!refused) await mistake.getByRole('link', { name: new RegExp(code) }).waitFor();
    }
    assert.deepEqual(codes, MISTAKES);
    // The demo's own session was left alone.
    await page.getByRole('link', { name: 'Home' }).click();
    await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    const [{ response, body }] = world.exchanges();
    const shown = await page.content();
    for (const secret of [...Object.values(response ?? {}), body.code, body.code_verifier]) {
      if (String(secret).length > 20) assert.ok(!shown.includes(secret), 'a secret is on the page');
    }
  });
});

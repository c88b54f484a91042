// Storage that fails: blocked, full, cleared, or holding something else.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { ask, refusal } from './support/bare.mjs';
import { openBrowser } from './support/browser.mjs';
import { signIn, stored, told } from './support/flow.mjs';
import { bareWorld, ready } from './support/world.mjs';

const forced = { forceRefresh: true };

const browser = await openBrowser();
after(() => browser.close());

/** On the page: writing to either storage fails from now on, as a full one does. */
function fill() {
  Storage.prototype.setItem = () => {
    throw new DOMException('full', 'QuotaExceededError');
  };
}

/** On the page: `areas` cannot even be looked at, as where a person blocks site data. */
function block(areas) {
  for (const area of areas) {
    Object.defineProperty(window, area, {
      get() {
        throw new DOMException('blocked', 'SecurityError');
      },
    });
  }
}

describe('storage', { concurrency: 4, timeout: 600_000 }, () => {
  for (const [what, spoil, argument] of [
    ['full', fill],
    ['blocked', block, ['sessionStorage', 'localStorage']],
  ]) {
    test(`${what} at the sign-in: storage_unavailable, before anything is sent`, async (t) => {
      const world = await bareWorld(t, browser);
      await world.context.addInitScript(spoil, argument);
      const page = await world.tab();
      assert.deepEqual(await ask(page, 'getState'), { status: 'unauthenticated', reason: 'never' });
      assert.equal((await refusal(page, 'getAccessToken')).code, 'login_required');
      const error = await refusal(page, 'loginWithRedirect');
      assert.deepEqual([error.code, error.known], ['storage_unavailable', true]);
      await ask(page, 'logout');
      assert.equal(page.url(), `${world.origin}/`);
      assert.deepEqual(world.platform.log, []);
    });
  }

  for (const tokenStorage of ['session', 'local']) {
    test(`full after the sign-in: the session lives on in memory, and says so (${tokenStorage})`, async (t) => {
      const world = await bareWorld(t, browser, { options: { tokenStorage } });
      const page = await world.tab();
      await signIn(page, world);
      await page.evaluate(fill);
      const tokens = [];
      for (let n = 0; n < 3; n++) tokens.push(await ask(page, 'getAccessToken', forced));
      assert.equal(new Set(tokens).size, 3);
      assert.equal(await ask(page, 'isAuthenticated'), true);
      await told(page, 'storage_failed');
      assert.deepEqual(
        world.refreshes().map(({ status }) => status),
        [200, 200, 200],
      );
    });
  }

  test('localStorage blocked under tokenStorage "local": signs in, and keeps the session in memory', async (t) => {
    const world = await bareWorld(t, browser, { options: { tokenStorage: 'local' } });
    await world.context.addInitScript(block, ['localStorage']);
    const page = await world.tab();
    assert.equal((await signIn(page, world)).user.name, 'Ada Lovelace');
    await told(page, 'storage_failed');
    assert.match(await ask(page, 'getAccessToken', forced), /./);
    assert.equal(await ask(page, 'isAuthenticated'), true);
  });

  test('cleared by the person: a live session is not lost, and is stored anew', async (t) => {
    const world = await bareWorld(t, browser);
    const page = await world.tab();
    await signIn(page, world);
    await page.evaluate(() => {
      sessionStorage.clear();
      localStorage.clear();
    });
    const token = await ask(page, 'getAccessToken', forced);
    await page.reload();
    await ready(page);
    assert.equal(await ask(page, 'getAccessToken'), token);
  });

  test('a record that is no session of this version is read as none, and left as it is', async (t) => {
    const world = await bareWorld(t, browser);
    const page = await world.tab();
    await signIn(page, world);
    const { key, text } = (await stored(page)).find(({ fields }) => fields.kind === 'session');
    const reloadedWith = async (text) => {
      await page.evaluate(([key, text]) => sessionStorage.setItem(key, text), [key, text]);
      await page.reload();
      await ready(page);
      return ask(page, 'getState');
    };
    for (const [what, record] of Object.entries({
      newer: text.replace('v=1', 'v=2'),
      'cut short': text.slice(0, 40),
      'of another kind': text.replace('kind=session', 'kind=transaction'),
      'something else': '{"access_token":"x"}',
      huge: 'x'.repeat(1_000_000),
    })) {
      assert.notEqual(record, text, what);
      assert.deepEqual(await reloadedWith(record), { status: 'unauthenticated', reason: 'never' }, what);
      assert.equal(await page.evaluate((key) => sessionStorage.getItem(key), key), record, what);
    }
    assert.equal((await reloadedWith(text)).status, 'authenticated');
  });
});

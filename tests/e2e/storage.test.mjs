// Storage that fails: blocked, full, cleared, or holding something else.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { ask, refusal } from './support/bare.mjs';
import { openBrowser } from './support/browser.mjs';
import { choose, duplicate, goToCallback, goToProvider, signIn, stored, told } from './support/flow.mjs';
import { LIFETIME, leapBy } from './support/time.mjs';
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

/** On the page: the same, in the words of Chromium, which name the key. */
function fillAndName() {
  Storage.prototype.setItem = (key) => {
    throw new DOMException(`Setting the value of '${key}' exceeded the quota.`, 'QuotaExceededError');
  };
}

/** On the page: fills each of `areas` to the very last character. */
function fillUp(areas) {
  for (const area of areas) {
    const storage = window[area];
    /** Whether the record of this name takes so many more characters. */
    const grow = (name, more) => {
      try {
        storage.setItem(name, (storage.getItem(name) ?? '') + 'x'.repeat(more));
        return true;
      } catch {
        return false;
      }
    };
    // A record for each size, so that no write repeats what is there already.
    const sizes = Array.from({ length: 23 }, (_, power) => 2 ** power);
    for (const size of sizes.toReversed()) grow(`f${size}`, size);
    // What is left is shorter than a name.
    const least = sizes.map((size) => `f${size}`).find((name) => storage.getItem(name) !== null);
    while (grow(least, 1));
  }
}

/** On the page: whether `area` takes no more. */
function isFull(area) {
  try {
    window[area].setItem('g', '');
    window[area].removeItem('g');
    return false;
  } catch ({ name }) {
    return name === 'QuotaExceededError';
  }
}

/** Fills `areas`, really. */
async function full(page, ...areas) {
  await page.evaluate(fillUp, areas);
  for (const area of areas) assert.equal(await page.evaluate(isFull, area), true, `${area} is not full`);
}

/** The platform's next answers are larger than those before, so that no record fits where the last one was. */
async function enlarge(page, world) {
  await page.route(`${world.platform.issuer}/oauth2/token`, async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    await route.fulfill({ response, json: { ...json, scope: `${json.scope} ${'more '.repeat(20)}` } });
  });
}

async function reloaded(page) {
  await page.reload();
  await ready(page);
  return ask(page, 'getState');
}

/** On the page: `areas` cannot even be looked at, as where a user blocks site data. */
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
      assert.equal(error.cause.name, what === 'full' ? 'QuotaExceededError' : 'SecurityError');
      await ask(page, 'logout');
      assert.equal(page.url(), `${world.origin}/`);
      assert.deepEqual(world.platform.log, []);
    });
  }

  test('the browser’s own words, in which the key of the sign-in’s state stands, are left out of the cause', async (t) => {
    const world = await bareWorld(t, browser);
    await world.context.addInitScript(fillAndName);
    const page = await world.tab();
    const cause = await page.evaluate(() =>
      auth.loginWithRedirect().catch(({ cause: { name, message } }) => ({ name, message })),
    );
    assert.deepEqual(cause, { name: 'QuotaExceededError', message: '' });
  });

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

  for (const tokenStorage of ['session', 'local']) {
    const area = { session: 'sessionStorage', local: 'localStorage' }[tokenStorage];

    test(`a sign-out whose record cannot be written is a sign-out after a reload (${tokenStorage})`, async (t) => {
      const world = await bareWorld(t, browser, { options: { tokenStorage } });
      const page = await world.tab();
      await signIn(page, world);
      await page.evaluate(fill);
      await ask(page, 'logout');
      assert.equal((await reloaded(page)).status, 'unauthenticated');
    });

    test(`a sign-out in full storage is a sign-out after a reload, and in the other tabs (${tokenStorage})`, async (t) => {
      const world = await bareWorld(t, browser, { options: { tokenStorage } });
      const page = await world.tab();
      await signIn(page, world);
      const other = tokenStorage === 'local' ? await world.tab() : await duplicate(page);
      assert.equal(await ask(other, 'isAuthenticated'), true);
      await full(page, 'sessionStorage', 'localStorage');
      await ask(page, 'logout');
      await other.waitForFunction(() => !auth.isAuthenticated());
      for (const tab of [page, other]) assert.equal((await reloaded(tab)).status, 'unauthenticated');
    });

    test(`a refresh that does not fit leaves no spent refresh token behind (${tokenStorage})`, async (t) => {
      const world = await bareWorld(t, browser, { options: { tokenStorage } });
      const page = await world.tab();
      await signIn(page, world);
      await full(page, area);
      await enlarge(page, world);
      const token = await ask(page, 'getAccessToken', forced);
      await told(page, 'storage_failed');
      assert.equal(await ask(page, 'getAccessToken'), token, 'the session lives on in memory');
      assert.deepEqual(await reloaded(page), { status: 'unauthenticated', reason: 'never' });
      assert.equal(world.refreshes().length, 1, 'nothing is sent again');
    });
  }

  for (const tokenStorage of ['session', 'local']) {
    const area = { session: 'sessionStorage', local: 'localStorage' }[tokenStorage];

    /** A page at its callback where the session's record cannot be written, and how often that was tried. */
    async function atCallback(t) {
      const provider = { accessTokenSeconds: LIFETIME };
      const world = await bareWorld(t, browser, { options: { tokenStorage }, provider, clock: true });
      const page = await world.tab();
      await goToCallback(page, world);
      const refuse = () =>
        page.evaluate(() => {
          const { setItem } = Storage.prototype;
          window.tries = 0;
          window.accept = () => {
            Storage.prototype.setItem = setItem;
          };
          Storage.prototype.setItem = function (key, text) {
            if (!key.endsWith('.session')) return setItem.call(this, key, text);
            tries++;
            throw new DOMException('full', 'QuotaExceededError');
          };
        });
      /** Once it was tried so often: each pause is twice the last one. */
      const tried = async (count) => {
        for (let pause = 1; (await page.evaluate(() => tries)) < count; pause *= 2)
          await leapBy(world, pause);
      };
      const record = async () => (await stored(page, area)).find(({ fields }) => fields.kind === 'session');
      /** The record, once it is written. */
      const written = async () => {
        await page.evaluate(() => accept());
        await leapBy(world, 60);
        await page.waitForFunction(
          (area) => Object.keys(window[area]).some((key) => key.endsWith('.session')),
          area,
          { polling: 50 },
        );
        return record();
      };
      const failures = () =>
        page.evaluate(() => events.filter(({ type }) => type === 'storage_failed').length);
      return { world, page, refuse, tried, record, written, failures };
    }

    test(`a sign-in whose record cannot be written is written as soon as storage works, and told of once (${tokenStorage})`, async (t) => {
      const { world, page, refuse, tried, record, written, failures } = await atCallback(t);
      await refuse();
      await ask(page, 'handleCallback');
      await tried(3);
      assert.equal(await record(), undefined);
      const { response } = world.exchanges()[0];
      assert.equal((await written()).fields.refresh_token, response.refresh_token);
      assert.equal(await failures(), 1);
      assert.equal((await reloaded(page)).status, 'authenticated');
      assert.equal(await ask(page, 'getAccessToken'), response.access_token);
    });

    test(`so are the tokens of a refresh (${tokenStorage})`, async (t) => {
      const { world, page, refuse, tried, record, written, failures } = await atCallback(t);
      await ask(page, 'handleCallback');
      await refuse();
      const token = await ask(page, 'getAccessToken', forced);
      await tried(4);
      assert.equal(await record(), undefined, 'no spent refresh token is left');
      const { fields } = await written();
      assert.equal(fields.access_token, token);
      assert.equal(fields.refresh_token, world.refreshes()[0].response.refresh_token);
      assert.equal(await failures(), 1);
      assert.equal((await reloaded(page)).status, 'authenticated');
      assert.equal(world.refreshes().length, 1);
    });
  }

  test('a sign-in that does not fit leaves nobody else signed in after a reload', async (t) => {
    const world = await bareWorld(t, browser, { options: { tokenStorage: 'local' } });
    const page = await world.tab();
    await signIn(page, world);
    await full(page, 'localStorage');
    await goToProvider(page, { prompt: 'login' });
    await enlarge(page, world);
    await choose(page, world, 'Grace Hopper');
    await ready(page);
    assert.equal((await ask(page, 'handleCallback')).user.name, 'Grace Hopper');
    assert.equal((await ask(page, 'getUser')).name, 'Grace Hopper');
    assert.deepEqual(await reloaded(page), { status: 'unauthenticated', reason: 'never' });
  });

  test('a sign-out while localStorage is full reaches a duplicated tab that was elsewhere', async (t) => {
    const world = await bareWorld(t, browser);
    const page = await world.tab();
    await signIn(page, world);
    const twin = await duplicate(page);
    await twin.goto(`${world.platform.issuer}/.well-known/openid-configuration`);
    await full(page, 'localStorage');
    await ask(page, 'logout');
    await twin.goto(world.origin);
    await ready(twin);
    assert.deepEqual(await ask(twin, 'getState'), { status: 'unauthenticated', reason: 'logout' });
  });

  test('a callback that was answered while all storage is full is known as answered after a reload', async (t) => {
    const world = await bareWorld(t, browser);
    const page = await world.tab();
    await goToCallback(page, world);
    const url = page.url();
    await full(page, 'sessionStorage', 'localStorage');
    assert.equal((await ask(page, 'handleCallback')).user.name, 'Ada Lovelace');
    await page.goto(url);
    await ready(page);
    assert.equal((await refusal(page, 'handleCallback')).code, 'callback_replayed');
    assert.equal(world.exchanges().length, 1);
  });

  test('localStorage blocked under tokenStorage "local": signs in, and keeps the session in memory', async (t) => {
    const world = await bareWorld(t, browser, { options: { tokenStorage: 'local' } });
    await world.context.addInitScript(block, ['localStorage']);
    const page = await world.tab();
    assert.equal((await signIn(page, world)).user.name, 'Ada Lovelace');
    await told(page, 'storage_failed');
    assert.match(await ask(page, 'getAccessToken', forced), /./);
    assert.equal(await ask(page, 'isAuthenticated'), true);
  });

  test('cleared by the user: a live session is not lost, and is stored anew', async (t) => {
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

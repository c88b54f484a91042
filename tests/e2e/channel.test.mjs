// What goes over the channel between tabs, and when it is open.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { ask, refusal } from './support/bare.mjs';
import { openBrowser } from './support/browser.mjs';
import { duplicate, signIn, stored, told } from './support/flow.mjs';
import { LIFETIME, leapBy } from './support/time.mjs';
import { bareWorld, ready } from './support/world.mjs';

// One that keeps pages in its back/forward cache.
const browser = await openBrowser({ backForwardCache: true });
after(() => browser.close());

const forced = { forceRefresh: true };
const AREAS = { session: 'sessionStorage', local: 'localStorage' };

/** On every page: what it posts, what it does with the session's record and its channel, and whether it was restored. */
function note() {
  window.posted = [];
  window.noted = [];
  const { BroadcastChannel } = window;
  window.BroadcastChannel = class extends BroadcastChannel {
    constructor(name) {
      super(name);
      noted.push('open');
    }
    postMessage(text) {
      posted.push(text);
      super.postMessage(text);
    }
    close() {
      noted.push('close');
      super.close();
    }
  };
  const { getItem } = Storage.prototype;
  Storage.prototype.getItem = function (key) {
    if (key.endsWith('.session')) noted.push('read');
    return getItem.call(this, key);
  };
  addEventListener('pageshow', ({ persisted }) => {
    window.restored = persisted;
  });
}

async function signedIn(t, tokenStorage, { clock = false } = {}) {
  const provider = { accessTokenSeconds: LIFETIME };
  const world = await bareWorld(t, browser, { options: { tokenStorage }, provider, clock });
  await world.context.addInitScript(note);
  const page = await world.tab();
  await signIn(page, world);
  return { world, page };
}

const posted = (page) => page.evaluate(() => window.posted);
const withTokens = async (page) => (await posted(page)).filter((text) => text.includes('access_token'));

/** To a page of another origin, and back. */
async function awayAndBack(world, page, meanwhile) {
  await page.goto(`${world.platform.issuer}/.well-known/openid-configuration`);
  const result = await meanwhile?.();
  await page.goBack({ waitUntil: 'commit' }); // a restored page has no load event
  await page.waitForFunction(() => window.restored === true);
  return result;
}

describe('the channel between tabs', { concurrency: 4, timeout: 600_000 }, () => {
  for (const tokenStorage of ['session', 'local']) {
    test(`a tab that is alone posts no tokens, neither of a sign-in nor of a refresh (${tokenStorage})`, async (t) => {
      const { world, page } = await signedIn(t, tokenStorage);
      await ask(page, 'getAccessToken', forced);
      assert.deepEqual(await withTokens(page), []);
      await page.reload();
      await ready(page);
      await ask(page, 'getAccessToken', forced);
      assert.deepEqual(await withTokens(page), [], 'nor after a reload, when there might be other tabs');
      assert.ok(
        (await posted(page)).some((text) => text.startsWith('kind=query&')),
        'it asks for them',
      );
      for (const { response } of [...world.exchanges(), ...world.refreshes()]) {
        assert.ok(!(await posted(page)).join().includes(response.refresh_token));
      }
    });

    test(`tokens are posted to a tab that has said that it holds the session (${tokenStorage})`, async (t) => {
      const { world, page } = await signedIn(t, tokenStorage);
      const other = tokenStorage === 'local' ? await world.tab() : await duplicate(page);
      await page.waitForFunction(() => noted.length > 0);
      const token = await ask(page, 'getAccessToken', forced);
      await told(other, 'token_refreshed');
      assert.equal(await ask(other, 'getAccessToken'), token);
      assert.ok((await withTokens(page)).some((text) => text.includes(token)));
      // The last ones that it may have been there for: from then on it has to be heard again.
      await other.close();
      await ask(page, 'getAccessToken', forced);
      const last = await ask(page, 'getAccessToken', forced);
      assert.ok(!(await posted(page)).join().includes(last));
      assert.equal(world.refreshes().length, 3);
    });
  }

  test('a page in the back/forward cache has no channel, and is restored with the tokens of the record', async (t) => {
    const { world, page } = await signedIn(t, 'local');
    const other = await world.tab();
    const token = await awayAndBack(world, page, async () => {
      // Each message would end a page that is kept with its channel open.
      await ask(other, 'getAccessToken', forced);
      return ask(other, 'getAccessToken', forced);
    });
    assert.equal(await ask(page, 'getAccessToken'), token);
    assert.equal(world.refreshes().length, 2);
    // It hears the others again.
    await ask(other, 'logout');
    await page.waitForFunction(() => !auth.isAuthenticated());
  });

  test('a page that is shown again reads the record before it opens the channel', async (t) => {
    const { page } = await signedIn(t, 'local');
    // The browser's own events come with others, of visibility and focus, for which the record is read as well.
    const order = await page.evaluate(() => {
      dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
      noted.length = 0;
      dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
      return noted.slice(0, noted.indexOf('open') + 1);
    });
    assert.deepEqual([order[0], order.at(-1)], ['read', 'open']);
  });

  test('a sign-out while the page is in the back/forward cache is known as soon as it is shown', async (t) => {
    const { world, page } = await signedIn(t, 'local');
    const other = await world.tab();
    await awayAndBack(world, page, () => ask(other, 'logout'));
    assert.deepEqual(await ask(page, 'getState'), { status: 'unauthenticated', reason: 'logout' });
  });

  test('other tabs hear why a refresh fails, and send nothing before the pause is over', async (t) => {
    const { world, page } = await signedIn(t, 'local', { clock: true });
    const other = await world.tab();
    world.platform.control.beforeToken = () => ({
      status: 429,
      body: {},
      headers: { 'retry-after': '600', 'access-control-expose-headers': 'retry-after' },
    });
    assert.equal((await refusal(page, 'getAccessToken', forced)).code, 'rate_limited');
    await told(other, 'refresh_failing');
    const { event, failing } = await other.evaluate(() => ({
      event: events.find(({ type }) => type === 'refresh_failing'),
      failing: auth.getState().failing,
    }));
    assert.deepEqual([event.code, event.elsewhere], ['rate_limited', true]);
    assert.deepEqual(failing, { code: 'rate_limited', retryAt: event.retryAt });
    // The event is told a moment after the pause was reckoned.
    assert.ok(Math.abs(event.retryAt - event.at - 600_000) < 100);
    world.platform.control.beforeToken = undefined;
    await leapBy(world, 500);
    const error = await refusal(other, 'getAccessToken', forced);
    assert.deepEqual([error.code, error.details.elsewhere], ['rate_limited', 'true']);
    assert.equal(world.refreshes().length, 1);
    await leapBy(world, 200);
    assert.match(await ask(other, 'getAccessToken', forced), /./);
    assert.equal(world.refreshes().length, 2);
  });
});

describe('another tokenStorage', { concurrency: 4, timeout: 600_000 }, () => {
  for (const [before, now] of [
    ['session', 'local'],
    ['local', 'session'],
    ['session', 'memory'],
    ['local', 'memory'],
  ]) {
    test(`${now} after ${before} leaves no token in ${AREAS[before]}`, async (t) => {
      const { world, page } = await signedIn(t, before);
      const token = await ask(page, 'getAccessToken');
      await page.addInitScript((tokenStorage) => Object.assign(given, { tokenStorage }), now);
      await page.reload();
      await ready(page);
      const secrets = Object.entries(world.exchanges()[0].response).filter(([name]) =>
        /^\w+_token$/.test(name),
      );
      assert.equal(secrets.length, 3);
      for (const [tokenStorage, area] of Object.entries(AREAS)) {
        const text = JSON.stringify(await stored(page, area));
        for (const [name, secret] of secrets) {
          assert.equal(text.includes(secret), tokenStorage === now, `${name} in ${area}`);
        }
      }
      if (now === 'memory') {
        assert.equal(await ask(page, 'isAuthenticated'), false, 'memory alone begins empty');
      } else {
        assert.equal(await ask(page, 'getAccessToken'), token, 'the user stays signed in');
        assert.notEqual(await ask(page, 'getAccessToken', forced), token);
      }
    });
  }
});

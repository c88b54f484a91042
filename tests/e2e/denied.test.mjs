// Features of the browser that throw by themselves: Firefox with site data blocked, frames of third parties, sandboxes.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { ask, refusal } from './support/bare.mjs';
import { openBrowser } from './support/browser.mjs';
import { signIn } from './support/flow.mjs';
import { bareWorld, ready } from './support/world.mjs';

const browser = await openBrowser();
after(() => browser.close());

/** Ran in the page before everything else: each makes one thing throw what a browser throws. */
const denials = {
  'making a BroadcastChannel': () => {
    window.BroadcastChannel = class {
      constructor() {
        throw new DOMException('denied', 'SecurityError');
      }
    };
  },
  'looking for BroadcastChannel': () => deny(window, 'BroadcastChannel'),
  'posting to a BroadcastChannel': () => denyCall(BroadcastChannel.prototype, 'postMessage'),
  'looking for navigator.locks': () => deny(Navigator.prototype, 'locks'),
  'asking for a lock': () => denyCall(LockManager.prototype, 'request'),
  'asking for a lock, later': () => {
    LockManager.prototype.request = () => Promise.reject(new DOMException('denied', 'SecurityError'));
  },
  'asking who holds a lock': () => denyCall(LockManager.prototype, 'query'),
  'looking for localStorage': () => deny(window, 'localStorage'),
  'localStorage.getItem': () => denyOf('localStorage', 'getItem'),
  'localStorage.setItem': () => denyOf('localStorage', 'setItem'),
  'localStorage.removeItem': () => denyOf('localStorage', 'removeItem'),
  'localStorage.key': () => denyOf('localStorage', 'key'),
  'localStorage.length': () => deny(localStorage, 'length'),
  'sessionStorage.removeItem': () => denyOf('sessionStorage', 'removeItem'),
  'sessionStorage.key': () => denyOf('sessionStorage', 'key'),
  'sessionStorage.length': () => deny(sessionStorage, 'length'),
};

/** What the denials are made of. */
function helpers() {
  window.denied = () => {
    throw new DOMException('denied', 'SecurityError');
  };
  window.deny = (object, name) => Object.defineProperty(object, name, { configurable: true, get: denied });
  window.denyCall = (object, name) => {
    object[name] = denied;
  };
  // A Storage keeps what is assigned to it: its methods are changed for one of the two alone.
  window.denyOf = (area, name) => {
    const method = Storage.prototype[name];
    const target = window[area];
    Storage.prototype[name] = function (...args) {
      return this === target ? denied() : method.apply(this, args);
    };
  };
}

/** A page in which each of `names` throws. */
async function withoutThem(t, names, options) {
  const world = await bareWorld(t, browser, { options });
  await world.context.addInitScript(helpers);
  for (const name of names) await world.context.addInitScript(denials[name]);
  const page = await world.tab();
  const thrown = [];
  page.on('pageerror', (error) => thrown.push(error));
  t.after(() => assert.deepEqual(thrown, []));
  return { world, page };
}

describe('what a browser denies', { concurrency: 4, timeout: 600_000 }, () => {
  for (const name of Object.keys(denials)) {
    test(`${name} throws: signs in, refreshes, survives a reload, signs out`, async (t) => {
      const { world, page } = await withoutThem(t, [name]);
      assert.equal((await signIn(page, world)).user.name, 'Ada Lovelace');
      const tokens = await page.evaluate(() =>
        Promise.all([1, 2].map(() => auth.getAccessToken({ forceRefresh: true }))),
      );
      assert.equal(new Set(tokens).size, 1);
      assert.equal(world.refreshes().length, 1);
      await page.reload();
      await ready(page);
      assert.equal(await ask(page, 'getAccessToken'), tokens[0]);
      await ask(page, 'logout');
      assert.equal((await refusal(page, 'getAccessToken')).code, 'login_required');
      await page.reload();
      await ready(page);
      assert.equal(await ask(page, 'isAuthenticated'), false);
    });
  }

  const denySession = {
    'looking for sessionStorage': () => deny(window, 'sessionStorage'),
    'sessionStorage.setItem': () => denyOf('sessionStorage', 'setItem'),
    'every part of both storages, locks and channels': () => {
      deny(window, 'sessionStorage');
      deny(window, 'localStorage');
      deny(window, 'BroadcastChannel');
      deny(Navigator.prototype, 'locks');
    },
  };
  for (const [name, denial] of Object.entries(denySession)) {
    for (const tokenStorage of ['session', 'local', 'memory']) {
      test(`${name} throws: no sign-in, and the browser's own error says why (${tokenStorage})`, async (t) => {
        Object.assign(denials, { [name]: denial });
        const { world, page } = await withoutThem(t, [name], { tokenStorage });
        assert.deepEqual(await ask(page, 'getState'), { status: 'unauthenticated', reason: 'never' });
        const error = await refusal(page, 'loginWithRedirect');
        assert.deepEqual(
          [error.code, error.known, error.cause],
          ['storage_unavailable', true, { name: 'SecurityError', message: 'denied' }],
        );
        assert.equal((await refusal(page, 'getAccessToken')).code, 'login_required');
        await ask(page, 'logout');
        assert.deepEqual(world.platform.log, []);
      });
    }
  }

  test('a sandboxed frame without an origin: the client is made, and a sign-in is refused with its cause', async (t) => {
    const world = await bareWorld(t, browser);
    world.files.set('/frame.html', '<iframe sandbox="allow-scripts" src="/"></iframe>');
    // A frame without an origin reads scripts as another origin does.
    world.headers['access-control-allow-origin'] = '*';
    const page = await world.context.newPage();
    await page.goto(`${world.origin}/frame.html`);
    const frame = page.frames()[1];
    await ready(frame);
    assert.equal(await frame.evaluate(() => self.origin), 'null');
    assert.deepEqual(await ask(frame, 'getState'), { status: 'unauthenticated', reason: 'never' });
    const error = await refusal(frame, 'loginWithRedirect');
    assert.deepEqual([error.code, error.cause.name], ['storage_unavailable', 'SecurityError']);
  });
});

// Errors: what is there at once, and what is loaded only then.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { openBrowser } from './support/browser.mjs';
import { bundled, served } from './support/bundle.mjs';
import { authorizeUrl, callbackUrl, hold, signIn, told } from './support/flow.mjs';
import { leapToRefresh } from './support/time.mjs';
import { bareWorld, reactWorld, ready } from './support/world.mjs';

const browser = await openBrowser();
after(() => browser.close());

const HINTS = '**/*hints*.js';

/** Has the hints' text wait. `asked` resolves when it is requested, `release` lets it come. */
async function holdHints(page) {
  let release;
  const open = new Promise((resolve) => {
    release = resolve;
  });
  let count = 0;
  const asked = new Promise((resolve) =>
    page.route(HINTS, async (route) => {
      count++;
      resolve();
      await open;
      await route.continue();
    }),
  );
  return { asked, release, count: () => count };
}

describe('errors', { concurrency: 4, timeout: 600_000 }, () => {
  test('no rejection waits for the network: code and message are there at once, the hint afterwards', async (t) => {
    const world = await bareWorld(t, browser);
    const page = await world.context.newPage();
    const hints = await holdHints(page);
    await page.goto(world.origin);
    await page.waitForFunction(() => window.ready?.then(() => true));
    assert.equal(hints.count(), 0, 'nobody pays for hints before there is an error');
    const refused = await page.evaluate(async () => {
      window.error = await auth.getAccessToken().catch((error) => error);
      window.explained = error.explain();
      return [error.code, error.message, error.hint, error.transient];
    });
    assert.equal(refused[0], 'login_required');
    assert.match(refused[1], /signed in/);
    assert.deepEqual(refused.slice(2), ['', false]);
    await hints.asked;
    hints.release();
    const hint = await page.evaluate(() => explained);
    assert.match(hint, /loginWithRedirect/);
    assert.equal(await page.evaluate(() => error.hint), hint);
  });

  test('so do wrong options, whose message says what to write', async (t) => {
    const world = await bareWorld(t, browser, { options: false });
    const page = await world.tab();
    const hints = await holdHints(page);
    const { code, message } = await page.evaluate(
      (options) => begin(options).catch(({ code, message }) => ({ code, message })),
      { ...world.options, clockSkewSeconds: 7000 },
    );
    assert.equal(code, 'invalid_config');
    assert.match(message, /clockSkewSeconds.*10 to 600 seconds/);
    hints.release();
  });

  test('hints that cannot be loaded leave the rest as it is', async (t) => {
    const world = await bareWorld(t, browser);
    const page = await world.tab();
    const thrown = [];
    page.on('pageerror', (error) => thrown.push(error));
    await page.route(HINTS, (route) => route.abort());
    const told = await page.evaluate(async () => {
      const error = await auth.getAccessToken().catch((error) => error);
      return [error.code, await error.explain(), error.hint];
    });
    assert.deepEqual(told, ['login_required', '', '']);
    assert.deepEqual(thrown, []);
  });

  test('React shows an error at once, and again with its hint', async (t) => {
    const { files } = await bundled(`
      import { createElement } from 'react';
      import { createRoot } from 'react-dom/client';
      import { IntelliAuthProvider, useIntelliAuth } from '@intelliauth/spa-sdk/react';
      function App() {
        const { status, error } = useIntelliAuth();
        return [status, error?.code, error?.hint].join(' | ');
      }
      const options = { tenantUrl: 'https://tenant.example', clientId: 'app', redirectUri: 'callback' };
      createRoot(document.querySelector('main')).render(createElement(IntelliAuthProvider, options, createElement(App)));`);
    const { origin, page } = await served(t, browser, files);
    const hints = await holdHints(page);
    await page.goto(origin);
    await page.getByText('error | invalid_config |', { exact: true }).waitFor();
    hints.release();
    // Apps show both: the hint does not say once more what the message says.
    await page
      .getByText("error | invalid_config | The package's declarations say what redirectUri takes")
      .waitFor();
  });

  /** An error of `work`, a function of the page's, with its hint. */
  const refused = async (page, work) => {
    const { error } = await page.evaluate(`attempt(${work})`);
    return error ?? assert.fail('was not refused');
  };
  const START_AGAIN = /start the sign-in again/;

  test('an exchange that failed is not transient, and says to start the sign-in again', async (t) => {
    const world = await bareWorld(t, browser);
    const page = await world.tab();
    for (const [fault, code] of [
      ['drop-before', 'network_error'],
      ['drop-after', 'network_error'],
      [{ status: 503, body: 'away' }, 'platform_unavailable'],
      [{ status: 429, body: '{}' }, 'rate_limited'],
      [{ status: 200, body: '<html>' }, 'token_response_invalid'],
    ]) {
      world.platform.control.beforeToken = () => fault;
      const url = await callbackUrl(page, world);
      const first = await refused(page, `() => auth.handleCallback(${JSON.stringify(url)})`);
      assert.deepEqual([first.code, first.transient], [code, false]);
      if (code !== 'token_response_invalid') assert.match(first.hint, START_AGAIN);
      // And so it is: the platform is well again, and the same call still fails.
      world.platform.control.beforeToken = undefined;
      const again = await refused(page, `() => auth.handleCallback(${JSON.stringify(url)})`);
      assert.equal(again.code, code);
    }
    assert.equal(world.exchanges().length, 5);
  });

  test('so does a platform that refuses the sign-in for the moment', async (t) => {
    const world = await bareWorld(t, browser);
    const page = await world.tab();
    const state = new URL(await authorizeUrl(page)).searchParams.get('state');
    const url = `${world.redirectUri}?error=temporarily_unavailable&state=${state}`;
    const error = await refused(page, `() => auth.handleCallback(${JSON.stringify(url)})`);
    assert.deepEqual([error.code, error.transient], ['platform_unavailable', false]);
    assert.match(error.hint, START_AGAIN);
    assert.doesNotMatch(error.message, /unknown/);
  });

  /** At the callback, signed in at the provider, with metadata out of reach; answers with what lets it be read. */
  async function cutOff(t, unreachable = (route) => route.abort()) {
    const world = await bareWorld(t, browser, { options: { discovery: true } });
    const page = await world.tab();
    const url = await callbackUrl(page, world);
    const asked = (request) => request.url().includes('.well-known');
    const refused = Promise.race([
      page.context().waitForEvent('requestfailed', asked),
      page.context().waitForEvent('requestfinished', asked),
    ]);
    await page.context().route('**/.well-known/**', unreachable);
    await page.goto(url);
    await ready(page);
    const answer = page.evaluate('attempt(() => auth.handleCallback())').catch(() => undefined);
    await refused;
    assert.equal(new URL(page.url()).search, '', 'the response has left the address');
    return { world, page, answer, reconnect: () => page.context().unroute('**/.well-known/**') };
  }

  test('metadata that could not be read for a moment costs no sign-in: the same call succeeds', async (t) => {
    const { world, answer, reconnect } = await cutOff(t);
    assert.deepEqual(world.exchanges(), [], 'the code is not sent before its answer can be checked');
    await reconnect();
    assert.equal((await answer).value?.user.name, 'Ada Lovelace');
    assert.equal(world.exchanges().length, 1);
  });

  test('a kept response waits as long as Retry-After asks, also when the user comes back to the page', async (t) => {
    let asked = 0;
    const { page } = await cutOff(t, (route) => {
      asked++;
      return route.fulfill({
        status: 429,
        headers: {
          'access-control-allow-origin': '*',
          'access-control-expose-headers': 'retry-after',
          'retry-after': '30',
        },
      });
    });
    // What was asked at once would be asked before the next frame.
    await page.evaluate(async () => {
      for (let n = 0; n < 3; n++) dispatchEvent(new Event('online'));
      await fetch(location.href);
    });
    assert.equal(asked, 1);
  });

  test('a reload while metadata is out of reach goes on with the kept response, and leaves no code behind', async (t) => {
    const { world, page, reconnect } = await cutOff(t);
    await reconnect();
    await page.reload();
    await ready(page);
    assert.equal(await page.evaluate(() => auth.isCallback()), true);
    const { value } = await page.evaluate('attempt(() => auth.handleCallback())');
    assert.equal(value?.user.name, 'Ada Lovelace');
    assert.equal(world.exchanges().length, 1);
    const stored = await page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }));
    assert.ok(!stored.includes(world.exchanges()[0].body.code));
  });

  test('a refresh that failed is transient, and the same call succeeds later', async (t) => {
    const world = await bareWorld(t, browser, { clock: true });
    const page = await world.tab();
    await signIn(page, world);
    world.platform.control.beforeToken = () => ({ status: 503, body: 'away' });
    const call = '() => auth.getAccessToken({ forceRefresh: true })';
    const error = await refused(page, call);
    assert.deepEqual([error.code, error.transient], ['platform_unavailable', true]);
    assert.doesNotMatch(error.hint, START_AGAIN);
    world.platform.control.beforeToken = undefined;
    // The SDK tries again by itself, when the next refresh is due.
    await leapToRefresh(world, [page]);
    await told(page, 'token_refreshed');
    assert.ok((await page.evaluate(`attempt(${call})`)).value);
  });

  test('what cannot be loaded later either is not transient', async (t) => {
    const world = await bareWorld(t, browser, { options: false });
    world.files.set('/garbage.wasm', Buffer.from('garbage'));
    // A module without the imports and exports of the SDK's.
    world.files.set('/other.wasm', Buffer.from([0, 97, 115, 109, 1, 0, 0, 0]));
    for (const [wasm, transient, broken] of [
      ['/missing.wasm?key=secret', false],
      ['/index.html', false],
      ['/garbage.wasm', false],
      ['/other.wasm', false],
      [undefined, false, '/sdk/bytes.js'],
    ]) {
      const page = await world.tab();
      if (broken) await page.route(`**${broken}`, (route) => route.abort());
      const options = { ...world.options, wasm };
      const error = await refused(page, `() => begin(${JSON.stringify(options)})`);
      assert.deepEqual([error.code, error.transient], ['wasm_unavailable', transient], wasm);
      const missing = wasm?.startsWith('/missing');
      assert.deepEqual(
        error.details,
        missing ? { url: `${world.origin}/missing.wasm`, status: '404' } : {},
        wasm,
      );
      if (missing) assert.match(error.message, /missing\.wasm was answered with status 404/);
      await page.close();
    }
  });

  test('a wasm whose request failed, or that its server could not give, may be had later, by the next call', async (t) => {
    const world = await bareWorld(t, browser, { options: false });
    const page = await world.tab();
    const broken = async (answer) => {
      await page.route('**/sdk/intelliauth.wasm', answer);
      const options = { ...world.options, wasm: '/sdk/intelliauth.wasm' };
      const { code, transient, details } = await refused(page, `() => begin(${JSON.stringify(options)})`);
      await page.unroute('**/sdk/intelliauth.wasm');
      return [code, transient, details.status];
    };
    assert.deepEqual(await broken((route) => route.abort()), ['wasm_unavailable', true, undefined]);
    assert.deepEqual(await broken((route) => route.fulfill({ status: 503 })), [
      'wasm_unavailable',
      true,
      '503',
    ]);
    const cut = { status: 200, contentType: 'application/wasm', body: Buffer.from([0, 97, 115, 109]) };
    assert.deepEqual(await broken((route) => route.fulfill(cut)), ['wasm_unavailable', false, undefined]);
    await page.evaluate((options) => begin(options), { ...world.options, wasm: '/sdk/intelliauth.wasm' });
    assert.equal(await page.evaluate(() => auth.getState().status), 'unauthenticated');
  });

  test('any part of React’s entry that cannot be loaded is an IntelliAuthError, shown with what to do', async (t) => {
    const world = await reactWorld(t, browser);
    const parts = [...world.files.keys()].filter((path) => /^\/(client|session|bytes)-\w+\.js$/.test(path));
    assert.equal(parts.length, 3, parts.join());
    for (const part of parts) {
      const page = await world.context.newPage();
      await page.route(`**${part}`, (route) => route.abort());
      await page.goto(world.origin);
      await page.locator('main[data-status=error]').waitFor();
      const error = await page.evaluate(async () => {
        const error = await clients[0].getAccessToken().catch((error) => error);
        return { name: error.name, code: error.code, hint: await error.explain() };
      });
      assert.deepEqual([error.name, error.code], ['IntelliAuthError', 'wasm_unavailable'], part);
      assert.match(error.hint, /when the page is reloaded/);
      await page.close();
    }
  });

  test('an aborted call rejects with the caller’s reason, also while the SDK is loading', async (t) => {
    const world = await bareWorld(t, browser);
    const page = await world.tab();
    const reasons = await page.evaluate(async () => {
      const reasons = [];
      const calls = {
        loginWithRedirect: (signal) => auth.loginWithRedirect({ signal }),
        handleCallback: (signal) => auth.handleCallback(undefined, { signal }),
        getAccessToken: (signal) => auth.getAccessToken({ signal }),
      };
      for (const call of Object.values(calls)) {
        const abort = new AbortController();
        abort.abort('enough');
        reasons.push(await call(abort.signal).catch((reason) => reason));
        const later = new AbortController();
        const called = call(later.signal).catch((reason) => reason);
        later.abort('changed my mind');
        reasons.push(await called);
      }
      return reasons;
    });
    const each = ['enough', 'changed my mind'];
    assert.deepEqual(reasons, [...each, ...each, ...each]);
  });

  test('nor does it leave an error in React', async (t) => {
    const world = await reactWorld(t, browser, { options: { discovery: true } });
    const page = await world.context.newPage();
    const release = await hold(page, '**/bytes*.js');
    await page.goto(world.origin);
    await page.locator('main[data-status=loading]').waitFor();
    const aborted = () =>
      page.evaluate(async () => {
        const reasons = [];
        for (const call of [
          (signal) => clients[0].loginWithRedirect({ signal }),
          (signal) => clients[0].handleCallback(undefined, { signal }),
          (signal) => clients[0].getAccessToken({ signal }),
          (signal) => clients[0].fetch('/', { signal }),
        ]) {
          const abort = new AbortController();
          const called = call(abort.signal).catch((reason) => reason);
          abort.abort('enough');
          reasons.push(await called);
        }
        return reasons;
      });
    assert.deepEqual(await aborted(), ['enough', 'enough', 'enough', 'enough'], 'while nothing is loaded');
    await page.route('**/.well-known/**', () => {});
    release();
    await page.locator('main[data-status=unauthenticated]').waitFor();
    assert.deepEqual((await aborted()).slice(0, 2), ['enough', 'enough']);
    assert.equal(await page.evaluate(() => clients[0].error), undefined);
    assert.deepEqual(
      (await page.evaluate(() => shown)).filter(({ code }) => code),
      [],
    );
  });
});

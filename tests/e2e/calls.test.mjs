// What calls wait for, and that each of them settles.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { ask, refusal, unwrap } from './support/bare.mjs';
import { openBrowser } from './support/browser.mjs';
import {
  choose,
  goToCallback,
  holdTokenRequests,
  queued,
  signIn,
  stored,
  transactions,
} from './support/flow.mjs';
import { reactApp } from './support/react-app.mjs';
import { LIFETIME, leapBy, stopTime } from './support/time.mjs';
import { bareWorld, ready } from './support/world.mjs';

const browser = await openBrowser();
after(() => browser.close());

const forced = { forceRefresh: true };
const DISCOVERY = '**/.well-known/**';

/** The SDK's requests to the provider, and its calls of what `stuck` names, are never answered, whatever is aborted. */
function neverAnswers(stuck) {
  const nothing = () => new Promise(() => {});
  window.stick = () => {
    if (stuck.includes('fetch')) window.fetch = nothing;
    if (stuck.includes('locks')) LockManager.prototype.request = LockManager.prototype.query = nothing;
    if (stuck.includes('subtle')) SubtleCrypto.prototype.importKey = nothing;
  };
}

/** A page at its callback, whose client has not been asked to answer it. */
async function atCallback(t, settings) {
  const world = await bareWorld(t, browser, settings);
  const page = await world.tab();
  await goToCallback(page, world);
  return { world, page };
}

describe('calls during a callback', { concurrency: 4, timeout: 600_000 }, () => {
  test('a token asked for while the callback is answered is the new session’s, and not login_required', async (t) => {
    const { world, page } = await atCallback(t);
    await page.addInitScript(() => Object.assign(given, { allowedOrigins: [location.origin] }));
    await page.reload();
    await ready(page);
    const { arrived, release } = holdTokenRequests(world);
    const answers = page.evaluate(async () => {
      const answered = auth.handleCallback();
      const token = auth.getAccessToken();
      const called = auth.fetch('/');
      const [first, second] = await Promise.allSettled([token, called]);
      await answered;
      return [first.value ?? first.reason.code, second.value?.status ?? second.reason.code];
    });
    const request = page.waitForRequest(`${world.origin}/`);
    await arrived;
    release();
    const outcomes = await answers;
    const [{ response }] = world.exchanges();
    assert.deepEqual(outcomes, [response.access_token, 200]);
    assert.equal((await request).headers().authorization, `Bearer ${response.access_token}`);
  });

  const app = `
    const options = { ...given, allowedOrigins: [location.origin] };
    function App() {
      const auth = useIntelliAuth();
      window.auth = auth;
      useEffect(() => {
        window.token ??= auth.getAccessToken().catch(({ code }) => code);
        window.called ??= auth.fetch('/').then(({ status }) => status, ({ code }) => code);
      }, [auth]);
      return <main data-status={auth.status}>{auth.user?.name}</main>;
    }`;
  for (const [what, code] of Object.entries({
    'a client of its own': `${app} mount(<IntelliAuthProvider {...options}><App /></IntelliAuthProvider>);`,
    'a ready client': `${app}
      createIntelliAuth(options).then((client) => mount(<IntelliAuthProvider client={client}><App /></IntelliAuthProvider>));`,
  })) {
    test(`in React from the mount of a provider with ${what}`, async (t) => {
      const world = await reactApp(t, browser, code);
      const page = await world.context.newPage();
      const sent = [];
      page.on('request', (request) => sent.push(request));
      await page.goto(world.origin);
      await page.locator('main[data-status=unauthenticated]').waitFor({ state: 'attached' });
      await page.evaluate(() => void auth.loginWithRedirect());
      await choose(page, world);
      await page.locator('main[data-status=authenticated]').waitFor();
      const [{ response }] = world.exchanges();
      assert.deepEqual(await page.evaluate(() => Promise.all([token, called])), [response.access_token, 200]);
      const bearer = `Bearer ${response.access_token}`;
      assert.ok(sent.some((request) => request.headers().authorization === bearer));
    });
  }

  test('a callback that is never answered keeps no call waiting', async (t) => {
    const { world, page } = await atCallback(t, { options: { tokenStorage: 'local' } });
    assert.equal((await refusal(page, 'getAccessToken')).code, 'login_required');
    // Nor where a user is signed in.
    const other = await world.tab();
    await signIn(other, world, 'Ada Lovelace', { prompt: 'login' });
    await page.waitForFunction(() => auth.isAuthenticated());
    assert.equal(await page.evaluate(() => auth.isCallback()), true);
    assert.equal(await ask(page, 'getAccessToken'), world.exchanges()[0].response.access_token);
  });

  test('a callback whose provider stays out of reach keeps calls waiting for a minute, not longer', async (t) => {
    const { world, page } = await atCallback(t, { options: { discovery: true }, clock: true });
    await page.context().route(DISCOVERY, (route) => route.abort());
    await page.reload();
    await ready(page);
    const failed = page.waitForEvent('requestfailed');
    const outcomes = page.evaluate(async () => {
      const calls = [auth.handleCallback(), auth.getAccessToken()];
      return (await Promise.allSettled(calls)).map(({ reason }) => reason?.code);
    });
    await failed;
    await leapBy(world, 70);
    assert.deepEqual(await outcomes, ['network_error', 'login_required']);
    assert.deepEqual(world.exchanges(), []);
  });
});

describe('calls that settle', { concurrency: 4, timeout: 600_000 }, () => {
  /** A page that stays where it is when it leaves for the provider, as one does that is answered 204; and the URLs. */
  async function leaving(t) {
    const world = await bareWorld(t, browser, { clock: true });
    const page = await world.tab();
    const urls = [];
    let seen = () => {};
    await world.context.route(/oauth2.authorize/, async (route) => {
      urls.push(route.request().url());
      await route.fulfill({ status: 204 });
      seen();
    });
    const left = (count) =>
      new Promise((resolve) => {
        seen = () =>
          urls.length >= count && resolve(urls.map((url) => new URL(url).searchParams.get('state')));
        seen();
      });
    const press = (options) => page.evaluate((options) => void auth.loginWithRedirect(options), options);
    await stopTime(world);
    return { world, page, urls, left, press };
  }

  test('a second press half a second after the first leaves again, to the same URL', async (t) => {
    const { world, page, urls, left, press } = await leaving(t);
    await press();
    await left(1);
    await press();
    await world.context.clock.fastForward(500);
    await press();
    await left(2);
    assert.equal(new Set(urls).size, 1, 'one sign-in');
    assert.equal(urls.length, 2, 'a press at once changes nothing');
    assert.equal((await transactions(page)).length, 1);
  });

  test('a second press with other options starts another sign-in', async (t) => {
    const { page, left, press } = await leaving(t);
    await press();
    await left(1);
    await press({ prompt: 'login' });
    const states = await left(2);
    assert.equal(new Set(states).size, 2);
    assert.equal((await transactions(page)).length, 2);
  });

  test('loginWithRedirect rejects where metadata timed out', async (t) => {
    const options = { discovery: true, requestTimeoutSeconds: 5 };
    const world = await bareWorld(t, browser, { options, clock: true });
    const page = await world.tab();
    const asked = page.waitForRequest(DISCOVERY);
    await page.route(DISCOVERY, () => {});
    const called = refusal(page, 'loginWithRedirect');
    await asked;
    await leapBy(world, 6);
    const error = await called;
    assert.deepEqual([error.code, error.details.endpoint], ['timeout', 'metadata']);
    assert.equal(page.url(), `${world.origin}/`);
  });

  /** Calls `method` on a page where `stuck` never answers, and lets so much time pass in steps. */
  async function settled(world, page, method, args, steps) {
    await page.evaluate(() => stick());
    let done = false;
    const outcome = refusal(page, method, ...args).finally(() => {
      done = true;
    });
    outcome.catch(() => {}); // told below
    for (let step = 0; step < steps && !done; step++) await leapBy(world, 20);
    return outcome;
  }
  const stuck = async (t, what, options) => {
    const provider = { accessTokenSeconds: LIFETIME };
    const settings = { options: { requestTimeoutSeconds: 5, ...options }, provider, clock: true };
    const world = await bareWorld(t, browser, settings);
    await world.context.addInitScript(neverAnswers, what);
    const page = await world.tab();
    return { world, page };
  };

  test('every call settles though fetch never does, whatever is aborted', async (t) => {
    const { world, page } = await stuck(t, ['fetch']);
    await signIn(page, world);
    const valid = await ask(page, 'getAccessToken');
    assert.equal((await settled(world, page, 'getAccessToken', [forced], 5)).code, 'timeout');
    assert.equal(await ask(page, 'getAccessToken'), valid, 'the session stays');
    await page.reload();
    await ready(page);
    await goToCallback(page, world, undefined, { prompt: 'login' });
    assert.equal((await settled(world, page, 'handleCallback', [], 5)).code, 'timeout');
  });

  test('with discovery too', async (t) => {
    const { world, page } = await stuck(t, ['fetch'], { discovery: true });
    assert.equal((await settled(world, page, 'loginWithRedirect', [], 5)).code, 'timeout');
    await page.reload();
    await ready(page);
    await goToCallback(page, world);
    assert.equal((await settled(world, page, 'handleCallback', [], 10)).code, 'timeout');
  });

  test('a token call settles though no lock is ever granted', async (t) => {
    const { world, page } = await stuck(t, ['locks']);
    await signIn(page, world);
    const error = await settled(world, page, 'getAccessToken', [forced], 10);
    assert.deepEqual([error.code, error.transient], ['timeout', true]);
    assert.match(await ask(page, 'getAccessToken'), /./);
    assert.equal(world.refreshes().length, 0);
  });

  test('a callback settles though no signature is ever verified', async (t) => {
    const { world, page } = await stuck(t, ['subtle'], { discovery: true });
    await goToCallback(page, world);
    assert.equal((await settled(world, page, 'handleCallback', [], 5)).code, 'timeout');
  });
});

describe('tokens that are there', { concurrency: 4, timeout: 600_000 }, () => {
  test('a valid token is handed out within a second where the session’s lock is another’s', async (t) => {
    const world = await bareWorld(t, browser, { provider: { accessTokenSeconds: LIFETIME }, clock: true });
    const page = await world.tab();
    await signIn(page, world);
    const valid = await ask(page, 'getAccessToken');
    const [{ key, fields }] = (await stored(page)).filter(({ key }) => key.endsWith('.session'));
    const other = await world.tab();
    await other.evaluate(
      (name) =>
        new Promise((resolve) => {
          const hold = () => {
            resolve();
            return new Promise(() => {});
          };
          navigator.locks.request(name, hold);
        }),
      key.replace('.session', `.${fields.sid}`),
    );
    await stopTime(world);
    await leapBy(world, LIFETIME * 0.6);
    await page.evaluate((minValidity) => {
      window.asked = auth.getAccessToken({ minValidity });
    }, LIFETIME / 2);
    await queued(page, 1);
    await world.context.clock.fastForward(1000);
    assert.equal(await page.evaluate(() => asked), valid);
    assert.equal(world.refreshes().length, 0);
  });

  test('a call is never refused because the browser believes that it is offline', async (t) => {
    const world = await bareWorld(t, browser);
    await world.context.addInitScript(() => {
      Object.defineProperty(Navigator.prototype, 'onLine', { get: () => false });
    });
    const page = await world.tab();
    await signIn(page, world);
    const before = await ask(page, 'getAccessToken');
    assert.equal(await page.evaluate(() => navigator.onLine), false);
    const token = unwrap(await page.evaluate('attempt(() => auth.getAccessToken({ forceRefresh: true }))'));
    assert.notEqual(token, before);
    assert.equal(token, world.refreshes()[0].response.access_token);
  });
});

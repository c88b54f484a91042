// Signing out: once, with what the provider needs to end its own session, and an answer that claims nothing unknown.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { ask, refusal } from './support/bare.mjs';
import { openBrowser } from './support/browser.mjs';
import { authorizeUrl, callbackUrl, hold, signIn, stored } from './support/flow.mjs';
import { LIFETIME, stopTime } from './support/time.mjs';
import { bareWorld, ready } from './support/world.mjs';

const browser = await openBrowser();
after(() => browser.close());

const END_SESSION = /\/oauth2\/logout/;
const REVOCATION = '**/oauth2/revoke';
const METADATA = '**/.well-known/**';

/** A signed-in page, and the URLs that it leaves for to sign out at the provider, where it stays as it is answered 204. */
async function signedIn(t, { clock = false, options } = {}) {
  const provider = { accessTokenSeconds: LIFETIME };
  const world = await bareWorld(t, browser, { options: { discovery: true, ...options }, provider, clock });
  const page = await world.tab();
  await signIn(page, world);
  const left = [];
  await page.route(END_SESSION, (route) => {
    left.push(new URL(route.request().url()));
    return route.fulfill({ status: 204 });
  });
  /** Once the page has left for there. */
  const leaving = () => page.waitForResponse(END_SESSION);
  return { world, page, left, leaving };
}

const revocations = (world) =>
  world.platform.log.filter(({ path, method }) => path === '/oauth2/revoke' && method === 'POST');
const events = (page, type) => page.evaluate((type) => events.filter((event) => event.type === type), type);

describe('signing out', { concurrency: 4, timeout: 600_000 }, () => {
  test('two calls of logout() are one sign-out with one result', async (t) => {
    const { world, page, left, leaving } = await signedIn(t);
    const gone = leaving();
    const results = await page.evaluate(() => Promise.all([auth.logout(), auth.logout()]));
    await gone;
    const result = { revocation: 'revoked', provider: 'requested' };
    assert.deepEqual(results, [result, result]);
    assert.equal(revocations(world).length, 1);
    assert.equal(revocations(world)[0].body.token, world.exchanges()[0].response.refresh_token);
    assert.equal(left.length, 1);
    const told = await events(page, 'sign_out_completed');
    assert.deepEqual(
      told.map(({ revocation, provider }) => ({ revocation, provider })),
      [result],
    );
    assert.equal((await events(page, 'signed_out')).length, 1);
  });

  test('the provider is sent id_token_hint, and a state where it is to send the user back', async (t) => {
    const { world, page, left, leaving } = await signedIn(t);
    const gone = leaving();
    const returnTo = `${world.origin}/`;
    await ask(page, 'logout', { returnTo });
    await gone;
    const { state, ...query } = Object.fromEntries(left[0].searchParams);
    assert.deepEqual(query, {
      client_id: world.platform.clientId,
      id_token_hint: world.exchanges()[0].response.id_token,
      post_logout_redirect_uri: returnTo,
    });
    assert.match(state, /^[\w-]{43}$/);
  });

  test('only a return that carries the state says that the provider’s session ended, and says so once', async (t) => {
    const { world, page } = await signedIn(t);
    await page.unroute(END_SESSION);
    const returnTo = `${world.origin}/`;
    await page.evaluate((returnTo) => void auth.logout({ returnTo }), returnTo);
    await page.getByRole('heading', { name: 'Sign out here too?' }).waitFor();
    // A user who does not answer the provider is still signed in there.
    for (const path of ['/', '/?state=other']) {
      await page.goto(world.origin + path);
      await ready(page);
      assert.deepEqual(await events(page, 'provider_signed_out'), [], path);
      assert.equal(page.url(), world.origin + path);
    }
    const [{ text: state }] = (await stored(page)).filter(({ key }) => key.endsWith('.sign_out'));
    await page.goto(`${world.origin}/?x=1&state=${state}`);
    await ready(page);
    assert.equal((await events(page, 'provider_signed_out')).length, 1);
    assert.equal(page.url(), `${world.origin}/?x=1`, 'the state leaves the address');
    await page.goto(`${world.origin}/?state=${state}`);
    await ready(page);
    assert.deepEqual(await events(page, 'provider_signed_out'), [], 'not again');
  });

  test('the whole way to the provider and back ends with provider_signed_out', async (t) => {
    const { world, page } = await signedIn(t);
    await page.unroute(END_SESSION);
    await page.evaluate((returnTo) => void auth.logout({ returnTo }), `${world.origin}/`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL((url) => url.origin === world.origin);
    await ready(page);
    assert.equal((await events(page, 'provider_signed_out')).length, 1);
    assert.deepEqual(await ask(page, 'getState'), { status: 'unauthenticated', reason: 'logout' });
  });

  test('a page that stayed signs the next session out as well', async (t) => {
    const { world, page, left, leaving } = await signedIn(t);
    const result = { revocation: 'revoked', provider: 'requested' };
    let gone = leaving();
    await ask(page, 'logout');
    await gone;
    const url = await callbackUrl(page, world);
    assert.equal((await ask(page, 'handleCallback', url)).user.name, 'Ada Lovelace');
    gone = leaving();
    assert.deepEqual(await ask(page, 'logout'), result);
    await gone;
    assert.deepEqual(await ask(page, 'getState'), { status: 'unauthenticated', reason: 'logout' });
    assert.deepEqual(
      left.map(({ searchParams }) => searchParams.get('id_token_hint')),
      world.exchanges().map(({ response }) => response.id_token),
    );
    assert.equal(revocations(world).length, 2);
  });

  test('the return from a sign-out is no callback, although another sign-in was begun in the tab', async (t) => {
    const world = await bareWorld(t, browser, {
      options: { discovery: true, redirectUri: '/' },
      registered: ({ redirectUri }) => [new URL('/', redirectUri).href],
    });
    await world.context.addInitScript(() => {
      window.entered = location.href;
    });
    const page = await world.tab();
    await authorizeUrl(page);
    await signIn(page, world);
    await page.evaluate((returnTo) => void auth.logout({ returnTo }), `${world.origin}/`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL((url) => url.origin === world.origin);
    await ready(page);
    const [entered, isCallback] = await page.evaluate(() => [entered, auth.isCallback(entered)]);
    assert.match(entered, /[?&]state=/);
    assert.equal(isCallback, false);
    assert.equal((await events(page, 'provider_signed_out')).length, 1);
  });

  for (const [status, body, refusedBy] of [
    [400, '{"error":"unsupported_token_type"}', 'unsupported_token_type'],
    [401, 'who are you?', '401'],
  ]) {
    test(`a revocation that the provider refuses is told as refused by ${refusedBy}`, async (t) => {
      const { page } = await signedIn(t);
      await page.route(REVOCATION, (route) =>
        route.fulfill({ status, body, headers: { 'access-control-allow-origin': '*' } }),
      );
      const result = await ask(page, 'logout', { localOnly: true });
      assert.deepEqual(result, { revocation: 'refused', refusedBy, provider: 'not_asked' });
    });
  }

  test('a revocation endpoint that is unavailable is told as unreachable', async (t) => {
    const { page } = await signedIn(t);
    await page.route(REVOCATION, (route) => route.fulfill({ status: 503 }));
    const result = await ask(page, 'logout', { localOnly: true });
    assert.deepEqual(result, { revocation: 'unreachable', provider: 'not_asked' });
  });

  test('a provider that does not answer is waited for for two seconds', async (t) => {
    const { world, page, left, leaving } = await signedIn(t, { clock: true });
    const asked = page.waitForRequest(REVOCATION);
    await page.route(REVOCATION, () => {});
    await stopTime(world);
    await page.evaluate(() => {
      window.result = auth.logout();
    });
    await asked;
    assert.equal(await ask(page, 'isAuthenticated'), false, 'signed out at once');
    const gone = leaving();
    await world.context.clock.fastForward(2000);
    assert.deepEqual(await page.evaluate(() => result), {
      revocation: 'unreachable',
      provider: 'requested',
    });
    await gone;
    assert.equal(left.length, 1);
  });

  test('a path as returnTo is an address of this origin to the provider', async (t) => {
    const { world, page, left, leaving } = await signedIn(t);
    const gone = leaving();
    await ask(page, 'logout', { returnTo: '/goodbye?from=app' });
    await gone;
    const sent = left[0].searchParams.get('post_logout_redirect_uri');
    assert.equal(sent, `${world.origin}/goodbye?from=app`);
  });

  test('parameters of the app’s own go with it; names of the SDK’s own are refused before anything has ended', async (t) => {
    const { page, left, leaving } = await signedIn(t);
    for (const name of ['client_id', 'id_token_hint', 'post_logout_redirect_uri', 'state', '']) {
      const error = await refusal(page, 'logout', { extraParams: { [name]: 'x' } });
      assert.deepEqual([error.code, error.details.option], ['invalid_config', 'extraParams'], name);
    }
    assert.equal(await ask(page, 'isAuthenticated'), true);
    const gone = leaving();
    await ask(page, 'logout', {
      extraParams: { logout_hint: 'ada@example.com', ui_locales: 'fr', empty: '' },
    });
    await gone;
    const query = Object.fromEntries(left[0].searchParams);
    assert.deepEqual(
      [query.logout_hint, query.ui_locales, query.empty],
      ['ada@example.com', 'fr', undefined],
    );
  });

  test('openUrl is given the address instead of the page going there, and another sign-out is another', async (t) => {
    const { world, page, left } = await signedIn(t);
    const signOut = () =>
      page.evaluate(async () => {
        const urls = [];
        const result = await auth.logout({ returnTo: '/', openUrl: async (url) => void urls.push(url) });
        return { result, urls };
      });
    const { result, urls } = await signOut();
    assert.deepEqual(result, { revocation: 'revoked', provider: 'requested' });
    assert.equal(urls.length, 1);
    const url = new URL(urls[0]);
    const { state, ...query } = Object.fromEntries(url.searchParams);
    assert.equal(url.pathname, '/oauth2/logout');
    assert.deepEqual(query, {
      client_id: world.platform.clientId,
      id_token_hint: world.exchanges()[0].response.id_token,
      post_logout_redirect_uri: `${world.origin}/`,
    });
    assert.match(state, /^[\w-]{43}$/);
    const again = await signOut();
    assert.deepEqual(again.result, { revocation: 'no_token', provider: 'requested' });
    assert.equal(again.urls.length, 1);
    assert.equal(left.length, 0);
    assert.ok(!JSON.stringify(await page.evaluate(() => events)).includes('id_token_hint'));
  });

  test('openUrl is not called where there is no sign-out page', async (t) => {
    const { page } = await signedIn(t, { options: { discovery: false } });
    const outcome = await page.evaluate(async () => {
      let called = false;
      const openUrl = () => {
        called = true;
      };
      return [await auth.logout({ openUrl }), await auth.logout({ openUrl, localOnly: true }), called];
    });
    assert.deepEqual(outcome, [
      { revocation: 'no_endpoint', provider: 'no_endpoint' },
      { revocation: 'no_token', provider: 'not_asked' },
      false,
    ]);
  });

  test('a signal ends the waiting, and the sign-out goes on', async (t) => {
    const { world, page, left, leaving } = await signedIn(t);
    const before = await page.evaluate(() =>
      auth.logout({ signal: AbortSignal.abort('too late') }).catch((reason) => reason),
    );
    assert.equal(before, 'too late');
    assert.equal(await ask(page, 'isAuthenticated'), true, 'nothing has begun');
    const release = await hold(page, REVOCATION);
    const asked = page.waitForRequest(REVOCATION);
    await page.evaluate(() => {
      window.controller = new AbortController();
      window.called = auth.logout({ signal: controller.signal }).catch((reason) => reason);
    });
    await asked;
    const reason = await page.evaluate(() => {
      controller.abort('enough');
      return called;
    });
    const gone = leaving();
    release();
    assert.equal(reason, 'enough');
    await gone;
    assert.equal(left.length, 1);
    assert.equal(revocations(world).length, 1);
    assert.equal(await ask(page, 'isAuthenticated'), false);
  });

  for (const [what, respond] of [
    ['refuses connections', (route) => route.abort()],
    ['never answers', () => {}],
  ]) {
    test(`with metadata out of reach nothing is said to be known, and the page stays: it ${what}`, async (t) => {
      const { world, page, left } = await signedIn(t, { clock: true });
      await page.goto(world.origin);
      await ready(page);
      const asked = page.waitForRequest(METADATA);
      await page.route(METADATA, respond);
      await stopTime(world);
      await page.evaluate((returnTo) => {
        window.result = auth.logout({ returnTo });
      }, `${world.origin}/goodbye`);
      await asked;
      await world.context.clock.fastForward(2000);
      assert.deepEqual(await page.evaluate(() => result), {
        revocation: 'unreachable',
        provider: 'unreachable',
      });
      assert.deepEqual([left.length, page.url()], [0, `${world.origin}/`]);
      assert.deepEqual(await ask(page, 'getState'), { status: 'unauthenticated', reason: 'logout' });
    });
  }
});

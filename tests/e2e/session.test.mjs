// One tab's session: what does not end it, what does, and what it is then called.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { ask, refusal } from './support/bare.mjs';
import { openBrowser } from './support/browser.mjs';
import { holdTokenRequests, queued, signIn, told, until } from './support/flow.mjs';
import { LIFETIME, leap, leapBy, leapToEnd, leapToRefresh, times } from './support/time.mjs';
import { bareWorld, ready } from './support/world.mjs';

const forced = { forceRefresh: true };

const browser = await openBrowser();
after(() => browser.close());

async function signedIn(t, { options } = {}) {
  const provider = { accessTokenSeconds: LIFETIME };
  const world = await bareWorld(t, browser, { options, provider, clock: true });
  const page = await world.tab();
  await signIn(page, world);
  return { world, page };
}

describe('one session', { concurrency: 4, timeout: 600_000 }, () => {
  for (const tokenStorage of ['session', 'local']) {
    test(`a reload restores it without any request (${tokenStorage})`, async (t) => {
      const { world, page } = await signedIn(t, { options: { tokenStorage } });
      const asked = world.platform.log.length;
      await page.reload();
      await ready(page);
      assert.equal((await ask(page, 'getUser')).name, 'Ada Lovelace');
      assert.equal(await ask(page, 'getAccessToken'), world.exchanges()[0].response.access_token);
      assert.equal(world.platform.log.length, asked);
      assert.deepEqual(
        await page.evaluate(() => statuses),
        ['authenticated'],
        'and passes through nothing else',
      );
    });
  }

  test('thousands of callers at expiry cost one request, and storage is not read for each of them', async (t) => {
    const { world, page } = await signedIn(t);
    const { arrived, release } = holdTokenRequests(world);
    await leapToEnd(world, page);
    await page.evaluate(() => {
      window.reads = 0;
      const { getItem } = Storage.prototype;
      Storage.prototype.getItem = function (key) {
        window.reads++;
        return getItem.call(this, key);
      };
      window.asked = Array.from({ length: 2000 }, (_, n) =>
        auth.getAccessToken(n % 2 ? undefined : { signal: new AbortController().signal }),
      );
    });
    await arrived;
    release();
    const tokens = await page.evaluate(async () => [...new Set(await Promise.all(asked))]);
    const refreshes = world.refreshes();
    assert.equal(refreshes.length, 1);
    assert.deepEqual(tokens, [refreshes[0].response.access_token]);
    const reads = await page.evaluate(() => window.reads);
    assert.ok(reads < 500, `storage was read ${reads} times`);
  });

  test("user holds the user's claims, getIdTokenClaims() all of them, getIdToken() the token", async (t) => {
    const world = await bareWorld(t, browser, { options: { tokenStorage: 'session' } });
    const page = await world.tab();
    assert.deepEqual(
      await page.evaluate(() => [auth.getIdTokenClaims(), auth.getIdToken()]),
      [undefined, undefined],
      'nobody is signed in',
    );
    const { user } = await signIn(page, world, 'Ada Lovelace', { maxAge: 3600 });
    const idToken = world.exchanges()[0].response.id_token;
    const claims = JSON.parse(Buffer.from(idToken.split('.')[1], 'base64url').toString());
    const protocol = ['iss', 'aud', 'exp', 'iat', 'nonce', 'auth_time'];
    for (const name of protocol) assert.ok(name in claims, `the provider sends no ${name}`);
    const own = Object.entries(claims).filter(([name]) => !protocol.includes(name));
    assert.deepEqual(user, Object.fromEntries(own));
    assert.deepEqual(await ask(page, 'getUser'), user);
    assert.equal(user.name, 'Ada Lovelace');
    assert.deepEqual(await ask(page, 'getIdTokenClaims'), claims);
    assert.equal(await ask(page, 'getIdToken'), idToken);
    await page.reload();
    await ready(page);
    assert.deepEqual(await ask(page, 'getIdTokenClaims'), claims, 'also after a reload');
  });

  test('in memory alone it ends with its page', async (t) => {
    const { page } = await signedIn(t, { options: { tokenStorage: 'memory' } });
    assert.match(await ask(page, 'getAccessToken', forced), /./);
    await page.reload();
    await ready(page);
    assert.deepEqual(await ask(page, 'getState'), { status: 'unauthenticated', reason: 'never' });
  });

  test('one that ran out while nobody was there is refreshed once, and never shown as ended', async (t) => {
    const { world, page } = await signedIn(t);
    const { expiresAt } = await times(page);
    await page.goto('about:blank');
    await leap(world, expiresAt + 1000);
    await page.goto(world.origin);
    await ready(page);
    const tokens = await page.evaluate(() => Promise.all([1, 2, 3].map(() => auth.getAccessToken())));
    assert.equal(new Set(tokens).size, 1);
    assert.equal(world.refreshes().length, 1);
    assert.deepEqual(await page.evaluate(() => statuses), ['authenticated']);
  });

  test('offline it waits, serves no expired token, and is renewed once online', async (t) => {
    const { world, page } = await signedIn(t);
    await world.context.setOffline(true);
    await leapToEnd(world, page);
    const error = await refusal(page, 'getAccessToken');
    assert.deepEqual([error.code, error.transient], ['network_error', true]);
    assert.equal(await ask(page, 'isAuthenticated'), true);
    assert.equal(world.refreshes().length, 0, 'nothing is tried');
    await world.context.setOffline(false);
    await told(page, 'token_refreshed');
    assert.match(await ask(page, 'getAccessToken'), /./);
    assert.equal(world.refreshes().length, 1);
  });

  test('a platform in trouble is asked with growing pauses, and the session is kept and recovers', async (t) => {
    const { world, page } = await signedIn(t);
    world.platform.control.beforeToken = () => ({ status: 503, body: 'down' });
    await leapToRefresh(world, [page]);
    const failed = () => world.refreshes().filter(({ status }) => status === 503);
    await until(world, () => failed().length >= 2, 'a second try');
    const [first, second] = failed();
    assert.ok(second.at - first.at >= 1000, `asked again after ${second.at - first.at} ms`);
    const state = await ask(page, 'getState');
    assert.equal(state.status, 'authenticated');
    assert.equal(state.failing.code, 'platform_unavailable');
    world.platform.control.beforeToken = undefined;
    // Longer than any pause.
    await leapBy(world, 600);
    await told(page, 'token_refreshed');
    assert.equal((await ask(page, 'getState')).failing, undefined);
    assert.deepEqual(await page.evaluate(() => statuses.at(-1)), 'authenticated');
  });

  test('a request lost before the platform acted costs nothing', async (t) => {
    const { world, page } = await signedIn(t);
    let count = 0;
    world.platform.control.beforeToken = () => (count++ === 0 ? 'drop-before' : 'pass');
    assert.equal((await refusal(page, 'getAccessToken', forced)).code, 'network_error');
    // The valid token is served meanwhile, and the next forced one is another.
    const before = await ask(page, 'getAccessToken');
    // The pause is a second and a half at most.
    await leapBy(world, 2);
    assert.notEqual(await ask(page, 'getAccessToken', forced), before);
    const [lost, sent] = world.refreshes();
    assert.equal(lost.body.refresh_token, sent.body.refresh_token);
  });

  test('an answer lost after the platform acted ends it as session_lost, once it is refused', async (t) => {
    const { world, page } = await signedIn(t);
    let count = 0;
    world.platform.control.beforeToken = () => (count++ === 0 ? 'drop-after' : 'pass');
    assert.equal((await refusal(page, 'getAccessToken', forced)).code, 'network_error');
    assert.equal(await ask(page, 'isAuthenticated'), true);
    await leapToEnd(world, page);
    await told(page, 'signed_out');
    assert.deepEqual(await ask(page, 'getState'), { status: 'unauthenticated', reason: 'session_lost' });
    assert.equal((await refusal(page, 'getAccessToken')).code, 'session_lost');
    assert.equal(world.refreshes().length, 2);
    assert.equal(world.refreshes()[1].response.error, 'invalid_grant');
  });

  test('a refresh token that the platform revoked ends it as session_expired', async (t) => {
    const { world, page } = await signedIn(t);
    const { RefreshToken } = world.platform.provider;
    await (await RefreshToken.find(world.exchanges()[0].response.refresh_token)).destroy();
    assert.equal((await refusal(page, 'getAccessToken', forced)).code, 'session_expired');
    assert.deepEqual(await ask(page, 'getState'), { status: 'unauthenticated', reason: 'session_expired' });
    assert.equal(world.refreshes().length, 1);
  });

  test('an abort ends its own call, and neither the others’ nor the refresh', async (t) => {
    const { world, page } = await signedIn(t);
    const { arrived, release } = holdTokenRequests(world);
    const outcomes = page.evaluate(async () => {
      const abort = new AbortController();
      const calls = [abort.signal, undefined].map((signal) =>
        auth.getAccessToken({ forceRefresh: true, signal }),
      );
      abort.abort();
      const [aborted, served] = await Promise.allSettled(calls);
      return [aborted.reason?.name, served.status];
    });
    await arrived;
    release();
    assert.deepEqual(await outcomes, ['AbortError', 'fulfilled']);
    assert.equal(world.refreshes().length, 1);
  });

  // A provider that is unmounted and mounted again while its refresh is on the way.
  test('a client disposed of in the middle of a refresh finishes it, and the next one sends no token twice', async (t) => {
    const { world, page } = await signedIn(t);
    const { arrived, release } = holdTokenRequests(world);
    const left = refusal(page, 'getAccessToken', forced);
    await arrived;
    await page.evaluate(() => auth.dispose());
    assert.equal((await left).code, 'disposed');
    await page.evaluate((options) => begin(options), world.options);
    const served = ask(page, 'getAccessToken', forced);
    await queued(page, 1);
    release();
    assert.match(await served, /./);
    const sent = world.refreshes().map(({ body, status }) => [body.refresh_token, status]);
    assert.equal(new Set(sent.map(([token]) => token)).size, sent.length);
    assert.ok(sent.every(([, status]) => status === 200));
    assert.equal(await ask(page, 'isAuthenticated'), true);
  });
});

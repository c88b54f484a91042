// A development machine on a local network: plain http outside loopback, where the browser takes its cryptography away.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ask } from './support/bare.mjs';
import { openBrowser } from './support/browser.mjs';
import { choose, goToProvider, signIn, signInToDemo } from './support/flow.mjs';
import { LIFETIME, leapBy } from './support/time.mjs';
import { bareWorld, demoWorld, ready } from './support/world.mjs';

// A made-up name for this machine: to the browser it is neither loopback nor secure. The provider stays on localhost,
// because a tenant must be https or loopback; both resolve to loopback, so no local-network permission is asked for.
const host = 'app.test';
const browser = await openBrowser({ args: [`--host-resolver-rules=MAP ${host} 127.0.0.1`] });
after(() => browser.close());

test('sign-in with PKCE works where crypto.subtle is missing, with one warning', async (t) => {
  const world = await bareWorld(t, browser, { host, options: false });
  const page = await world.tab();
  assert.deepEqual(
    await page.evaluate(() => [isSecureContext, typeof crypto.subtle, typeof navigator.locks]),
    [false, 'undefined', 'undefined'],
  );
  const told = [];
  page.on('console', (message) => told.push([message.type(), message.text()]));
  const warned = page.waitForEvent('console');
  await page.evaluate((options) => begin(options), world.options);
  await warned;
  assert.equal(told.length, 1);
  assert.equal(told[0][0], 'warning');
  assert.match(told[0][1], /IntelliAuth: redirectUri is plain http, which is for development only/);

  await goToProvider(page);
  await choose(page, world);
  await page.evaluate((options) => begin(options), world.options);
  const { user } = await ask(page, 'handleCallback');
  assert.equal(user.name, 'Ada Lovelace');
  const [exchange] = world.exchanges();
  assert.equal(exchange.status, 200);
  assert.match(exchange.body.code_verifier, /^[\w-]{43}$/);
});

test('the demo signs in there, and a token is refreshed without Web Locks', async (t) => {
  const provider = { accessTokenSeconds: LIFETIME };
  const world = await demoWorld(t, browser, { host, provider, clock: true });
  const page = await world.tab();
  await signInToDemo(page, world);
  await leapBy(world, LIFETIME - 25);
  await page.locator('li[data-event=token_refreshed]').first().waitFor();
  assert.equal(world.refreshes()[0].status, 200);
});

test('without Web Locks tabs still share one session, its new tokens and its end', async (t) => {
  const world = await bareWorld(t, browser, { host, options: { tokenStorage: 'local' } });
  const page = await world.tab();
  await signIn(page, world);
  const others = [await world.tab(), await world.tab()];
  const token = await ask(page, 'getAccessToken', { forceRefresh: true });
  for (const other of others) {
    await other.waitForFunction(() =>
      events.some(({ type, elsewhere }) => type === 'token_refreshed' && elsewhere),
    );
    assert.equal(await ask(other, 'getAccessToken'), token);
  }
  assert.equal(world.refreshes().length, 1);
  await ask(page, 'logout');
  for (const other of others) {
    await other.waitForFunction(() => !auth.isAuthenticated());
    await other.reload();
    await ready(other);
    assert.equal(await ask(other, 'isAuthenticated'), false);
  }
});

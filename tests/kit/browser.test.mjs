// The kit in a real browser: the SDK signs in at the fake platform, and an app runs on a test client.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, describe, test } from 'node:test';
import {
  createFakePlatform,
  interceptPlatform,
  platformListener,
  routePlatform,
} from '@intelliauth/spa-sdk/testing';
import { ask, bareFiles, refusal } from '../e2e/support/bare.mjs';
import { openBrowser, PATIENCE } from '../e2e/support/browser.mjs';
import { bundled, served } from '../e2e/support/bundle.mjs';
import { serve } from '../e2e/support/serve.mjs';
import { ready } from '../e2e/support/world.mjs';

const browser = await openBrowser();
after(() => browser.close());

/** A bare page at an app's server, and a platform that its context reaches as `reach` says. */
async function world(t, reach, options) {
  const app = await serve();
  t.after(() => app.close());
  for (const [path, body] of Object.entries(bareFiles())) app.files.set(path, body);
  const origin = `http://localhost:${app.port}`;
  const context = await browser.newContext();
  t.after(() => context.close());
  context.setDefaultTimeout(PATIENCE);
  const platform = await reach(context, { redirectUris: [`${origin}/callback`], ...options });
  await context.addInitScript(
    (given) => {
      window.given = given;
    },
    { ...platform.clientOptions, discovery: true, requestTimeoutSeconds: 60 },
  );
  const page = await context.newPage();
  await page.goto(origin);
  await ready(page);
  return { platform, page, origin };
}

const byPlaywright = async (context, options) => {
  const platform = createFakePlatform(options);
  await routePlatform(context, platform);
  return platform;
};

const byNode = (t) => async (_context, options) => {
  let listener;
  const server = createServer((req, res) => listener(req, res)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const tenantUrl = `http://localhost:${server.address().port}`;
  const platform = createFakePlatform({ ...options, tenantUrl });
  listener = platformListener(platform);
  return platform;
};

/** From the app's page to the platform and back, up to the callback's result. */
async function signIn({ page, origin }, atPlatform = () => {}) {
  await page.evaluate(() => void auth.loginWithRedirect({ appState: { returnTo: '/reports' } }));
  await atPlatform();
  await page.waitForURL((url) => url.origin === origin && url.pathname === '/callback');
  await ready(page);
  return ask(page, 'handleCallback');
}

describe('the testing kit in Chromium', { timeout: 300_000 }, () => {
  test('signs in at a fake platform that Playwright routes to, and refreshes there', async (t) => {
    const { platform, page, origin } = await world(t, byPlaywright);
    const { user, returnTo } = await signIn({ page, origin });
    assert.equal(user.name, 'Ada Lovelace');
    assert.equal(returnTo, '/reports');
    const first = await ask(page, 'getAccessToken');
    const second = await ask(page, 'getAccessToken', { forceRefresh: true });
    assert.notEqual(second, first);
    assert.equal(platform.verify(second).user.sub, 'usr_ada');
    const endpoints = platform.requests.map(({ endpoint }) => endpoint);
    assert.ok(endpoints.includes('jwks'), 'signatures are verified');

    platform.revokeAll();
    assert.equal((await refusal(page, 'getAccessToken', { forceRefresh: true })).code, 'session_expired');
    assert.equal(await ask(page, 'isAuthenticated'), false);
  });

  test('an app meets the faults that a test wishes', async (t) => {
    const { platform, page, origin } = await world(t, byPlaywright);
    platform.alterIdToken = (claims) => ({ ...claims, aud: 'another' });
    await assert.rejects(signIn({ page, origin }), { code: 'id_token_invalid' });
    platform.alterIdToken = undefined;
    await signIn({ page, origin });
    platform.fail('token', 'network');
    assert.equal((await refusal(page, 'getAccessToken', { forceRefresh: true })).code, 'network_error');
    assert.equal(await ask(page, 'isAuthenticated'), true);
  });

  test('and refuses what a real platform would: a redirect URI that is not registered', async (t) => {
    const { page } = await world(t, byPlaywright, { redirectUris: ['http://localhost:1/callback'] });
    await page.evaluate(() => auth.dispose());
    const options = { tenantUrl: 'https://platform.example', clientId: 'test-app', redirectUri: '/callback' };
    await page.evaluate((options) => begin(options), options);
    await page.evaluate(() => void auth.loginWithRedirect());
    await page.getByText('is not registered').waitFor();
  });

  test('shows a sign-in page behind Node’s http server, where a user may cancel', async (t) => {
    const users = [
      { sub: 'one', name: 'First <User>' },
      { sub: 'two', name: 'Second User' },
    ];
    const { page, origin, platform } = await world(t, byNode(t), { signInPage: true, users });
    const press = (name) => () => page.getByRole('button', { name }).click();
    assert.equal((await signIn({ page, origin }, press('Second User'))).user.sub, 'two');
    assert.deepEqual(await ask(page, 'logout'), { revocation: 'revoked', provider: 'requested' });
    await page.waitForURL(`${platform.tenantUrl}/**`);
    await page.goto(origin);
    await ready(page);
    await assert.rejects(signIn({ page, origin }, press('Cancel')), { code: 'access_denied' });
  });

  test('runs an app on a test client, with neither wasm nor request', async (t) => {
    const { files } = await bundled(`
      import { createTestClient, signedInAs, signedOut } from '@intelliauth/spa-sdk/testing';
      const auth = window.auth = createTestClient(signedInAs({ name: 'Ada Lovelace' }));
      const main = document.querySelector('main');
      const show = ({ user, reason }) => { main.textContent = user?.name ?? reason; };
      show(auth.getState());
      auth.subscribe(show);
      window.expire = () => auth.become(signedOut('session_expired'));`);
    const { origin, page } = await served(t, browser, files);
    const requested = [];
    page.on('request', (request) => requested.push(new URL(request.url()).pathname));
    await page.goto(origin);
    await page.getByText('Ada Lovelace').waitFor();
    assert.equal(await page.evaluate(() => auth.getAccessToken()), 'test-access-token');
    await page.evaluate(() => expire());
    await page.getByText('session_expired').waitFor();
    assert.equal(requested.length, 2, requested.join());
  });
});

test('a story of React’s shows a component signed in, and the error of a sign-in that fails', async (t) => {
  const { files } = await bundled(`
    import { createElement as h } from 'react';
    import { createRoot } from 'react-dom/client';
    import { useIntelliAuth } from '@intelliauth/spa-sdk/react';
    import { createTestClient, signedInAs } from '@intelliauth/spa-sdk/testing';
    import { IntelliAuthTestProvider } from '@intelliauth/spa-sdk/testing/react';
    const auth = window.auth = createTestClient(signedInAs({ name: 'Ada Lovelace' }));
    function Account() {
      const { user, error, logout, loginWithRedirect } = useIntelliAuth();
      if (error) return h('p', { role: 'alert' }, error.code);
      return user ? h('button', { onClick: logout }, user.name) : h('button', { onClick: loginWithRedirect }, 'Sign in');
    }
    const story = h(IntelliAuthTestProvider, { client: auth }, h(Account));
    createRoot(document.querySelector('main')).render(story);`);
  const { origin, page } = await served(t, browser, files);
  await page.goto(origin);
  await page.getByRole('button', { name: 'Ada Lovelace' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  await page.evaluate(() => auth.fail('loginWithRedirect', 'storage_unavailable'));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').getByText('storage_unavailable').waitFor();
  assert.deepEqual(await page.evaluate(() => auth.calls.map(({ method }) => method)), [
    'logout',
    'loginWithRedirect',
  ]);
});

test('Cypress is answered by the fake platform, and the connection breaks where a fault says so', async () => {
  const platform = createFakePlatform({ redirectUris: ['http://localhost:5173/callback'] });
  let intercepted;
  const cy = {
    intercept: (matcher, handler) => {
      assert.deepEqual(matcher, { url: 'https://platform.example/**' });
      intercepted = handler;
    },
  };
  interceptPlatform(cy, platform);
  const request = {
    url: 'https://platform.example/oauth2/token',
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      origin: 'http://localhost:5173',
    },
    body: 'client_id=test-app&grant_type=refresh_token&refresh_token=invented',
    reply: (answer) => Object.assign(request, { answer }),
    destroy: () => Object.assign(request, { destroyed: true }),
  };
  await intercepted(request);
  assert.equal(request.answer.statusCode, 400);
  assert.equal(JSON.parse(request.answer.body).error, 'invalid_grant');
  assert.equal(request.answer.headers['access-control-allow-origin'], 'http://localhost:5173');
  platform.fail('token', 'network');
  await intercepted(request);
  assert.equal(request.destroyed, true);
});

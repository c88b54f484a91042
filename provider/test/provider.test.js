import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, afterEach, before, describe, it } from 'node:test';

import { startProvider } from '../index.js';
import { App, Browser } from './browser.js';

const ORIGIN = 'http://localhost:5173';
const STRANGER = 'http://localhost:9999';

/** @type {import('../index.js').RunningProvider} */
let platform;

before(async () => {
  platform = await startProvider({ port: 0, refreshTokenSeconds: 3600, idTokenAlg: 'ES256' });
});
after(() => platform.close());
afterEach(() => {
  for (const name of Object.keys(platform.control)) delete platform.control[name];
});

const claimsOf = (jwt) => JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url').toString());
const api = (path, token, init = {}) =>
  fetch(new URL(path, platform.issuer), {
    ...init,
    headers: { Authorization: `Bearer ${token}`, ...init.headers },
  });

describe('the wire contract', () => {
  it('is described by discovery', async () => {
    const metadata = await (await fetch(`${platform.issuer}/.well-known/openid-configuration`)).json();
    assert.equal(metadata.issuer, platform.issuer);
    assert.equal(metadata.authorization_endpoint, `${platform.issuer}/oauth2/authorize`);
    assert.equal(metadata.token_endpoint, `${platform.issuer}/oauth2/token`);
    assert.equal(metadata.end_session_endpoint, `${platform.issuer}/oauth2/logout`);
    assert.equal(metadata.revocation_endpoint, `${platform.issuer}/oauth2/revoke`);
    assert.deepEqual(metadata.code_challenge_methods_supported, ['S256']);
    assert.deepEqual(metadata.id_token_signing_alg_values_supported, ['ES256']);
    const { keys } = await (await fetch(metadata.jwks_uri)).json();
    assert.equal(keys.length, 1);
    assert.equal(keys[0].d, undefined);
  });

  it('answers a sign-in with code, state and iss, and the code with tokens', async () => {
    const app = new App(platform);
    const { code, ...answer } = await app.signIn();
    assert.deepEqual(answer, { state: 'a-state', iss: platform.issuer });

    const { status, json } = await app.exchange(code);
    assert.equal(status, 200);
    assert.equal(json.token_type, 'Bearer');
    assert.equal(json.expires_in, 60);
    assert.equal(json.scope, 'openid profile email');
    assert.ok(json.access_token && json.refresh_token);
    const {
      sub,
      name,
      email,
      email_verified: verified,
      preferred_username: username,
    } = claimsOf(json.id_token);
    assert.deepEqual(
      { sub, name, email, verified, username },
      { sub: 'usr_ada', name: 'Ada Lovelace', email: 'ada@example.com', verified: true, username: 'ada' },
    );
  });

  it('refuses a wrong verifier', async () => {
    const app = new App(platform);
    const { code } = await app.signIn();
    const { status, json } = await app.exchange(code, { code_verifier: 'x'.repeat(43) });
    assert.deepEqual([status, json.error], [400, 'invalid_grant']);
  });

  it('refuses a code used twice, and revokes what the first use gave', async () => {
    const app = new App(platform);
    const { code } = await app.signIn();
    const { json: tokens } = await app.exchange(code);
    assert.equal((await app.exchange(code)).json.error, 'invalid_grant');
    assert.equal((await app.refresh(tokens.refresh_token)).json.error, 'invalid_grant');
    assert.equal((await api('/api/me', tokens.access_token)).status, 401);
  });

  for (const [what, changes] of [
    ['plain', { code_challenge_method: 'plain' }],
    ['no challenge', { code_challenge: '', code_challenge_method: '' }],
  ]) {
    it(`refuses ${what} for PKCE`, async () => {
      const { url } = await new Browser().open(new App(platform).authorizeUrl(changes));
      const answer = new URL(url);
      assert.equal(answer.origin, ORIGIN);
      assert.equal(answer.searchParams.get('error'), 'invalid_request');
      assert.equal(answer.searchParams.get('iss'), platform.issuer);
    });
  }

  for (const redirectUri of [
    `${ORIGIN}/callback/`,
    'http://localhost:5174/callback',
    'https://localhost:5173/callback',
  ]) {
    it(`refuses ${redirectUri} with a page of its own`, async () => {
      const { url, status, html } = await new Browser().open(new App(platform, redirectUri).authorizeUrl());
      assert.ok(url.startsWith(platform.issuer));
      assert.equal(status, 400);
      assert.match(html, /invalid_redirect_uri/);
      assert.ok(html.includes(`<code class="block">${redirectUri}</code>`));
    });
  }

  it('escapes what it shows', async () => {
    const { html } = await new Browser().open(new App(platform, `${ORIGIN}/<script>"`).authorizeUrl());
    assert.ok(html.includes('/&lt;script&gt;&quot;'));
    assert.ok(!html.includes('<script'));
  });
});

describe('the pages', () => {
  it('say that a password is wrong, and keep the email', async () => {
    const browser = new Browser();
    const page = await browser.open(new App(platform).authorizeUrl());
    const again = await browser.press(page, 'Sign in', { email: 'ada@example.com', password: 'wrong' });
    assert.equal(again.status, 422);
    assert.match(again.html, /role="alert" aria-live="assertive">That email and password do not match/);
    assert.match(again.html, /value="ada@example.com"/);
    const consent = await browser.press(again, 'Sign in', {
      email: 'Ada@example.com ',
      password: 'analytical-engine',
    });
    assert.match(consent.html, /<h1>Allow Demo app\?/);
  });

  it('run no script and load nothing from elsewhere', async () => {
    const { response, html } = await new Browser().open(new App(platform).authorizeUrl());
    const policy = response.headers.get('content-security-policy');
    assert.match(policy, /default-src 'none';script-src;/);
    assert.match(policy, /form-action 'self' http:\/\/localhost:5173;/);
    assert.ok(!/<script|<style| style=| on\w+=/.test(html));
    for (const [, target] of html.matchAll(/(?:src|href)="([^"]*)"/g)) {
      assert.equal((await fetch(new URL(target, platform.issuer))).status, 200);
    }
  });

  it('let a user cancel or deny', async () => {
    const browser = new Browser();
    const app = new App(platform);
    const cancelled = await browser.press(await browser.open(app.authorizeUrl()), 'Cancel');
    assert.equal(new URL(cancelled.url).searchParams.get('error'), 'access_denied');

    const consent = await browser.press(await browser.open(app.authorizeUrl()), 'Use Grace Hopper');
    const denied = await browser.press(consent, 'Deny');
    const { searchParams } = new URL(denied.url);
    assert.equal(searchParams.get('error'), 'access_denied');
    assert.equal(searchParams.get('state'), 'a-state');
  });

  it('are skipped while the session lasts, unless the app asks for them', async () => {
    const browser = new Browser();
    const app = new App(platform);
    await app.signIn(browser);
    assert.ok((await browser.open(app.authorizeUrl({ prompt: 'none' }))).url.includes('code='));
    for (const [prompt, title] of [
      ['login', 'Sign in'],
      ['select_account', 'Sign in'],
      ['consent', 'Allow Demo app?'],
    ]) {
      assert.ok(
        (await browser.open(app.authorizeUrl({ prompt }))).html.includes(`<h1>${title}</h1>`),
        prompt,
      );
    }
    const page = await browser.open(app.authorizeUrl({ prompt: 'select_account' }));
    assert.ok((await browser.press(page, 'Use Ada Lovelace')).url.includes('code='));
  });

  it('explain a sign-in that is over', async () => {
    const { status, html } = await new Browser().open(`${platform.issuer}/interaction/long-gone`);
    assert.equal(status, 400);
    assert.match(html, /sign in again/);
  });

  it('sign out after asking, and lead back to the app', async () => {
    const browser = new Browser();
    const app = new App(platform);
    const { id_token: hint } = await app.tokens(browser);
    const url = new URL('/oauth2/logout', platform.issuer);
    url.search = new URLSearchParams({
      id_token_hint: hint,
      post_logout_redirect_uri: `${ORIGIN}/`,
      state: 'bye',
    });
    const page = await browser.open(url);
    assert.match(page.html, /You have left <strong>Demo app<\/strong>/);
    const [, xsrf] = /name="xsrf" value="([^"]+)"/.exec(page.html);
    const left = await browser.open(`${platform.issuer}/oauth2/logout/confirm`, {
      form: { xsrf, logout: 'yes' },
    });
    assert.equal(left.url, `${ORIGIN}/?state=bye`);
    assert.match((await browser.open(app.authorizeUrl())).html, /<h1>Sign in/);
  });

  it('ask for no consent when told to skip it', async () => {
    const lenient = await startProvider({ port: 0, idTokenAlg: 'EdDSA', consent: 'skip' });
    try {
      const browser = new Browser();
      const app = new App(lenient);
      const page = await browser.press(await browser.open(app.authorizeUrl()), 'Use Alan Turing');
      assert.ok(page.url.startsWith(`${ORIGIN}/callback?code=`));
      const again = await app.tokens(browser);
      assert.equal(claimsOf(again.id_token).sub, 'usr_alan');
    } finally {
      await lenient.close();
    }
  });
});

describe('refresh tokens', () => {
  it('rotate, and revoke their whole family when one is used twice', async () => {
    const app = new App(platform);
    const first = await app.tokens();
    const second = (await app.refresh(first.refresh_token)).json;
    assert.notEqual(second.refresh_token, first.refresh_token);
    assert.equal(claimsOf(second.id_token).sub, 'usr_ada');

    assert.equal((await app.refresh(first.refresh_token)).json.error, 'invalid_grant');
    assert.equal((await app.refresh(second.refresh_token)).json.error, 'invalid_grant');
    assert.equal((await api('/api/me', second.access_token)).status, 401);
  });

  it('are one family per sign-in: another tab keeps its own', async () => {
    const browser = new Browser();
    const app = new App(platform);
    const one = await app.tokens(browser);
    const other = await app.tokens(browser);
    const body = new URLSearchParams({ client_id: platform.clientId, token: one.refresh_token });
    assert.equal((await fetch(`${platform.issuer}/oauth2/revoke`, { method: 'POST', body })).status, 200);
    assert.equal((await app.refresh(one.refresh_token)).status, 400);
    assert.equal((await app.refresh(other.refresh_token)).status, 200);
  });

  it('survive another account signing in to the same browser', async () => {
    const browser = new Browser();
    const app = new App(platform);
    const ada = await app.tokens(browser);
    const page = await browser.open(app.authorizeUrl({ prompt: 'login' }));
    // oidc-provider ends Ada's session with a form that submits itself: the page's policy must let that script run.
    const handover = await browser.press(page, 'Use Grace Hopper');
    assert.match(handover.response.headers.get('content-security-policy'), /script-src 'sha256-/);
    const granted = await browser.press(await browser.press(handover, 'Continue'), 'Allow');
    const { code } = Object.fromEntries(new URL(granted.url).searchParams);
    assert.equal(claimsOf((await app.exchange(code)).json.id_token).sub, 'usr_grace');
    assert.equal((await app.refresh(ada.refresh_token)).status, 200);
  });
});

describe('CORS', () => {
  it('opens the token endpoint to the app alone', async () => {
    const app = new App(platform);
    const allowed = await app.exchange('no-code', {}, { Origin: ORIGIN });
    assert.equal(allowed.headers.get('access-control-allow-origin'), ORIGIN);
    const refused = await app.exchange('no-code', {}, { Origin: STRANGER });
    assert.equal(refused.headers.get('access-control-allow-origin'), null);
    assert.equal(refused.json.error, 'invalid_request');
  });

  it('opens the API to the app alone, Authorization header included', async () => {
    const preflight = (Origin) =>
      fetch(`${platform.issuer}/api/me`, {
        method: 'OPTIONS',
        headers: {
          Origin,
          'Access-Control-Request-Method': 'GET',
          'Access-Control-Request-Headers': 'authorization',
        },
      });
    const allowed = (await preflight(ORIGIN)).headers;
    assert.equal(allowed.get('access-control-allow-origin'), ORIGIN);
    assert.match(allowed.get('access-control-allow-headers'), /Authorization/);
    assert.equal((await preflight(STRANGER)).headers.get('access-control-allow-origin'), null);
  });

  it('opens keys and metadata', async () => {
    for (const path of ['/oauth2/jwks', '/.well-known/openid-configuration']) {
      const { headers } = await fetch(platform.issuer + path, { headers: { Origin: ORIGIN } });
      assert.equal(headers.get('access-control-allow-origin'), ORIGIN);
    }
  });
});

describe('the API', () => {
  it('answers a valid token', async () => {
    const { access_token: token } = await new App(platform).tokens();
    const before = Date.now();
    const me = await (await api('/api/me', token)).json();
    assert.equal(me.name, 'Ada Lovelace');
    assert.deepEqual(me.scopes, ['openid', 'profile', 'email']);
    assert.ok(Date.parse(me.time) >= before && Date.parse(me.time) <= Date.now());

    const echo = await api('/api/echo', token, { method: 'POST', body: 'Grüße' });
    assert.equal(await echo.text(), 'Grüße');
    assert.equal(platform.log.at(-1).body, 'Grüße');
    assert.equal((await api('/api/other', token)).status, 404);
  });

  it('refuses any other, RFC 6750 §3', async () => {
    const wrong = await api('/api/me', 'wrong', { headers: { Origin: ORIGIN } });
    assert.equal(wrong.status, 401);
    assert.equal(wrong.headers.get('www-authenticate'), 'Bearer error="invalid_token"');
    assert.equal(wrong.headers.get('access-control-allow-origin'), ORIGIN);
    const none = await fetch(`${platform.issuer}/api/me`);
    assert.equal(none.headers.get('www-authenticate'), 'Bearer');
  });
});

describe('the wire log', () => {
  it('holds requests and token responses, and tells its listeners', async () => {
    const told = [];
    const stop = platform.log.on((exchange) => told.push(exchange));
    const tokens = await new App(platform).tokens();
    stop();
    const { path, body, status, response } = told.at(-1);
    assert.deepEqual([path, body.grant_type, status], ['/oauth2/token', 'authorization_code', 200]);
    assert.deepEqual(response, tokens);
    assert.ok(told.some((exchange) => exchange.query.code_challenge_method === 'S256'));
    assert.ok(platform.log.includes(told[0]));
    assert.ok(!JSON.stringify(platform.log).includes('analytical-engine'));
  });
});

describe('injected faults', () => {
  it('drop-before: the platform never sees the request', async () => {
    const app = new App(platform);
    const { refresh_token: token } = await app.tokens();
    platform.control.beforeToken = () => 'drop-before';
    await assert.rejects(app.refresh(token), TypeError);
    platform.control.beforeToken = undefined;
    assert.equal((await app.refresh(token)).status, 200);
  });

  it('drop-after: the platform acts, and its answer is lost', async () => {
    const app = new App(platform);
    const { refresh_token: token } = await app.tokens();
    platform.control.beforeToken = async ({ body }) =>
      body.grant_type === 'refresh_token' ? 'drop-after' : 'pass';
    await assert.rejects(app.refresh(token), TypeError);
    const { fault, status, response } = platform.log.at(-1);
    assert.deepEqual([fault, status], ['drop-after', 200]);
    platform.control.beforeToken = undefined;
    assert.equal((await app.refresh(token)).json.error, 'invalid_grant');
    assert.equal((await app.refresh(response.refresh_token)).json.error, 'invalid_grant');
  });

  it('an answer of the test’s own, readable by the app', async () => {
    const body = { error: 'temporarily_unavailable' };
    platform.control.beforeToken = () => ({ status: 503, body, headers: { 'Retry-After': '2' } });
    const { status, headers, json } = await new App(platform).exchange('any', {}, { Origin: ORIGIN });
    assert.equal(status, 503);
    assert.deepEqual(json, body);
    assert.equal(headers.get('retry-after'), '2');
    assert.equal(headers.get('access-control-allow-origin'), ORIGIN);
  });

  it('a delay: the platform acts at once, and its answer is held back', async () => {
    const app = new App(platform);
    const { refresh_token: token } = await app.tokens();
    let answered = false;
    const acted = new Promise((resolve) => {
      platform.control.afterToken = (exchange) => new Promise((release) => resolve({ exchange, release }));
    });
    const answer = app.refresh(token).finally(() => {
      answered = true;
    });
    const { exchange, release } = await acted;
    assert.equal(exchange.status, 200);
    // Another request is served meanwhile, from its first byte to its last.
    assert.equal((await fetch(`${platform.issuer}/oauth2/jwks`)).status, 200);
    assert.equal(answered, false);
    release();
    assert.equal((await answer).status, 200);
  });
});

describe('listening', () => {
  it('is on loopback only, at both of its addresses', async () => {
    assert.equal(platform.server.address().address, '127.0.0.1');
    assert.equal(platform.issuer, `http://localhost:${platform.port}`);
    for (const host of ['127.0.0.1', 'localhost']) {
      assert.equal((await fetch(`http://${host}:${platform.port}/oauth2/jwks`)).status, 200);
    }
  });

  it('fails on a taken port and leaves nothing behind', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address();
    await assert.rejects(startProvider({ port }), { code: 'EADDRINUSE' });
    other.close();
    await once(other, 'close');
    const own = await startProvider({ port, issuer: `http://tenant.test:${port}`, idTokenAlg: 'ES256' });
    assert.equal(own.issuer, `http://tenant.test:${port}`);
    await own.close();
  });
});

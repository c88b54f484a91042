// The fake platform keeps the rules that the embedded provider, a certified one, keeps: one script runs against both.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, describe, test } from 'node:test';
import { createFakePlatform, platformFetch, platformListener } from '@intelliauth/spa-sdk/testing';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { startProvider } from '../../provider/index.js';
import { App, Browser } from '../../provider/test/browser.js';

const ORIGIN = 'http://localhost:5173';
const REDIRECT = `${ORIGIN}/callback`;

/** The fake platform behind Node's http server, on a free port. */
async function listening(options) {
  let listener;
  const server = createServer((req, res) => listener(req, res));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const tenantUrl = `http://localhost:${server.address().port}`;
  const platform = createFakePlatform({ redirectUris: [REDIRECT], tenantUrl, ...options });
  listener = platformListener(platform);
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { platform, app: () => new App({ issuer: tenantUrl, clientId: platform.clientId }), close };
}

const fake = await listening({ signInPage: false });
const embedded = await startProvider({ port: 0, consent: 'skip', idTokenAlg: 'ES256' });
after(() => {
  fake.close();
  return embedded.close();
});
const platforms = { fake: fake.app, embedded: () => new App(embedded) };

/** What an authorize request came to: parameters of the redirect, or the status of a page. */
async function authorized(app, changes) {
  const { url, status } = await new Browser().open(app.authorizeUrl(changes));
  if (!url.startsWith(ORIGIN)) return status;
  const { searchParams, hash } = new URL(url);
  return searchParams.get('error') ?? new URLSearchParams(hash.slice(1)).get('error') ?? 'code';
}

/** What a token request came to. */
const said = ({ status, json }) => [status, json.error ?? 'tokens'];

/** Each answers with what both platforms have to agree on. */
const rules = {
  'a client that is unknown': (app) => authorized(app, { client_id: 'another' }),
  'a redirect URI with a slash more': (app) => authorized(app, { redirect_uri: `${REDIRECT}/` }),
  'a redirect URI of another port': (app) =>
    authorized(app, { redirect_uri: 'http://localhost:5174/callback' }),
  'no code challenge': (app) => authorized(app, { code_challenge: '', code_challenge_method: '' }),
  'a plain code challenge': (app) => authorized(app, { code_challenge_method: 'plain' }),
  'an implicit flow': (app) => authorized(app, { response_type: 'token' }),
  'prompt none with another': (app) => authorized(app, { prompt: 'none login' }),
  'a request object': (app) => authorized(app, { request: 'e30.e30.' }),
  'a wrong verifier': async (app) =>
    said(await app.exchange((await app.signIn()).code, { code_verifier: 'x'.repeat(43) })),
  'a verifier that is too short': async (app) =>
    said(await app.exchange((await app.signIn()).code, { code_verifier: 'short' })),
  'another redirect URI at the token endpoint': async (app) =>
    said(await app.exchange((await app.signIn()).code, { redirect_uri: `${REDIRECT}/` })),
  'another client at the token endpoint': async (app) =>
    said(await app.exchange((await app.signIn()).code, { client_id: 'another' })),
  'a code that nobody issued': async (app) => said(await app.exchange('invented')),
  'a grant type that is unknown': async (app) => said(await app.token({ grant_type: 'password' })),
  'a code that is sent twice': async (app) => {
    const { code } = await app.signIn();
    const first = await app.exchange(code);
    const second = await app.exchange(code);
    return [said(first), said(second), said(await app.refresh(first.json.refresh_token))];
  },
  'a refresh token that is spent': async (app) => {
    const first = await app.tokens();
    const second = await app.refresh(first.refresh_token);
    const again = await app.refresh(first.refresh_token);
    return [said(second), said(again), said(await app.refresh(second.json.refresh_token))];
  },
  'a refresh that asks for more': async (app) => {
    const { refresh_token } = await app.tokens();
    const more = { scope: 'openid profile email offline_access' };
    return said(await app.token({ grant_type: 'refresh_token', refresh_token, ...more }));
  },
  'a refresh token that was revoked': async (app) => {
    const { refresh_token: token } = await app.tokens();
    const body = new URLSearchParams({ token, client_id: app.clientId });
    const { status } = await fetch(`${app.issuer}/oauth2/revoke`, { method: 'POST', body });
    return [status, said(await app.refresh(token))];
  },
  'who may read the answers': async (app) => {
    const from = async (origin) => {
      const { headers } = await app.exchange('invented', {}, { origin });
      return headers.get('access-control-allow-origin');
    };
    return [await from(ORIGIN), await from('http://localhost:9999')];
  },
  'what the tokens say': async (app) => {
    const { id_token, ...tokens } = await app.tokens();
    const { keys } = await (await fetch(`${app.issuer}/oauth2/jwks`)).json();
    const { payload } = await jwtVerify(id_token, createLocalJWKSet({ keys }), {
      issuer: app.issuer,
      audience: app.clientId,
    });
    const { sub, name, email, nonce } = payload;
    return [Object.keys(tokens).sort(), tokens.token_type, tokens.scope, { sub, name, email, nonce }];
  },
};

test('without WebCrypto, as in Node 18 and in some test DOMs, it is said what has to be there', (t) => {
  const { crypto } = globalThis;
  t.after(() => Object.defineProperty(globalThis, 'crypto', { value: crypto, configurable: true }));
  const { getRandomValues } = crypto;
  for (const value of [undefined, { getRandomValues }]) {
    Object.defineProperty(globalThis, 'crypto', { value, configurable: true });
    assert.throws(
      () => createFakePlatform({ redirectUris: [REDIRECT] }),
      /no global crypto\.subtle.*Node 20/,
    );
  }
});

describe('the fake platform agrees with the embedded provider on', { timeout: 300_000 }, () => {
  for (const [name, rule] of Object.entries(rules)) {
    test(name, async () => {
      const [ours, theirs] = await Promise.all([rule(platforms.fake()), rule(platforms.embedded())]);
      assert.deepEqual(ours, theirs);
    });
  }
});

describe('the fake platform', { timeout: 300_000 }, () => {
  test('moves its clock: codes, access and refresh tokens expire', async (t) => {
    const { platform, app, close } = await listening({ refreshTokenSeconds: 1000 });
    t.after(close);
    const user = app();
    const { code } = await user.signIn();
    platform.advance(61);
    assert.deepEqual(said(await user.exchange(code)), [400, 'invalid_grant']);
    const tokens = await user.tokens();
    assert.equal(platform.verify(tokens.access_token).user.sub, 'usr_ada');
    platform.advance(301);
    assert.equal(platform.verify(tokens.access_token), undefined);
    const { json } = await user.refresh(tokens.refresh_token);
    platform.advance(700);
    assert.deepEqual(said(await user.refresh(json.refresh_token)), [400, 'invalid_grant']);
  });

  test('fails as it is told: before it acts, after it has, with an answer of the test’s', async (t) => {
    const { platform, app, close } = await listening();
    t.after(close);
    const user = app();
    const { code } = await user.signIn();
    platform.fail('token', { status: 503, body: 'maintenance', headers: { 'retry-after': '7' } });
    const down = await fetch(`${platform.tenantUrl}/oauth2/token`, { method: 'POST' });
    assert.deepEqual([down.status, down.headers.get('retry-after')], [503, '7']);
    platform.fail('token', 'network');
    await assert.rejects(user.exchange(code), TypeError);
    const { json } = await user.exchange(code);
    platform.fail('token', 'lost');
    await assert.rejects(user.refresh(json.refresh_token), TypeError);
    assert.deepEqual(said(await user.refresh(json.refresh_token)), [400, 'invalid_grant'], 'it is spent');
    assert.deepEqual(
      platform.requests.map(({ endpoint, status }) => [endpoint, status]),
      [
        ['authorize', 303],
        ['token', 503],
        ['token', undefined],
        ['token', 200],
        ['token', undefined],
        ['token', 400],
      ],
    );
  });

  test('signs in whom the test names, and cancels where that is nobody', async () => {
    const users = [{ sub: 'one' }, { sub: 'two', email: 'two@example.com' }];
    const platform = createFakePlatform({ redirectUris: [REDIRECT], users });
    const open = async (changes) => {
      const app = new App({ issuer: platform.tenantUrl, clientId: platform.clientId });
      return new URL(await platform.visit(app.authorizeUrl(changes))).searchParams.get('error');
    };
    assert.equal(await open({ prompt: 'none' }), 'login_required');
    assert.equal(await open({ login_hint: 'two@example.com' }), null);
    assert.equal(platform.session.user.sub, 'two');
    assert.equal(await open({ prompt: 'none' }), null);
    platform.user = undefined;
    assert.equal(await open({ prompt: 'login' }), 'access_denied');
  });

  test('ends its session where the app may return to, and nowhere else', async () => {
    const platform = createFakePlatform({ redirectUris: [REDIRECT] });
    platform.session = { user: platform.user, authTime: 0 };
    const url = (target) =>
      `${platform.tenantUrl}/oauth2/logout?${new URLSearchParams({
        client_id: platform.clientId,
        post_logout_redirect_uri: target,
        state: 'a-state',
      })}`;
    await assert.rejects(platform.visit(url('http://localhost:5174/')), /not registered/);
    assert.notEqual(platform.session, undefined);
    assert.equal(await platform.visit(url(`${ORIGIN}/`)), `${ORIGIN}/?state=a-state`);
    assert.equal(platform.session, undefined);
  });

  test('stands in for fetch; other requests go where they went', async () => {
    const platform = createFakePlatform({ redirectUris: [REDIRECT] });
    const fetch = platformFetch(platform, async (input) => new Response(`sent to ${input}`));
    assert.equal(await (await fetch('https://api.example.com/')).text(), 'sent to https://api.example.com/');
    const metadata = await (await fetch(`${platform.tenantUrl}/.well-known/openid-configuration`)).json();
    assert.equal(metadata.issuer, platform.tenantUrl);
    platform.fail('token', 'hang');
    const signal = AbortSignal.abort();
    const hanging = fetch(`${platform.tenantUrl}/oauth2/token`, { method: 'POST', signal });
    await assert.rejects(hanging, { name: 'AbortError' });
  });
});

test('an option that is undefined counts as absent', async () => {
  const absent = {
    tenantUrl: undefined,
    users: undefined,
    accessTokenSeconds: undefined,
    algorithm: undefined,
  };
  const platform = createFakePlatform({ redirectUris: [REDIRECT], ...absent, now: undefined });
  assert.equal(platform.user.sub, 'usr_ada');
  assert.equal(platform.tenantUrl, 'https://platform.example');
});

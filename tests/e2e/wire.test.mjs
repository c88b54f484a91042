// The wire contract, read off the wire: what the browser sends to the platform, to the letter.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { root } from '../../scripts/lib/run.mjs';
import { ask } from './support/bare.mjs';
import { openBrowser } from './support/browser.mjs';
import {
  authorizeUrl,
  callbackUrl,
  choose,
  goToProvider,
  history,
  signIn,
  stored,
  transactions,
} from './support/flow.mjs';
import { bareWorld, ready } from './support/world.mjs';

const browser = await openBrowser();
after(() => browser.close());

const RANDOM_32_BYTES = /^[\w-]{43}$/;

/** Signs in on a bare page and records the two requests of the contract. */
async function recordedSignIn(t) {
  const world = await bareWorld(t, browser);
  const { issuer } = world.platform;
  await world.context.addCookies([{ name: 'planted', value: 'here', url: issuer }]);
  const page = await world.tab();
  const requests = [];
  page.on('request', (request) => {
    if (request.url().startsWith(`${issuer}/oauth2/`)) requests.push(request);
  });
  await goToProvider(page, { appState: { returnTo: '/reports?year=2026', basket: [1, { two: 'ü' }] } });
  await choose(page, world);
  await ready(page);
  const callback = page.url();
  const result = await ask(page, 'handleCallback');
  const authorize = requests.find((request) => request.url().startsWith(`${issuer}/oauth2/authorize?`));
  const tokens = requests.filter((request) => request.url() === `${issuer}/oauth2/token`);
  return { world, page, callback, result, authorize, tokens };
}

describe('the wire', { concurrency: 4, timeout: 600_000 }, () => {
  test('the authorize request has exactly the contract’s parameters, each once', async (t) => {
    const { world, authorize, tokens } = await recordedSignIn(t);
    const pairs = [...new URL(authorize.url()).searchParams];
    const given = Object.fromEntries(pairs);
    assert.equal(pairs.length, Object.keys(given).length, 'a parameter is repeated');
    const { state, nonce, code_challenge, ...rest } = given;
    assert.deepEqual(rest, {
      response_type: 'code',
      client_id: world.platform.clientId,
      redirect_uri: world.redirectUri,
      scope: 'openid profile email',
      code_challenge_method: 'S256',
    });
    for (const value of [state, nonce, code_challenge]) assert.match(value, RANDOM_32_BYTES);
    const verifier = new URLSearchParams(tokens[0].postData()).get('code_verifier');
    assert.equal(code_challenge, createHash('sha256').update(verifier).digest('base64url'));
    assert.equal(new Set([state, nonce, code_challenge, verifier]).size, 4);
  });

  test('the token request is one POST with exactly the contract’s form', async (t) => {
    const { world, callback, authorize, tokens } = await recordedSignIn(t);
    assert.equal(tokens.length, 1);
    assert.equal(tokens[0].method(), 'POST');
    const pairs = tokens[0]
      .postData()
      .split('&')
      .map((pair) => pair.split('=').map(decodeURIComponent));
    const { code_verifier, ...rest } = Object.fromEntries(pairs);
    assert.equal(pairs.length, 5, 'a field is repeated');
    assert.deepEqual(rest, {
      grant_type: 'authorization_code',
      client_id: world.platform.clientId,
      code: new URL(callback).searchParams.get('code'),
      redirect_uri: new URL(authorize.url()).searchParams.get('redirect_uri'),
    });
    assert.match(code_verifier, RANDOM_32_BYTES);
  });

  test('the token request carries no cookie, no referrer and no header of its own', async (t) => {
    const { world } = await recordedSignIn(t);
    const [{ headers }] = world.exchanges();
    assert.match(headers['content-type'], /^application\/x-www-form-urlencoded(;charset=UTF-8)?$/i);
    assert.equal(headers.origin, world.origin);
    // All that the browser sends by itself, with `cache: 'no-store'`.
    const usual =
      /^(host|connection|content-(length|type)|origin|user-agent|accept(-.*)?|sec-.*|pragma|priority|cache-control)$/;
    assert.deepEqual(
      Object.keys(headers).filter((name) => !usual.test(name)),
      [],
    );
    assert.ok(!world.platform.log.some(({ method }) => method === 'OPTIONS'), 'there was a preflight');
    // The cookie was there to be sent.
    const authorize = world.platform.log.find(({ path }) => path === '/oauth2/authorize');
    assert.match(authorize.headers.cookie, /planted=here/);
  });

  test('afterwards the verifier is gone from storage, and code and state from the address and history', async (t) => {
    const { world, page, callback, tokens } = await recordedSignIn(t);
    const secrets = {
      verifier: new URLSearchParams(tokens[0].postData()).get('code_verifier'),
      code: new URL(callback).searchParams.get('code'),
      state: new URL(callback).searchParams.get('state'),
    };
    const everything = async () => [
      ...(await history(page)),
      await page.evaluate(
        () => location.href + JSON.stringify([history.state, { ...sessionStorage }, { ...localStorage }]),
      ),
    ];
    assert.equal(page.url(), world.redirectUri);
    for (const [name, secret] of Object.entries(secrets)) {
      assert.ok(secret, name);
      const left = (await everything()).filter((text) => text.includes(secret));
      assert.deepEqual(left, [], `the ${name} is still there`);
    }
    await page.goBack();
    await page.goForward();
    await ready(page);
    assert.equal(page.url(), world.redirectUri);
    assert.equal(world.exchanges().length, 1);
    assert.equal(await ask(page, 'isAuthenticated'), true);
  });

  test('appState makes the round trip, and never leaves the tab', async (t) => {
    const { world, result, authorize } = await recordedSignIn(t);
    assert.deepEqual(result.appState, { returnTo: '/reports?year=2026', basket: [1, { two: 'ü' }] });
    assert.equal(result.user.name, 'Ada Lovelace');
    assert.equal(result.user.email, 'ada@example.com');
    const sent = decodeURIComponent(authorize.url() + JSON.stringify(world.exchanges()));
    assert.ok(!/basket|reports/.test(sent));
  });

  test('without appState the answer is an empty one; a returnTo of another origin becomes the start page', async (t) => {
    const world = await bareWorld(t, browser);
    const page = await world.tab();
    assert.deepEqual((await signIn(page, world)).appState, {});
    for (const returnTo of [
      'https://evil.example/',
      '//evil.example',
      '/\\evil.example',
      'javascript:alert(1)',
    ]) {
      const url = await callbackUrl(page, world, undefined, { appState: { returnTo } });
      await page.goto(url);
      await ready(page);
      assert.deepEqual((await ask(page, 'handleCallback')).appState, { returnTo: '/' }, returnTo);
    }
  });

  test('the options of a sign-in are sent under the specifications’ names, and the protocol’s own stay', async (t) => {
    const world = await bareWorld(t, browser);
    const page = await world.tab();
    const before = page.url();
    const url = new URL(
      await authorizeUrl(page, {
        scope: 'openid',
        prompt: 'login',
        loginHint: 'ada@example.com',
        uiLocales: 'de en',
        acrValues: 'urn:mfa',
        maxAge: 60,
        extraParams: { organization: 'a&b=c' },
      }),
    );
    const { state, nonce, code_challenge, ...rest } = Object.fromEntries(url.searchParams);
    assert.deepEqual(rest, {
      response_type: 'code',
      client_id: world.platform.clientId,
      redirect_uri: world.redirectUri,
      scope: 'openid',
      code_challenge_method: 'S256',
      prompt: 'login',
      login_hint: 'ada@example.com',
      ui_locales: 'de en',
      acr_values: 'urn:mfa',
      max_age: '60',
      organization: 'a&b=c',
    });
    assert.equal(page.url(), before, 'openUrl was given, so nothing navigates');
    for (const name of ['state', 'redirect_uri', 'code_challenge_method']) {
      const { error } = await page.evaluate(
        (name) => attempt(() => auth.loginWithRedirect({ extraParams: { [name]: 'x' } })),
        name,
      );
      assert.equal(error.code, 'invalid_config', name);
    }
  });

  test('a tab keeps at most ten open sign-ins, each with its own secrets', async (t) => {
    const world = await bareWorld(t, browser);
    const page = await world.tab();
    await page.evaluate(async () => {
      for (let count = 0; count < 12; count++) await auth.loginWithRedirect({ openUrl: () => {} });
    });
    const open = await transactions(page);
    assert.equal(open.length, 10);
    for (const name of ['state', 'nonce', 'verifier']) {
      assert.equal(new Set(open.map(({ fields }) => fields[name])).size, 10, name);
      for (const { fields } of open) assert.match(fields[name], RANDOM_32_BYTES);
    }
    assert.equal((await stored(page, 'localStorage')).length, 0, 'verifiers stay in their tab');
  });

  test('the wasm module itself exports loginWithRedirect and handleCallback', () => {
    const wasm = new WebAssembly.Module(readFileSync(join(root, 'pkg/dist/intelliauth.wasm')));
    const functions = WebAssembly.Module.exports(wasm).filter(({ kind }) => kind === 'function');
    const names = functions.map(({ name }) => name);
    assert.ok(names.includes('loginWithRedirect') && names.includes('handleCallback'), names.join(' '));
  });
});

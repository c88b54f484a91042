// docs/wire.md is what is on the wire: recorded with the SDK's own requests, and once more with the page's `curl` lines.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { createCodeFlow } from '@intelliauth/spa-sdk/protocol';
import { Browser } from '../../provider/test/browser.js';
import { root, which } from '../../scripts/lib/run.mjs';
import { platform, signIn } from './support/platform.mjs';
import { NAMES, normaliser, page, script, shownRequest, shownResponse } from './support/wire.mjs';

const PAGE = join(root, 'docs/wire.md');
const ORIGIN = 'http://localhost:5173';
const REDIRECT_URI = `${ORIGIN}/callback`;
const ENDPOINTS = /_endpoint$|^jwks_uri$/;
/** Members of the provider's metadata that the SDK reads. */
const READ = [
  'issuer',
  'authorization_response_iss_parameter_supported',
  'code_challenge_methods_supported',
  'id_token_signing_alg_values_supported',
];

/** Sends a request as a page of the app's does, and keeps both it and the answer. */
async function exchange(request) {
  const sent = { ...request, headers: { ...request.headers, origin: ORIGIN } };
  const { status, headers, ...response } = await fetch(request.url, { ...sent, redirect: 'manual' }).then(
    async (response) => ({ status: response.status, headers: response.headers, body: await response.text() }),
  );
  return { request: sent, response: { status, headers, ...response } };
}

const plain = ({ response: { status, body } }) => ({ status, body });

/** The answer by which the provider sends the browser back to the app. */
async function redirectBack(url, button) {
  const real = globalThis.fetch;
  let last;
  globalThis.fetch = async (...args) => {
    const response = await real(...args);
    if (response.headers.get('location')?.startsWith(ORIGIN)) last = response;
    return response;
  };
  try {
    const browser = new Browser();
    await browser.press(await browser.open(url), button);
  } finally {
    globalThis.fetch = real;
  }
  return { status: last.status, headers: last.headers };
}

const kept = (response, keep) => {
  const members = Object.entries(JSON.parse(response.body)).filter(([name]) => keep(name));
  return { ...response, body: JSON.stringify(Object.fromEntries(members)) };
};

/** Speaks the whole flow with what the SDK builds. */
async function recorded(provider) {
  const { issuer, clientId } = provider;
  const secrets = new Map();
  const first = await createCodeFlow({ tenantUrl: issuer, clientId, redirectUri: REDIRECT_URI });
  const metadata = await exchange(first.buildMetadataRequest());
  const flow = first.withMetadata(first.processMetadataResponse(plain(metadata)));
  const jwks = await exchange(flow.buildJwksRequest());
  const key = JSON.parse(jwks.response.body).keys[0];
  secrets.set(key.kid, 'kid').set(key.n, 'modulus');

  const { url, transaction } = flow.buildAuthorizationRequest();
  const challenge = new URL(url).searchParams.get('code_challenge');
  secrets.set(transaction.state, 'state').set(transaction.nonce, 'nonce').set(challenge, 'challenge');
  secrets.set(transaction.codeVerifier, 'verifier');
  const authorize = {
    request: { method: 'GET', url },
    response: await redirectBack(url, 'Use Ada Lovelace'),
  };
  const denied = { request: authorize.request, response: await redirectBack(url, 'Cancel') };
  const unregistered = url.replace('%2Fcallback', '%2Fcallback%2F');
  const wrong = { request: { method: 'GET', url: unregistered }, response: await fetch(unregistered) };

  const callback = authorize.response.headers.get('location');
  const code = flow.processAuthorizationResponse(callback, transaction);
  secrets.set(code, 'code');
  const token = await exchange(flow.buildTokenRequest(code, transaction));
  const tokens = flow.processTokenResponse(plain(token), transaction);
  secrets.set(tokens.accessToken, 'access token').set(tokens.refreshToken, 'refresh token');
  secrets.set(tokens.idToken, 'ID token');
  await flow.verifyIdTokenSignature(tokens.idToken, flow.processJwksResponse(plain(jwks)));

  const refresh = await exchange(flow.buildRefreshRequest(tokens.refreshToken));
  const next = flow.processRefreshResponse(plain(refresh), tokens.idToken);
  secrets.set(next.accessToken, 'next access token').set(next.refreshToken, 'next refresh token');
  // Of the same second it is the same.
  secrets.set(next.idToken, 'ID token');
  const revoke = await exchange(flow.buildRevocationRequest(next.refreshToken));
  flow.processRevocationResponse(plain(revoke));
  const logout = {
    request: {
      method: 'GET',
      url: flow.buildEndSessionUrl({ idTokenHint: next.idToken, postLogoutRedirectUri: `${ORIGIN}/` }),
    },
  };
  // Last, because it costs what the code gave.
  const refused = await exchange(flow.buildTokenRequest(code, transaction));

  const normalise = normaliser({ issuer, clientId, origin: ORIGIN }, secrets);
  const messages = {
    metadata: {
      ...metadata,
      response: kept(metadata.response, (name) => READ.includes(name) || ENDPOINTS.test(name)),
    },
    ...{ jwks, authorize, denied, unregistered: wrong, token, refresh, revoke, logout, refused },
  };
  const shown = {};
  for (const [name, { request, response }] of Object.entries(messages)) {
    shown[name] = {
      request: normalise(shownRequest(request)),
      response: response && normalise(shownResponse(response)),
    };
  }
  const { iat } = tokens.claims;
  const times = { iat: 1800000000, exp: 1800000000 + tokens.claims.exp - iat };
  const claims = { ...tokens.claims, ...times, at_hash: '<half the hash of the access token>' };
  shown.claims = normalise(JSON.stringify(claims, undefined, 2));
  return { shown, normalise };
}

describe('docs/wire.md', { timeout: 300_000 }, () => {
  test('every message in it is on the wire', async (t) => {
    const provider = await platform(t, { redirectUris: [REDIRECT_URI] });
    const { shown } = await recorded(provider);
    const made = page(shown);
    if (process.env.GENERATE) writeFileSync(PAGE, made);
    assert.equal(readFileSync(PAGE, 'utf8'), made, 'docs/wire.md is stale: run `npm run generate`');
  });

  // On Windows bash may be that of its Linux, for which this machine's provider is elsewhere.
  const tools =
    process.platform !== 'win32' && ['bash', 'curl', 'openssl', 'sed'].every((name) => which(name));
  test('its curl lines sign a user in, and send what the SDK sends', {
    skip: !tools && 'no curl',
  }, async (t) => {
    const provider = await platform(t, { redirectUris: [REDIRECT_URI] });
    const here = { issuer: provider.issuer, clientId: provider.clientId, origin: ORIGIN };
    let lines = script(readFileSync(PAGE, 'utf8'));
    for (const name of Object.keys(NAMES)) lines = lines.replaceAll(NAMES[name], here[name]);
    const child = spawn('bash', ['-euc', lines], { stdio: ['pipe', 'pipe', 'inherit'] });
    t.after(() => child.kill());
    const said = [];
    const output = createInterface({ input: child.stdout });
    const ended = once(child, 'close');
    for await (const line of output) {
      said.push(line);
      if (line.startsWith(`${provider.issuer}/oauth2/authorize?`)) child.stdin.end(`${await signIn(line)}\n`);
    }
    assert.deepEqual(await ended, [0, null]);
    const sent = (log) =>
      log
        .filter(({ path }) => /\/(authorize|token|revoke)$/.test(path))
        .map(({ method, path, query, body, status }) => ({
          message: `${method} ${path} ${status}`,
          // What is the same in every run, and the names of the rest.
          names: Object.keys({ ...query, ...body }),
          grant: body?.grant_type,
          method: query.code_challenge_method,
          redirect: query.redirect_uri ?? body?.redirect_uri,
        }));
    const byCurl = sent(provider.log);
    const other = await platform(t, { redirectUris: [REDIRECT_URI] });
    await recorded(other);
    const bySdk = sent(other.log).map((message) => JSON.stringify(message));
    for (const message of byCurl) assert.ok(bySdk.includes(JSON.stringify(message)), JSON.stringify(message));
    const grants = byCurl.map(({ grant }) => grant).filter(Boolean);
    assert.deepEqual(grants, ['authorization_code', 'refresh_token']);
    assert.ok(
      byCurl.every(({ message }) => / (200|303)$/.test(message)),
      JSON.stringify(byCurl),
    );
    assert.match(said.join('\n'), /^200$/m, 'revoked');
  });
});

// `@intelliauth/spa-sdk/protocol`: the flow with a storage and a transport of the caller's own.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createCodeFlow, isIntelliAuthError } from '@intelliauth/spa-sdk/protocol';
import { transform } from 'esbuild';
import { root } from '../../scripts/lib/run.mjs';
import { snippets } from '../e2e/support/snippets.mjs';
import { platform, send, signIn } from './support/platform.mjs';

const REDIRECT_URI = 'http://localhost:5173/callback';
const client = {
  tenantUrl: 'https://tenant.example',
  clientId: 'app',
  redirectUri: 'https://app.example/callback',
};

const flowOf = ({ issuer, clientId }, more) =>
  createCodeFlow({ tenantUrl: issuer, clientId, redirectUri: REDIRECT_URI, ...more });

/** The error that `work` ends with, which has to be the SDK's. */
async function refusal(work) {
  try {
    await work();
  } catch (error) {
    assert.ok(isIntelliAuthError(error), error.stack);
    return error;
  }
  assert.fail('nothing was refused');
}

describe('the flow by hand', { timeout: 120_000 }, () => {
  test('where nothing is random, as in Node 18, it is said what has to be there', async (t) => {
    const flow = await createCodeFlow(client);
    const { crypto } = globalThis;
    t.after(() => Object.defineProperty(globalThis, 'crypto', { value: crypto, configurable: true }));
    Object.defineProperty(globalThis, 'crypto', { value: undefined, configurable: true });
    assert.throws(() => flow.buildAuthorizationRequest(), /no global crypto\.getRandomValues.*Node 20/);
  });

  test('a user signs in, the signature is verified, tokens are refreshed, revoked, and the session ended', async (t) => {
    const provider = await platform(t);
    const plain = await flowOf(provider);
    const metadata = plain.processMetadataResponse(await send(plain.buildMetadataRequest()));
    assert.deepEqual(metadata.warnings, []);
    // As kept between two processes.
    const flow = plain.withMetadata(JSON.parse(JSON.stringify(metadata)));
    const { url, transaction } = flow.buildAuthorizationRequest({ loginHint: 'ada@example.com' });
    const kept = JSON.parse(JSON.stringify(transaction));
    const callback = await signIn(url);
    assert.equal(flow.stateOf(callback), kept.state);
    const code = flow.processAuthorizationResponse(callback, kept);
    const tokens = flow.processTokenResponse(await send(flow.buildTokenRequest(code, kept)), kept);
    assert.equal(tokens.claims.name, 'Ada Lovelace');
    assert.equal(tokens.tokenType, 'Bearer');
    assert.equal(tokens.scope, 'openid profile email');
    assert.equal(tokens.expiresIn, 60);
    const jwks = flow.processJwksResponse(await send(flow.buildJwksRequest()));
    await flow.verifyIdTokenSignature(tokens.idToken, jwks);
    const next = flow.processRefreshResponse(
      await send(flow.buildRefreshRequest(tokens.refreshToken)),
      tokens.idToken,
    );
    assert.notEqual(next.accessToken, tokens.accessToken);
    assert.ok(next.refreshToken && next.idToken);
    flow.processRevocationResponse(await send(flow.buildRevocationRequest(next.refreshToken)));
    const refused = await send(flow.buildRefreshRequest(next.refreshToken));
    const over = await refusal(() => flow.processRefreshResponse(refused, tokens.idToken));
    assert.equal(over.code, 'session_expired');
    const end = new URL(flow.buildEndSessionUrl({ idTokenHint: tokens.idToken, state: 'bye' }));
    assert.equal(end.origin + end.pathname, `${provider.issuer}/oauth2/logout`);
    assert.deepEqual(Object.fromEntries(end.searchParams), {
      client_id: provider.clientId,
      id_token_hint: tokens.idToken,
      state: 'bye',
    });
  });

  test('a code that is sent twice is refused, and the error says what was sent and holds no secret', async (t) => {
    const provider = await platform(t);
    const flow = await flowOf(provider);
    const { url, transaction } = flow.buildAuthorizationRequest();
    const code = flow.processAuthorizationResponse(await signIn(url), transaction);
    const request = flow.buildTokenRequest(code, transaction);
    flow.processTokenResponse(await send(request), transaction);
    const again = await send(request);
    const error = await refusal(() => flow.processTokenResponse(again, transaction));
    assert.equal(error.code, 'code_refused');
    assert.equal(error.details.redirectUri, REDIRECT_URI);
    assert.match(await error.explain(), /A code can be exchanged once/);
    const said = JSON.stringify([error, error.message, error.hint]);
    for (const secret of [code, transaction.codeVerifier, transaction.state, transaction.nonce])
      assert.ok(!said.includes(secret));
  });

  test('given secrets are sent as they are', async () => {
    const flow = await createCodeFlow({ ...client, now: () => 7 });
    const codeVerifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
    const { url, transaction } = flow.buildAuthorizationRequest({
      codeVerifier,
      state: 'a state',
      nonce: 'a nonce',
      scope: 'openid',
      maxAge: 60,
      extraParams: { organization: 'a&b' },
    });
    assert.equal(
      url,
      'https://tenant.example/oauth2/authorize?response_type=code&client_id=app&redirect_uri=https%3A%2F%2Fapp.example%2Fcallback' +
        '&scope=openid&state=a+state&nonce=a+nonce&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM' +
        '&code_challenge_method=S256&max_age=60&organization=a%26b',
    );
    assert.deepEqual(transaction, {
      state: 'a state',
      nonce: 'a nonce',
      codeVerifier,
      redirectUri: client.redirectUri,
      issuer: client.tenantUrl,
      clientId: 'app',
      scope: 'openid',
      maxAge: 60,
      startedAt: 7,
    });
    assert.deepEqual(flow.buildTokenRequest('abc', transaction), {
      method: 'POST',
      url: 'https://tenant.example/oauth2/token',
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
      body: `grant_type=authorization_code&client_id=app&code=abc&redirect_uri=https%3A%2F%2Fapp.example%2Fcallback&code_verifier=${codeVerifier}`,
    });
  });

  test('generated secrets are 32 random octets each, new for every request', async () => {
    const flow = await createCodeFlow(client);
    const seen = new Set();
    for (let count = 0; count < 20; count++) {
      const { url, transaction } = flow.buildAuthorizationRequest();
      for (const secret of [transaction.state, transaction.nonce, transaction.codeVerifier]) {
        assert.match(secret, /^[\w-]{43}$/);
        seen.add(secret);
      }
      const challenge = createHash('sha256').update(transaction.codeVerifier).digest('base64url');
      assert.equal(new URL(url).searchParams.get('code_challenge'), challenge);
      assert.ok(!url.includes(transaction.codeVerifier));
    }
    assert.equal(seen.size, 60);
  });

  test('a callback that does not answer the transaction is refused, each for its reason', async () => {
    let now = 1_800_000_000_000;
    const flow = await createCodeFlow({ ...client, now: () => now });
    const { transaction } = flow.buildAuthorizationRequest();
    const at = (query) => `https://app.example/callback?${query}`;
    const good = at(`code=abc&state=${transaction.state}`);
    assert.equal(flow.processAuthorizationResponse(good, transaction), 'abc');
    const announced = flow.withMetadata({ endpoints: {}, authorizationResponseIssParameterSupported: true });
    for (const [code, url, by = flow] of [
      ['state_unknown', good.replace('state=', 'state=x')],
      ['state_unknown', at('code=abc')],
      ['callback_invalid', `${good}&code=def`],
      ['callback_invalid', `${good}#id_token=x`],
      ['issuer_mismatch', `${good}&iss=https%3A%2F%2Fevil.example`],
      ['issuer_mismatch', good, announced],
      ['access_denied', at(`error=access_denied&state=${transaction.state}`)],
      ['authorization_refused', at(`error=invalid_scope&error_description=no&state=${transaction.state}`)],
    ]) {
      const error = await refusal(() => by.processAuthorizationResponse(url, transaction));
      assert.equal(error.code, code, url);
      assert.ok(!JSON.stringify([error, error.message]).includes(transaction.state));
    }
    now += 60 * 60 * 1000;
    const late = await refusal(() => flow.processAuthorizationResponse(good, transaction));
    assert.equal(late.code, 'transaction_expired');
  });

  test('options are held to their kinds, and a mistyped one is named', async () => {
    for (const [options, option, said] of [
      [{ ...client, tenantUrl: 'http://tenant.example' }, 'tenantUrl', /loopback/],
      [{ ...client, redirectUri: '/callback' }, 'redirectUri', /absolute/],
      [{ ...client, redirect_uri: 'x' }, 'redirect_uri', /Write redirectUri/],
      [{ ...client, clientId: 7 }, 'clientId', /wrong type/],
      [undefined, 'tenantUrl', /absolute https URL/],
    ]) {
      const error = await refusal(() => createCodeFlow(options));
      assert.equal(error.code, 'invalid_config');
      assert.equal(error.details.option, option);
      assert.match(error.message, said);
    }
    const flow = await createCodeFlow(client);
    for (const [options, option] of [
      [{ codeVerifier: 'short' }, 'codeVerifier'],
      [{ state: '' }, 'state'],
      [{ login_hint: 'x' }, 'login_hint'],
      [{ extraParams: { state: 'x' } }, 'extraParams'],
      [{ scope: 'email' }, 'scope'],
    ]) {
      const error = await refusal(() => flow.buildAuthorizationRequest(options));
      assert.equal(error.details.option, option);
    }
    const { transaction } = flow.buildAuthorizationRequest();
    const error = await refusal(() => flow.buildTokenRequest('abc', { ...transaction, verifier: 'x' }));
    assert.match(error.message, /codeVerifier/);
  });

  test('a transaction that is not whole, and arguments of other kinds, are refused by their names', async () => {
    const flow = await createCodeFlow(client);
    const { transaction } = flow.buildAuthorizationRequest();
    const { nonce: _, ...withoutNonce } = transaction;
    const url = `https://app.example/callback?code=abc&state=${transaction.state}`;
    for (const [work, option] of [
      [
        () => flow.processAuthorizationResponse('https://app.example/callback?code=abc&state=', undefined),
        'state',
      ],
      [() => flow.processAuthorizationResponse(url, { ...transaction, state: '' }), 'state'],
      [() => flow.processAuthorizationResponse(url, { ...transaction, startedAt: undefined }), 'startedAt'],
      [() => flow.processAuthorizationResponse(url, { ...transaction, startedAt: '2026' }), 'startedAt'],
      [() => flow.processAuthorizationResponse(url, { ...transaction, issuer: undefined }), 'issuer'],
      [() => flow.processAuthorizationResponse(new URL(url), transaction), 'url'],
      [() => flow.buildTokenRequest('abc', undefined), 'state'],
      [() => flow.buildTokenRequest(undefined, transaction), 'code'],
      [() => flow.processTokenResponse({ status: 200, body: '{}' }, withoutNonce), 'nonce'],
      [() => flow.processTokenResponse(new Response('{}'), transaction), 'response'],
      [() => flow.processTokenResponse({ status: 200, body: {} }, transaction), 'response'],
      [() => flow.processJwksResponse(undefined), 'response'],
      [() => flow.buildRefreshRequest(undefined), 'refreshToken'],
      [() => flow.buildRevocationRequest(''), 'refreshToken'],
      [() => flow.processRefreshResponse({ status: 200, body: '{}' }, undefined), 'signInIdToken'],
      [() => flow.verifyIdTokenSignature('a.b.c', undefined), 'jwks'],
      [() => flow.stateOf(undefined), 'url'],
    ]) {
      const error = await refusal(work);
      assert.deepEqual([error.code, error.details?.option], ['invalid_config', option], `${work}`);
      assert.ok(!JSON.stringify([error, error.message]).includes(transaction.state));
    }
  });

  test('kept metadata is held to the issuer’s origin once more, and a missing endpoint is no relative URL', async () => {
    const flow = await createCodeFlow(client);
    const { transaction } = flow.buildAuthorizationRequest();
    for (const endpoints of [
      { authorization: 'javascript:alert(1)' },
      { token: 'https://evil.example/token' },
      { jwks: 'http://tenant.example/jwks' },
      { endSession: 'https://tenant.example.evil.example/' },
    ]) {
      const error = await refusal(() => flow.withMetadata({ endpoints }));
      assert.equal(error.code, 'metadata_invalid', JSON.stringify(endpoints));
    }
    const named = await createCodeFlow({ ...client, endpoints: { token: 'https://api.example/token' } });
    const kept = named.withMetadata({ endpoints: { token: 'https://api.example/token' } });
    assert.equal(kept.buildTokenRequest('abc', transaction).url, 'https://api.example/token');
    const error = await refusal(() => flow.withMetadata({ endpoints: {} }).buildAuthorizationRequest());
    assert.deepEqual([error.code, error.details.option], ['invalid_config', 'endpoints.authorization']);
  });

  test('a signature by another key, an unknown kid and an unsigned token are refused', async (t) => {
    const [provider, other] = [await platform(t), await platform(t)];
    const tokensOf = async (running) => {
      const plain = await flowOf(running);
      const flow = plain.withMetadata(
        plain.processMetadataResponse(await send(plain.buildMetadataRequest())),
      );
      const { url, transaction } = flow.buildAuthorizationRequest();
      const code = flow.processAuthorizationResponse(await signIn(url), transaction);
      const { idToken } = flow.processTokenResponse(
        await send(flow.buildTokenRequest(code, transaction)),
        transaction,
      );
      return { flow, idToken, jwks: flow.processJwksResponse(await send(flow.buildJwksRequest())) };
    };
    const [{ flow, idToken, jwks }, theirs] = [await tokensOf(provider), await tokensOf(other)];
    await flow.verifyIdTokenSignature(idToken, jwks);
    const renamed = { keys: [{ ...theirs.jwks.keys[0], kid: jwks.keys[0].kid }] };
    const [header, payload, signature] = idToken.split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    for (const [token, keys, code, check] of [
      [idToken, renamed, 'id_token_signature_invalid', 'signature'],
      [idToken, { keys: [{ ...jwks.keys[0], kid: 'another' }] }, 'id_token_signature_invalid', 'kid'],
      [idToken, { keys: [] }, 'id_token_signature_invalid', 'kid'],
      [
        `${header}.${Buffer.from('{}').toString('base64url')}.${signature}`,
        jwks,
        'id_token_signature_invalid',
        'signature',
      ],
      [`${header}.${payload}=.${signature}`, jwks, 'id_token_invalid', 'payload'],
      [`${none}.${payload}.${signature}`, jwks, 'id_token_invalid', 'alg'],
    ]) {
      const error = await refusal(() => flow.verifyIdTokenSignature(token, keys));
      assert.deepEqual([error.code, error.details.check], [code, check]);
      assert.ok(!JSON.stringify([error, error.message]).includes(signature));
    }
  });

  test('the code of docs/by-hand.md signs a user in', async (t) => {
    const provider = await platform(t);
    const { code } = snippets('docs/by-hand.md').find(({ name }) => name === 'sign-in.ts');
    const here = { 'https://your-tenant.example': provider.issuer, 'your-client-id': provider.clientId };
    let text = code.replaceAll('https://app.example/callback', REDIRECT_URI);
    for (const [from, to] of Object.entries(here)) text = text.replaceAll(from, to);
    const { code: script } = await transform(text, { loader: 'ts', format: 'esm' });
    const folder = mkdtempSync(join(root, 'target/by-hand-'));
    t.after(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'sign-in.mjs'), script);
    const { begin, finish } = await import(pathToFileURL(join(folder, 'sign-in.mjs')).href);
    const { url, transaction } = await begin();
    assert.equal((await finish(transaction, await signIn(url))).claims.name, 'Ada Lovelace');
  });

  test('require gives the same flow, and its errors are known to both', async () => {
    const other = createRequire(import.meta.url)('@intelliauth/spa-sdk/protocol');
    const flow = await other.createCodeFlow(client);
    assert.equal(flow.stateOf('https://app.example/?code=a&state=b'), 'b');
    const error = await other.createCodeFlow({}).catch((error) => error);
    assert.ok(isIntelliAuthError(error, 'invalid_config'));
  });
});

// The test client keeps the contract of the real one.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import {
  createTestClient,
  failed,
  isIntelliAuthError,
  loading,
  signedInAs,
  signedOut,
  testError,
} from '@intelliauth/spa-sdk/testing';

const codeOf = (promise) =>
  promise.then(
    () => 'none',
    (error) => error.code,
  );

describe('the test client', { timeout: 60_000 }, () => {
  test('has the methods of the real one', () => {
    const types = readFileSync(new URL('../../pkg/dist/types.d.ts', import.meta.url), 'utf8');
    const [declared] = /export interface IntelliAuth\b[\s\S]*?\n}/.exec(types);
    const names = [...declared.matchAll(/^ {4}(\w+)[<(]/gm)].map(([, name]) => name);
    const auth = createTestClient();
    assert.ok(names.includes('getAccessToken'));
    assert.deepEqual(
      names.filter((name) => typeof auth[name] !== 'function'),
      [],
    );
  });

  test('is signed in as the test says', async () => {
    const auth = createTestClient(signedInAs({ name: 'Ada Lovelace', email: 'ada@example.com' }));
    const { status, user, expiresAt } = auth.getState();
    assert.equal(status, 'authenticated');
    assert.deepEqual(user, { sub: 'usr_test', name: 'Ada Lovelace', email: 'ada@example.com' });
    assert.ok(expiresAt > Date.now());
    assert.equal(auth.getIdTokenClaims().name, 'Ada Lovelace');
    const token = await auth.getAccessToken();
    assert.equal(await auth.getAccessToken(), token);
    assert.notEqual(await auth.getAccessToken({ forceRefresh: true }), token);
  });

  test('is signed out, expired, failing or unusable as the test says', async () => {
    assert.equal(await codeOf(createTestClient().getAccessToken()), 'login_required');
    assert.equal(createTestClient(signedOut('session_expired')).getState().reason, 'session_expired');
    assert.equal(
      createTestClient(signedInAs({}, { failing: 'network_error' })).getState().failing.code,
      'network_error',
    );
    const blocked = createTestClient(failed('wasm_blocked_by_csp'));
    assert.equal(blocked.getState().error.code, 'wasm_blocked_by_csp');
    assert.equal(await codeOf(blocked.getAccessToken()), 'wasm_blocked_by_csp');
  });

  test('has calls wait while it loads', async () => {
    const auth = createTestClient(loading());
    const token = auth.getAccessToken();
    const signal = AbortSignal.abort();
    await assert.rejects(auth.getAccessToken({ signal }), { name: 'AbortError' });
    auth.become(signedInAs());
    assert.equal(await token, 'test-access-token');
  });

  test('tells listeners of states and events, until they stop', () => {
    const auth = createTestClient();
    const heard = [];
    const stop = auth.subscribe(({ status }, event) => heard.push([status, event?.type]));
    auth.become(signedInAs());
    auth.fire({ type: 'refresh_failing', code: 'network_error', retryAt: 1 });
    auth.become(signedOut('session_expired'));
    stop();
    auth.become(loading());
    assert.deepEqual(heard, [
      ['authenticated', 'signed_in'],
      ['authenticated', 'refresh_failing'],
      ['unauthenticated', 'signed_out'],
    ]);
  });

  test('keeps its calls, and fails or answers as the test says', async () => {
    const auth = createTestClient(signedInAs(), { getAccessToken: async () => 'mine' });
    auth.fail('getAccessToken', 'network_error');
    const error = await auth.getAccessToken({ minValidity: 30 }).catch((error) => error);
    assert.ok(isIntelliAuthError(error, 'network_error'));
    assert.equal(error.transient, true);
    assert.match(await error.explain(), /CORS/);
    assert.equal(await auth.getAccessToken(), 'mine');
    assert.deepEqual(auth.callsTo('getAccessToken'), [[{ minValidity: 30 }], []]);
    // What stands beside a detail that is not known is left out with it.
    const timeout = (details) => testError('timeout', { details }).message;
    assert.equal(timeout({ endpoint: 'token' }), 'A request was not answered in time.');
    assert.match(timeout({ endpoint: 'token', seconds: '10' }), /: token took longer than 10 seconds\.$/);
    auth.fail('logout', testError('internal', { transient: false }));
    assert.equal(await codeOf(auth.logout()), 'internal');
    assert.deepEqual(await auth.logout({ localOnly: true }), {
      revocation: 'revoked',
      provider: 'not_asked',
    });
    assert.equal(auth.isAuthenticated(), false);
    auth.dispose();
    assert.equal(await codeOf(auth.getAccessToken()), 'disposed');
  });

  test('leaves the page for a sign-in, unless the URL is asked for', async () => {
    const auth = createTestClient();
    let url;
    await auth.loginWithRedirect({
      openUrl: (given) => {
        url = given;
      },
    });
    assert.match(url, /^https:\/\/platform\.example\/oauth2\/authorize\?/);
    const left = auth.loginWithRedirect();
    assert.equal(await Promise.race([left, new Promise((r) => setImmediate(r, 'left'))]), 'left');
    assert.equal((await auth.handleCallback()).user.sub, 'usr_test');
    assert.equal(auth.isAuthenticated(), true);
  });
});

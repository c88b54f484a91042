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

  test('its methods may be taken from it, and one function subscribed twice, as of the real one', () => {
    const { getState, isAuthenticated, getUser, subscribe, become } = createTestClient();
    let count = 0;
    const listener = () => {
      count++;
    };
    const ends = [subscribe(listener), subscribe(listener)];
    become(signedInAs({ name: 'Ada' }));
    ends[0]();
    become(signedInAs({ name: 'Grace' }));
    assert.deepEqual(
      [count, isAuthenticated(), getUser().name, getState().status],
      [3, true, 'Grace', 'authenticated'],
    );
  });

  test('gives the address of a sign-out to openUrl, unless it is local', async () => {
    const auth = createTestClient(signedInAs());
    const urls = [];
    const openUrl = (url) => void urls.push(url);
    assert.equal((await auth.logout({ openUrl })).provider, 'requested');
    assert.equal((await auth.logout({ openUrl, localOnly: true })).provider, 'not_asked');
    assert.equal(urls.length, 1);
    assert.match(urls[0], /^https:.*logout/);
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

  /** What `fetch` sent: addresses and tokens. Each is answered with the next of `answers`. */
  const network = (t, ...answers) => {
    const sent = [];
    t.mock.method(globalThis, 'fetch', async (request) => {
      sent.push([request.url, request.headers.get('authorization')]);
      return answers.shift() ?? new Response('done');
    });
    return sent;
  };
  const API = 'https://api.example.com/reports';
  const allowing = { allowedOrigins: ['https://api.example.com'] };

  test('its fetch sends the token to allowed origins alone', async (t) => {
    const sent = network(t);
    const auth = createTestClient(signedInAs(), {}, allowing);
    const others = [
      'https://api.example.com.evil.example/',
      'https://api.example.com:8443/',
      'http://api.example.com/',
    ];
    for (const url of [API, ...others]) await auth.fetch(url);
    await createTestClient(signedInAs()).fetch(API);
    assert.deepEqual(sent, [
      [API, 'Bearer test-access-token'],
      ...others.map((url) => [url, null]),
      [API, null],
    ]);
    const mine = createTestClient(signedInAs(), { getAccessToken: async () => 'mine' }, allowing);
    await mine.fetch(API);
    assert.deepEqual(sent.at(-1), [API, 'Bearer mine']);
    assert.deepEqual(mine.callsTo('getAccessToken'), []);
  });

  test('its fetch sends nothing to an allowed origin where nobody is signed in', async (t) => {
    const sent = network(t);
    for (const [state, code] of [
      [signedOut(), 'login_required'],
      [signedOut('session_expired'), 'session_expired'],
      [signedOut('logout'), 'login_required'],
      [failed('wasm_blocked_by_csp'), 'wasm_blocked_by_csp'],
    ]) {
      const auth = createTestClient(state, {}, allowing);
      assert.equal(await codeOf(auth.fetch(API)), code);
      assert.equal(await codeOf(auth.getAccessToken()), code);
    }
    assert.deepEqual(sent, []);
    await createTestClient(signedOut(), {}, allowing).fetch('https://other.example/');
    assert.deepEqual(sent, [['https://other.example/', null]]);
  });

  test('its fetch tries again after a 401 with a newer token, once', async (t) => {
    const refused = (challenge) =>
      new Response('', { status: 401, headers: challenge ? { 'www-authenticate': challenge } : {} });
    const sent = network(t, refused(), refused(), refused(), refused('Bearer error="insufficient_scope"'));
    const auth = createTestClient(signedInAs(), {}, allowing);
    const tokens = async (status) => {
      assert.equal((await auth.fetch(API, { method: 'POST', body: '{}' })).status, status);
      return sent.splice(0).map(([, token]) => token);
    };
    assert.deepEqual(await tokens(401), ['Bearer test-access-token', 'Bearer test-access-token-1']);
    assert.deepEqual(await tokens(401), ['Bearer test-access-token-1'], 'a 401 demanded this one already');
    await auth.getAccessToken({ forceRefresh: true });
    assert.deepEqual(await tokens(401), ['Bearer test-access-token-2'], 'no newer token would help');
  });

  test('its second try after a 401 has the token that the test gives for it', async (t) => {
    const sent = network(t, new Response('', { status: 401 }));
    const getAccessToken = async ({ forceRefresh }) => (forceRefresh ? 'the newer one' : 'mine');
    await createTestClient(signedInAs(), { getAccessToken }, allowing).fetch(API);
    assert.deepEqual(
      sent.map(([, token]) => token),
      ['Bearer mine', 'Bearer the newer one'],
    );
  });

  test('allowed origins are origins', () => {
    for (const origin of [
      'https://api.example.com/v1',
      'api.example.com',
      'http://api.example.com',
      'https://a@b.example',
    ])
      assert.throws(() => createTestClient(signedInAs(), {}, { allowedOrigins: [origin] }), {
        code: 'invalid_config',
        details: /** @type {any} */ ({
          option: 'allowedOrigins',
          problem: 'one of them is not an https origin',
          instead: 'origins such as https://api.example.com',
        }),
      });
    createTestClient(
      signedInAs(),
      {},
      { allowedOrigins: ['http://localhost:3000', 'https://api.example.com/'] },
    );
  });

  test('an error of every code is as transient as docs/errors.md says', () => {
    const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| <a id="(\w+)"><\/a>`\w+` \| (yes|no) \|/gm)];
    assert.ok(rows.length > 30);
    assert.deepEqual(
      rows
        .filter(([, code, again]) => testError(code).transient !== (again === 'yes'))
        .map(([, code]) => code),
      [],
    );
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

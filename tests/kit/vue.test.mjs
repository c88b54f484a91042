// Vue's composables, on a state of the test's own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestClient, signedInAs, signedOut } from '@intelliauth/spa-sdk/testing';
import { createIntelliAuthPlugin, intelliAuthKey, useAccessToken } from '@intelliauth/spa-sdk/vue';
import { createApp, nextTick, shallowRef, watch } from 'vue';

test('useAccessToken keeps its token while only refreshing fails, and gives nobody the token of the user before', async () => {
  const first = signedInAs({ sub: 'ada' });
  const state = shallowRef(first);
  let asked = 0;
  const getAccessToken = async () => {
    asked++;
    return `token of ${state.value.user.sub}`;
  };
  const app = createApp({});
  app.provide(intelliAuthKey, { state, getAccessToken });
  const { token } = app.runWithContext(useAccessToken);
  const pairs = [];
  watch([state, token], () => pairs.push(`${state.value.user.sub}: ${token.value}`), { flush: 'sync' });
  await nextTick();
  assert.equal(token.value, 'token of ada');
  state.value = { ...first, failing: { code: 'network_error', retryAt: 1 } };
  await nextTick();
  assert.deepEqual(pairs, ['ada: token of ada', 'ada: token of ada']);
  assert.equal(asked, 1);

  state.value = signedInAs({ sub: 'grace' });
  await nextTick();
  await nextTick();
  assert.equal(token.value, 'token of grace');
  assert.ok(!pairs.includes('grace: token of ada'), pairs.join());
});

test('useAccessToken keeps the token over a renewal until the new one is there, and not over a sign-out', async () => {
  const state = shallowRef(signedInAs({ sub: 'ada' }));
  let answer;
  const getAccessToken = () =>
    new Promise((resolve, reject) => {
      answer = { resolve, reject };
    });
  const app = createApp({});
  app.provide(intelliAuthKey, { state, getAccessToken });
  const { token, error } = app.runWithContext(useAccessToken);
  const seen = [];
  watch([token, error], () => seen.push(token.value ?? error.value?.code), { flush: 'sync' });
  const answered = async (how, value) => {
    answer[how](value);
    await nextTick();
  };
  await answered('resolve', 'first');
  state.value = signedInAs({ sub: 'ada' }, { expiresInSeconds: 600 });
  await nextTick();
  assert.equal(token.value, 'first');
  await answered('resolve', 'second');
  state.value = signedInAs({ sub: 'ada' }, { expiresInSeconds: 900 });
  await answered('reject', { code: 'network_error' });
  assert.equal(token.value, undefined);
  state.value = signedInAs({ sub: 'ada' }, { expiresInSeconds: 1200 });
  await answered('resolve', 'third');
  assert.equal(error.value, undefined);
  state.value = signedOut('logout');
  assert.equal(token.value, undefined);
  assert.deepEqual([...new Set(seen)], ['first', 'second', 'network_error', 'third', undefined]);
});

test('on a server the guard lets everybody through at once: nothing is known there', async () => {
  const { requireAuth } = createIntelliAuthPlugin({
    tenantUrl: 'https://your-tenant.example',
    clientId: 'your-client-id',
  });
  const never = new Promise((resolve) => setTimeout(resolve, 1000, 'not settled'));
  assert.equal(await Promise.race([requireAuth()({ fullPath: '/reports' }), never]), true);
});

test('a guard that would send to its own page for ever says so', async () => {
  const { requireAuth } = createIntelliAuthPlugin({ client: createTestClient(signedOut('logout')) });
  for (const [otherwise, fullPath] of [
    [undefined, '/'],
    [undefined, '/?page=2#top'],
    ['/reports?from=guard', '/reports'],
  ]) {
    await assert.rejects(requireAuth(otherwise)({ fullPath }), (error) => {
      assert.equal(error.code, 'invalid_config');
      assert.match(error.message, /the very page that it protects/);
      return true;
    });
  }
  assert.equal(await requireAuth()({ fullPath: '/reports' }), '/');
  assert.equal(await requireAuth('/welcome')({ fullPath: '/' }), '/welcome');
});

/** The guard of a page that was loaded as `type` says. */
function guarded(t, answers, type = 'navigate') {
  const href = 'https://app.example/reports';
  t.mock.method(performance, 'getEntriesByType', () => [{ type, name: href }]);
  for (const [name, value] of Object.entries({ location: { href }, document: {}, navigator: {} })) {
    const before = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { value, configurable: true });
    t.after(() => {
      if (before) Object.defineProperty(globalThis, name, before);
      else Reflect.deleteProperty(globalThis, name);
    });
  }
  const client = createTestClient(signedOut(), answers);
  const guard = createIntelliAuthPlugin({ client }).requireAuth();
  const go = (...matched) => guard({ fullPath: '/reports' }, { matched });
  return { client, go };
}

test("the guard leaves a user who came back by the browser's button to decide, on that page alone", async (t) => {
  const { client, go } = guarded(t, { loginWithRedirect: async () => {} }, 'back_forward');
  assert.equal(await go(), '/');
  assert.deepEqual(client.callsTo('loginWithRedirect'), []);
  await go('the page before');
  assert.equal(client.callsTo('loginWithRedirect').length, 1);
});

test('the guard lets a user through whom another tab has signed in meanwhile', async (t) => {
  const { client, go } = guarded(t, {
    loginWithRedirect: async () => client.become(signedInAs()),
  });
  assert.equal(await go(), true);
});

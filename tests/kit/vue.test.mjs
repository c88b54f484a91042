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

/** @jest-environment ./environment.cjs */
const { createIntelliAuth } = require('@intelliauth/spa-sdk');
const { createFakePlatform, platformFetch } = require('@intelliauth/spa-sdk/testing');

test('a user signs in at the fake platform', async () => {
  const platform = createFakePlatform({ redirectUris: [`${location.origin}/callback`] });
  globalThis.fetch = platformFetch(platform);
  const auth = await createIntelliAuth({ ...platform.clientOptions, allowedOrigins: [platform.tenantUrl] });
  let callback;
  const openUrl = async (url) => {
    callback = await platform.visit(url);
  };
  await auth.loginWithRedirect({ openUrl });
  const { user } = await auth.handleCallback(callback);
  expect(user.name).toBe('Ada Lovelace');
  // Node's `Request` has Node's `AbortSignal`, which is not jsdom's.
  const answer = await auth.fetch(`${platform.tenantUrl}/oauth2/userinfo`);
  expect((await answer.json()).name).toBe('Ada Lovelace');
  auth.dispose();
});

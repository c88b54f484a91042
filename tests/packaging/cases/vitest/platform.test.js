// The wasm signs in at the fake platform, by the requests that this DOM sends.
import { createIntelliAuth } from '@intelliauth/spa-sdk';
import { createFakePlatform, platformFetch, platformHandlers } from '@intelliauth/spa-sdk/testing';
import { http } from 'msw';
import { setupServer } from 'msw/node';
import { expect, test, vi } from 'vitest';

async function signIn(platform) {
  const auth = await createIntelliAuth(platform.clientOptions);
  let callback;
  const openUrl = async (url) => {
    callback = await platform.visit(url);
  };
  await auth.loginWithRedirect({ openUrl });
  const { user } = await auth.handleCallback(callback);
  const before = await auth.getAccessToken();
  const after = await auth.getAccessToken({ forceRefresh: true });
  auth.dispose();
  sessionStorage.clear();
  return { user, before, after };
}

const redirectUris = [`${location.origin}/callback`];

test('behind MSW', async () => {
  const platform = createFakePlatform({ redirectUris });
  const server = setupServer(...platformHandlers(http, platform));
  server.listen({ onUnhandledRequest: 'error' });
  try {
    const { user, before, after } = await signIn(platform);
    expect(user.name).toBe('Ada Lovelace');
    expect(after).not.toBe(before);
    expect(platform.verify(after)?.user.sub).toBe('usr_ada');
  } finally {
    server.close();
  }
});

test('in place of fetch', async () => {
  const platform = createFakePlatform({ redirectUris });
  vi.stubGlobal('fetch', platformFetch(platform));
  try {
    expect((await signIn(platform)).user.name).toBe('Ada Lovelace');
  } finally {
    vi.unstubAllGlobals();
  }
});

// The testing kit, as an app's compiler takes it.
import type { IntelliAuth } from '@intelliauth/spa-sdk';
import {
  createFakePlatform,
  createTestClient,
  type FakePlatform,
  isIntelliAuthError,
  platformFetch,
  signedInAs,
  type TestClient,
  testError,
} from '@intelliauth/spa-sdk/testing';
import { IntelliAuthTestProvider } from '@intelliauth/spa-sdk/testing/react';
import type { ReactElement } from 'react';

const auth = createTestClient(signedInAs({ name: 'Ada Lovelace' }));
auth.fail('getAccessToken', testError('network_error'));
export const client: IntelliAuth = auth;
export const provider: (props: { client: TestClient }) => ReactElement = IntelliAuthTestProvider;

const platform = createFakePlatform({ redirectUris: ['http://localhost/callback'] });
export const fetch: typeof globalThis.fetch = platformFetch(platform);
// A platform of the test's own will do, and so will another copy's.
export const other: FakePlatform = { ...platform, handle: async () => new Response() };
export const known = (error: unknown) => isIntelliAuthError(error, 'network_error');

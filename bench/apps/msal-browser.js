import { createStandardPublicClientApplication, ProtocolMode } from '@azure/msal-browser';
import { run } from 'bench-page';

run(async ({ tenant, clientId, redirectUri, shared }) => {
  const client = await createStandardPublicClientApplication({
    auth: { clientId, authority: tenant, knownAuthorities: [new URL(tenant).host], redirectUri },
    system: { protocolMode: ProtocolMode.OIDC },
    cache: { cacheLocation: shared ? 'localStorage' : 'sessionStorage' },
  });
  // By default it would go back to the page of the sign-in, which is one more page load.
  const result = await client.handleRedirectPromise({ navigateToLoginRequestUrl: false });
  if (result) history.replaceState({}, '', '/');
  const account = result?.account ?? client.getAllAccounts()[0];
  const scopes = ['openid', 'profile', 'email'];
  return {
    signedIn: Boolean(account),
    signIn: () => client.loginRedirect({ scopes }),
    token: async () => (await client.acquireTokenSilent({ scopes, account })).accessToken,
  };
});

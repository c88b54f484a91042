import { OidcClient } from '@axa-fr/oidc-client';
import { run } from 'bench-page';

run(async ({ tenant, clientId, redirectUri, shared }) => {
  const auth = OidcClient.getOrCreate()({
    client_id: clientId,
    redirect_uri: redirectUri,
    authority: tenant,
    scope: 'openid profile email offline_access',
    ...(shared && { storage: localStorage, login_state_storage: sessionStorage }),
  });
  await auth.tryKeepExistingSessionAsync();
  if (location.pathname === '/callback') {
    await auth.loginCallbackAsync();
    history.replaceState({}, '', '/');
  }
  return {
    signedIn: Boolean(auth.tokens),
    signIn: () => auth.loginAsync('/'),
    token: async () => (await auth.getValidTokenAsync()).tokens.accessToken,
  };
});

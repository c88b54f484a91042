import { OktaAuth } from '@okta/okta-auth-js';
import { run } from 'bench-page';

run(async ({ tenant, clientId, redirectUri }) => {
  const auth = new OktaAuth({
    issuer: `${tenant}/oauth2/default`,
    clientId,
    redirectUri,
    scopes: ['openid', 'profile', 'email', 'offline_access'],
  });
  await auth.start();
  if (auth.isLoginRedirect()) {
    const { tokens } = await auth.token.parseFromUrl();
    auth.tokenManager.setTokens(tokens);
    history.replaceState({}, '', '/');
  }
  return {
    signedIn: await auth.isAuthenticated(),
    signIn: () => auth.signInWithRedirect(),
    token: () => auth.getOrRenewAccessToken(),
  };
});

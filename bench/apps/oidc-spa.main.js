import { run } from 'bench-page';
import { createOidc } from 'oidc-spa/core';

run(async ({ tenant, clientId }) => {
  const oidc = await createOidc({ issuerUri: tenant, clientId, scopes: ['profile', 'email'] });
  return {
    signedIn: oidc.isUserLoggedIn,
    signIn: () => oidc.login({ doesCurrentHrefRequiresAuth: false, redirectUrl: '/' }),
    token: async () => (await oidc.getTokens()).accessToken,
  };
});

import { run } from 'bench-page';
import Keycloak from 'keycloak-js';

run(async ({ tenant, clientId, redirectUri, restores }) => {
  const keycloak = new Keycloak({ url: tenant, realm: 'bench', clientId });
  const signedIn = await keycloak.init({
    // The iframe's page would be Keycloak's own.
    checkLoginIframe: false,
    // It keeps nothing: a page that is to find its user again asks the provider, in an iframe.
    ...(restores && { onLoad: 'check-sso', silentCheckSsoRedirectUri: `${location.origin}/silent.html` }),
  });
  return {
    signedIn,
    signIn: () => keycloak.login({ redirectUri }),
    token: async () => {
      await keycloak.updateToken(5);
      return keycloak.token;
    },
  };
});

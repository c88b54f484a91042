import { createAuth0Client } from '@auth0/auth0-spa-js';
import { run } from 'bench-page';

run(async ({ tenant, clientId, redirectUri }) => {
  const auth = await createAuth0Client({
    domain: tenant,
    clientId,
    // What its documentation advises where third-party cookies are blocked.
    useRefreshTokens: true,
    cacheLocation: 'localstorage',
    authorizationParams: { redirect_uri: redirectUri },
  });
  if (/[?&]state=/.test(location.search) && /[?&](code|error)=/.test(location.search)) {
    await auth.handleRedirectCallback();
    history.replaceState({}, '', '/');
  }
  return {
    signedIn: await auth.isAuthenticated(),
    signIn: () => auth.loginWithRedirect(),
    token: () => auth.getTokenSilently(),
  };
});

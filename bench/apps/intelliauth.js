import { createIntelliAuth } from '@intelliauth/spa-sdk';
import { run } from 'bench-page';

run(async ({ tenant, clientId, shared, ...given }) => {
  const auth = await createIntelliAuth({
    tenantUrl: tenant,
    clientId,
    tokenStorage: shared ? 'local' : 'session',
    ...given.options,
  });
  if (auth.isCallback()) await auth.handleCallback();
  return {
    signedIn: auth.isAuthenticated(),
    signIn: () => auth.loginWithRedirect(),
    token: () => auth.getAccessToken(),
  };
});

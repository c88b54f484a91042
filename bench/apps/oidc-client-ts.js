import { run } from 'bench-page';
import { UserManager, WebStorageStateStore } from 'oidc-client-ts';

run(async ({ tenant, clientId, redirectUri, shared }) => {
  const manager = new UserManager({
    authority: tenant,
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: 'openid profile email',
    ...(shared && { userStore: new WebStorageStateStore({ store: localStorage }) }),
  });
  if (location.pathname === '/callback') {
    await manager.signinRedirectCallback();
    history.replaceState({}, '', '/');
  }
  const user = await manager.getUser();
  return {
    signedIn: Boolean(user && !user.expired),
    signIn: () => manager.signinRedirect(),
    token: async () => {
      const user = await manager.getUser();
      return (user?.expired ? await manager.signinSilent() : user).access_token;
    },
  };
});

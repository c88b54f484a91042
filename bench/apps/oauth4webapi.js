// The lines that an app has to write itself: where the verifier and the tokens are kept, and one refresh for all callers.

import { run } from 'bench-page';
import * as oauth from 'oauth4webapi';

run(async ({ tenant, clientId, redirectUri, shared }) => {
  const storage = shared ? localStorage : sessionStorage;
  const client = { client_id: clientId };
  const none = oauth.None();
  let server;
  const discover = async () => {
    const issuer = new URL(tenant);
    server ??= await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer));
    return server;
  };
  let session = JSON.parse(storage.getItem('session'));
  const keep = (answer, before) => {
    const expires = Date.now() + answer.expires_in * 1000;
    session = { access: answer.access_token, refresh: answer.refresh_token ?? before?.refresh, expires };
    storage.setItem('session', JSON.stringify(session));
  };

  async function signIn() {
    const { authorization_endpoint } = await discover();
    const [verifier, state] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState()];
    sessionStorage.setItem('sign-in', JSON.stringify({ verifier, state }));
    const url = new URL(authorization_endpoint);
    url.search = new URLSearchParams({
      client_id: clientId,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'openid profile email',
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    location.assign(url);
  }

  async function callback() {
    const { verifier, state } = JSON.parse(sessionStorage.getItem('sign-in'));
    sessionStorage.removeItem('sign-in');
    await discover();
    const answer = oauth.validateAuthResponse(server, client, new URL(location.href), state);
    const sent = [server, client, none, answer, redirectUri, verifier];
    keep(
      await oauth.processAuthorizationCodeResponse(
        server,
        client,
        await oauth.authorizationCodeGrantRequest(...sent),
      ),
    );
    history.replaceState({}, '', '/');
  }

  let refreshing;
  async function refresh() {
    await discover();
    const answer = await oauth.refreshTokenGrantRequest(server, client, none, session.refresh);
    keep(await oauth.processRefreshTokenResponse(server, client, answer), session);
  }

  if (location.pathname === '/callback') await callback();
  return {
    signedIn: Boolean(session),
    signIn,
    token: async () => {
      if (session.expires - Date.now() < 30_000) {
        refreshing ??= refresh().finally(() => {
          refreshing = undefined;
        });
        await refreshing;
      }
      return session.access;
    },
  };
});

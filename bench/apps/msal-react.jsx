import { InteractionStatus, ProtocolMode, PublicClientApplication } from '@azure/msal-browser';
import { MsalProvider, useIsAuthenticated, useMsal } from '@azure/msal-react';
import { config } from 'bench-page';
import { Status, show } from './show.jsx';

const { tenant, clientId, redirectUri } = config;
const client = new PublicClientApplication({
  auth: { clientId, authority: tenant, knownAuthorities: [new URL(tenant).host], redirectUri },
  system: { protocolMode: ProtocolMode.OIDC },
});
const scopes = ['openid', 'profile', 'email'];

function App() {
  const { instance, inProgress, accounts } = useMsal();
  const signedIn = useIsAuthenticated();
  return (
    <Status
      settled={inProgress === InteractionStatus.None}
      signedIn={signedIn}
      signIn={() => instance.loginRedirect({ scopes })}
      token={async () => (await instance.acquireTokenSilent({ scopes, account: accounts[0] })).accessToken}
    />
  );
}
// By default it would go back to the page of the sign-in, which is one more page load.
await client.initialize();
await client.handleRedirectPromise({ navigateToLoginRequestUrl: false });
show(
  <MsalProvider instance={client}>
    <App />
  </MsalProvider>,
);

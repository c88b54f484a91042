import { Auth0Provider, useAuth0 } from '@auth0/auth0-react';
import { config } from 'bench-page';
import { Status, show } from './show.jsx';

function App() {
  const { isLoading, isAuthenticated, loginWithRedirect, getAccessTokenSilently } = useAuth0();
  return (
    <Status
      settled={!isLoading}
      signedIn={isAuthenticated}
      signIn={() => loginWithRedirect()}
      token={getAccessTokenSilently}
    />
  );
}
show(
  <Auth0Provider
    domain={config.tenant}
    clientId={config.clientId}
    useRefreshTokens
    cacheLocation="localstorage"
    authorizationParams={{ redirect_uri: config.redirectUri }}
  >
    <App />
  </Auth0Provider>,
);

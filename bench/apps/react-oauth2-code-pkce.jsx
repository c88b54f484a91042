import { config } from 'bench-page';
import { AuthProvider, useAuthContext } from 'react-oauth2-code-pkce';
import { Status, show } from './show.jsx';

function App() {
  const { token, loginInProgress, logIn } = useAuthContext();
  return (
    <Status
      settled={!loginInProgress}
      signedIn={Boolean(token)}
      signIn={() => logIn('bench')}
      token={async () => token}
    />
  );
}
show(
  <AuthProvider
    authConfig={{
      clientId: config.clientId,
      authorizationEndpoint: `${config.tenant}/oauth2/authorize`,
      tokenEndpoint: `${config.tenant}/oauth2/token`,
      redirectUri: config.redirectUri,
      scope: 'openid profile email',
      autoLogin: false,
      // The provider's access tokens are opaque.
      decodeToken: false,
    }}
  >
    <App />
  </AuthProvider>,
);

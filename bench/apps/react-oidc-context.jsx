import { config } from 'bench-page';
import { AuthProvider, useAuth } from 'react-oidc-context';
import { Status, show } from './show.jsx';

function App() {
  const auth = useAuth();
  return (
    <Status
      settled={!auth.isLoading}
      signedIn={auth.isAuthenticated}
      signIn={() => auth.signinRedirect()}
      token={async () => auth.user.access_token}
    />
  );
}
show(
  <AuthProvider
    authority={config.tenant}
    client_id={config.clientId}
    redirect_uri={config.redirectUri}
    scope="openid profile email"
    onSigninCallback={() => history.replaceState({}, '', '/')}
  >
    <App />
  </AuthProvider>,
);

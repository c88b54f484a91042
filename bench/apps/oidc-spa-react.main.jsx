import { config } from 'bench-page';
import { oidcSpa } from 'oidc-spa/react-spa';
import { Status, show } from './show.jsx';

const { bootstrapOidc, useOidc, getOidc, OidcInitializationGate } = oidcSpa.createUtils();
bootstrapOidc({
  implementation: 'real',
  issuerUri: config.tenant,
  clientId: config.clientId,
  scopes: ['profile', 'email'],
});

function App() {
  const { isUserLoggedIn, login } = useOidc();
  return (
    <Status
      settled
      signedIn={isUserLoggedIn}
      signIn={() => login({ redirectUrl: '/' })}
      token={async () => (await getOidc()).getAccessToken()}
    />
  );
}
show(
  <OidcInitializationGate>
    <App />
  </OidcInitializationGate>,
);

import { IntelliAuthProvider, useIntelliAuth } from '@intelliauth/spa-sdk/react';
import { config } from 'bench-page';
import { Status, show } from './show.jsx';

function App() {
  const auth = useIntelliAuth();
  return (
    <Status
      settled={auth.status !== 'loading'}
      signedIn={auth.status === 'authenticated'}
      signIn={() => auth.loginWithRedirect()}
      token={auth.getAccessToken}
    />
  );
}
show(
  <IntelliAuthProvider tenantUrl={config.tenant} clientId={config.clientId} {...config.options}>
    <App />
  </IntelliAuthProvider>,
);

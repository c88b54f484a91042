import { useIntelliAuth } from '@intelliauth/spa-sdk/react';

import { Account } from '../parts/Account';
import { Page } from '../parts/Page';
import { useSignIn } from '../useSignIn';
import { signedOutBecause } from '../words';

export function HomePage() {
  const auth = useIntelliAuth();
  const signIn = useSignIn();

  if (auth.status === 'loading') return <Page title="One moment…" />;
  if (auth.status === 'authenticated') return <Account {...auth} />;
  return (
    <Page title="A sign-in you can watch">
      <p>
        This app signs people in with the authorization code flow and PKCE. The SDK does every step, and the
        list below says which.
      </p>
      {auth.status === 'unauthenticated' && auth.reason !== 'never' && <p>{signedOutBecause[auth.reason]}</p>}
      <button type="button" onClick={signIn}>
        Sign in
      </button>
    </Page>
  );
}

import { useIntelliAuth } from '@intelliauth/spa-sdk/react';

import { Account } from '../parts/Account';
import { Further } from '../parts/Further';
import { Page } from '../parts/Page';
import { SignedOut } from '../parts/SignedOut';

export function HomePage() {
  const auth = useIntelliAuth();

  if (auth.status === 'loading') return <Page title="One moment…" />;
  if (auth.status === 'authenticated') {
    return (
      <>
        <Account {...auth} />
        <Further />
      </>
    );
  }
  return (
    <>
      <SignedOut title="A sign-in you can watch" reason={auth.reason}>
        <p>
          This app signs users in with the authorization code flow and PKCE. The SDK does every step, and the
          list below says which.
        </p>
      </SignedOut>
      <Further />
    </>
  );
}

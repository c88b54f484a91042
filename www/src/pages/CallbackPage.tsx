import { useIntelliAuth } from '@intelliauth/spa-sdk/react';
import { Link } from 'react-router';

import { Page } from '../parts/Page';

/** The redirect URI. The provider finishes the sign-in by itself and then leaves this page. */
export function CallbackPage() {
  const { status, error } = useIntelliAuth();

  if (status === 'loading') return <Page title="Signing you in…" />;
  return (
    <Page title={error ? 'Sign-in' : 'No sign-in to finish'}>
      <p>
        <Link to="/">Go to the start page</Link>
      </p>
    </Page>
  );
}

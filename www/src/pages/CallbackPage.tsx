import { useIntelliAuth } from '@intelliauth/spa-sdk/react';
import { Link } from 'react-router';

import { Page } from '../parts/Page';

/** The redirect URI. The provider finishes the sign-in by itself and then leaves this page. */
export function CallbackPage() {
  const { status } = useIntelliAuth();

  if (status === 'loading') return <Page title="Signing you in…" />;
  return (
    <Page title="No sign-in to finish">
      <p>
        <Link to="/">Go to the start page</Link>
      </p>
    </Page>
  );
}

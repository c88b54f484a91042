import { useIntelliAuth } from '@intelliauth/spa-sdk/react';
import { type ReactNode, useEffect } from 'react';

import { unanswered } from '../notes';
import { NotReturned } from './NotReturned';
import { Problem } from './Problem';

/** A heading, what went wrong with the last sign-in, and the page itself. */
export function Page({ title, above, children }: { title: string; above?: string; children?: ReactNode }) {
  const { status, error, loginWithRedirect } = useIntelliAuth();
  const authorizeUrl = unanswered.use();

  useEffect(() => {
    document.title = `${title} · IntelliAuth demo`;
  }, [title]);

  return (
    <>
      <header className="page-header">
        {above && <p className="quiet">{above}</p>}
        <h1 tabIndex={-1}>{title}</h1>
      </header>
      {error && <Problem title="The sign-in failed" error={error} retry={loginWithRedirect} />}
      {!error && status === 'unauthenticated' && authorizeUrl && <NotReturned authorizeUrl={authorizeUrl} />}
      {children}
    </>
  );
}

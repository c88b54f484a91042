import { useIntelliAuth } from '@intelliauth/spa-sdk/react';
import { type ReactNode, useEffect, useRef } from 'react';

import { unanswered } from '../notes';
import { useSignIn } from '../useSignIn';
import { signedOutBecause } from '../words';
import { Page } from './Page';

/** Sends a visitor who arrives without a session to sign in, once: after a failure, or a session's end, they choose. */
export function RequireSignIn({ title, children }: { title: string; children: ReactNode }) {
  const { status, reason, error } = useIntelliAuth();
  const signIn = useSignIn();
  const cameBack = unanswered.use() !== null;
  const decided = useRef(false);

  useEffect(() => {
    if (status === 'loading' || decided.current) return;
    decided.current = true;
    if (status === 'unauthenticated' && !error && !cameBack) signIn();
  }, [status, error, cameBack, signIn]);

  if (status === 'loading') return <Page title={title} />;
  if (status === 'authenticated') return children;
  return (
    <Page title={title}>
      <p>
        {reason && reason !== 'never'
          ? signedOutBecause[reason]
          : 'This page is for people who are signed in.'}
      </p>
      {status === 'unauthenticated' && !error && !cameBack && (
        <button type="button" onClick={signIn}>
          Sign in
        </button>
      )}
    </Page>
  );
}

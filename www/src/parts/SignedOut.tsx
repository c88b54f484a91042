import type { SignedOutReason } from '@intelliauth/spa-sdk';
import { useIntelliAuth } from '@intelliauth/spa-sdk/react';
import type { ReactNode } from 'react';

import { signedOutBecause } from '../words';
import { Page } from './Page';

/** A page for a user who is not signed in: says why, and offers to. */
export function SignedOut(props: { title: string; reason?: SignedOutReason; children?: ReactNode }) {
  const { loginWithRedirect } = useIntelliAuth();
  return (
    <Page title={props.title}>
      {props.children}
      {props.reason && props.reason !== 'never' && <p>{signedOutBecause[props.reason]}</p>}
      <button type="button" onClick={loginWithRedirect}>
        Sign in
      </button>
    </Page>
  );
}

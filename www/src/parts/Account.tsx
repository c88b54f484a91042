import type { AuthState } from '@intelliauth/spa-sdk';
import { useIntelliAuth } from '@intelliauth/spa-sdk/react';

import { ApiCall } from './ApiCall';
import { Countdown } from './Countdown';
import { Page } from './Page';

type SignedIn = Extract<AuthState, { status: 'authenticated' }>;

export function Account({ user, scope, expiresAt, refreshAt, failing }: SignedIn) {
  const { logout } = useIntelliAuth();
  return (
    <Page title={user.name ?? user.email ?? user.sub} above="Signed in as">
      {failing && (
        <p className="notice problem" role="status">
          The session could not be renewed (<code>{failing.code}</code>). It is tried again by itself.
        </p>
      )}
      <dl className="card">
        {user.email && (
          <>
            <dt>Email</dt>
            <dd>{user.email}</dd>
          </>
        )}
        <dt>Scopes</dt>
        <dd>
          <ul className="tags" aria-label="Scopes">
            {scope.split(' ').map((name) => (
              <li key={name}>{name}</li>
            ))}
          </ul>
        </dd>
        <dt>{failing ? 'Next try' : refreshAt ? 'Next refresh' : 'Session ends'}</dt>
        <dd>
          <Countdown until={Math.max(failing?.retryAt ?? 0, refreshAt ?? expiresAt)} />
        </dd>
      </dl>
      <ApiCall />
      <button
        type="button"
        className="plain"
        onClick={() => void logout({ returnTo: `${location.origin}/` })}
      >
        Sign out
      </button>
    </Page>
  );
}

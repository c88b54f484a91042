'use client';
import type { ReactElement, ReactNode } from 'react';
import type { IntelliAuthError } from './errors.js';
import { useIntelliAuth } from './react.provider.js';
import type { User } from './types.js';

export interface SignedInProps {
  /** A function is given the user. */
  children?: ReactNode | ((user: User) => ReactNode);
}

/**
 * Shows its children to a signed-in user.
 * @example
 * <SignedIn>{(user) => <p>Hello {user.name}</p>}</SignedIn>
 */
export function SignedIn({ children }: SignedInProps): ReactElement {
  const { user } = useIntelliAuth();
  return <>{user && (typeof children === 'function' ? children(user) : children)}</>;
}

/**
 * Shows its children where it is known that nobody is signed in.
 * @example
 * <SignedOut><SignInButton /></SignedOut>
 */
export function SignedOut({ children }: { children?: ReactNode }): ReactElement {
  const { status } = useIntelliAuth();
  return <>{status === 'unauthenticated' || status === 'error' ? children : undefined}</>;
}

export interface SignInErrorProps {
  /** @defaultValue the last sign-in's error; without one nothing is shown */
  error?: IntelliAuthError | undefined;
  /** Signs in again. @defaultValue `loginWithRedirect()` */
  signIn?: (() => void) | undefined;
}

/**
 * Why the last sign-in failed, and a button that starts another.
 * @example
 * <SignInError />
 */
export function SignInError(props: SignInErrorProps): ReactElement | null {
  const { error: last, loginWithRedirect } = useIntelliAuth();
  const { error = last, signIn = () => void loginWithRedirect() } = props;
  if (!error) return null;
  // A link in a mail, for example, opened a new tab.
  const elsewhere = error.code === 'state_unknown';
  return (
    <div role="alert" data-code={error.code}>
      <p>
        {elsewhere
          ? 'This sign-in was started in another tab or window: sign in here to go on.'
          : error.message}
      </p>
      {!elsewhere && error.hint && (
        <details>
          <summary>{error.code}</summary>
          {error.hint}
        </details>
      )}
      <button type="button" onClick={signIn}>
        {elsewhere ? 'Sign in' : 'Try again'}
      </button>
    </div>
  );
}

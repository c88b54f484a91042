'use client';
import {
  type ComponentType,
  type FunctionComponent,
  type ReactElement,
  type ReactNode,
  useEffect,
  useState,
} from 'react';
import type { IntelliAuthError } from './errors.js';
import { SignInError } from './react.parts.js';
import { useIntelliAuth } from './react.provider.js';
import { returned } from './returned.js';
import type { LoginOptions, SignedOutReason } from './types.js';

/** The options of {@link RequireAuth} and {@link withAuthenticationRequired}. */
export interface RequireAuthOptions {
  /** Shown until it is known who is signed in, and while the page leaves for the sign-in. @defaultValue nothing */
  fallback?: ReactNode;
  /**
   * Options of the sign-in that this component starts. They are no conditions: a user who is signed in already sees
   * the children. The user comes back to this page, unless `appState.returnTo` says otherwise.
   */
  loginOptions?: LoginOptions | undefined;
  /** Instead of the error's message and a button that signs in again: see {@link SignInError}. */
  renderError?: ((error: IntelliAuthError, signIn: () => void) => ReactNode) | undefined;
  /** Instead of a sentence and a button that signs in. */
  renderSignedOut?: ((reason: SignedOutReason, signIn: () => void) => ReactNode) | undefined;
}

export interface RequireAuthProps extends RequireAuthOptions {
  children?: ReactNode;
}

/**
 * Shows its children to a signed-in user. A user who arrives without a session is sent to sign in, once. After a sign-out,
 * a session that ended, a sign-in that failed, or the browser's back button the user decides.
 * @example
 * <Route path="reports" element={<RequireAuth><Reports /></RequireAuth>} />
 */
export function RequireAuth({
  children,
  fallback,
  loginOptions,
  renderError = (error, signIn) => <SignInError error={error} signIn={signIn} />,
  renderSignedOut = (_reason, signIn) => (
    <div role="status">
      <p>You are not signed in.</p>
      <button type="button" onClick={signIn}>
        Sign in
      </button>
    </div>
  ),
}: RequireAuthProps): ReactElement {
  const { status, reason, error, loginWithRedirect } = useIntelliAuth();
  const [phase, setPhase] = useState<'arriving' | 'leaving' | 'deciding'>('arriving');
  const failed = error !== undefined;
  const signIn = () => void loginWithRedirect(loginOptions);

  useEffect(mounted, []);
  useEffect(() => {
    if (status === 'loading' || phase !== 'arriving') return;
    const sent = status === 'unauthenticated' && !failed && reason !== 'logout' && (left || !returned());
    setPhase(sent ? 'leaving' : 'deciding');
    // It settles where it fails, and where the page comes back from the back/forward cache.
    if (sent) loginWithRedirect(loginOptions).then(...both(() => setPhase('deciding')));
  });

  if (status === 'authenticated') return <>{children}</>;
  if (error) return <>{renderError(error, signIn)}</>;
  if (status !== 'unauthenticated' || phase !== 'deciding') return <>{fallback}</>;
  return <>{renderSignedOut(reason, signIn)}</>;
}

const both = <T,>(then: () => T) => [then, then] as const;

let guards = 0;
/** Whether guards were mounted, and none is any more. */
let left = false;

function mounted(): () => void {
  guards++;
  return () => {
    guards--;
    // StrictMode unmounts and mounts once more at once.
    setTimeout(() => {
      left ||= guards === 0;
    });
  };
}

/**
 * The component inside {@link RequireAuth}.
 * @example
 * export default withAuthenticationRequired(Reports, { fallback: <Spinner /> });
 */
export function withAuthenticationRequired<P extends object>(
  Component: ComponentType<P>,
  options: RequireAuthOptions = {},
): FunctionComponent<P> {
  const Required = (props: P) => (
    <RequireAuth {...options}>
      <Component {...props} />
    </RequireAuth>
  );
  Required.displayName = `withAuthenticationRequired(${Component.displayName ?? Component.name})`;
  return Required;
}

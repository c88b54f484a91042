'use client';
import { type ReactElement, type ReactNode, useMemo, useState, useSyncExternalStore } from 'react';
import { isIntelliAuthError } from '../errors.js';
import { IntelliAuthContext } from '../react.provider.js';
import type { Auth, AuthState, IntelliAuthError, Methods } from './index.js';
import { createTestClient, type TestClient } from './index.js';

/** What {@link IntelliAuthTestProvider} takes: a client of the test's, or the state of one. */
export interface IntelliAuthTestProviderProps {
  children?: ReactNode;
  /** Where the test fires events or looks at calls. */
  client?: TestClient | undefined;
  /** The first state; for another one, give the provider another `key`, or use a `client`. @defaultValue signed out */
  state?: AuthState | undefined;
  /** The last sign-in's error, as `useIntelliAuth` gives it. */
  error?: IntelliAuthError | undefined;
}

/**
 * Stands for `IntelliAuthProvider` in a test or a story, with neither wasm nor network. What it shows changes at once with
 * its client's state.
 * @example
 * render(
 *   <IntelliAuthTestProvider state={signedInAs({ name: 'Ada Lovelace' })}>
 *     <App />
 *   </IntelliAuthTestProvider>,
 * );
 */
export function IntelliAuthTestProvider({
  children,
  client,
  state,
  error: first,
}: IntelliAuthTestProviderProps): ReactElement {
  const [own] = useState(() => client ?? createTestClient(state));
  const auth = client ?? own;
  const [error, setError] = useState(first);
  const shown = useSyncExternalStore(
    (told) => auth.subscribe(told),
    () => auth.getState(),
    () => auth.getState(),
  );
  const methods = useMemo((): Methods => {
    /** An attempt to sign in, whose error is shown until the next one. */
    const tried = <Args extends unknown[], Result>(attempt: (...args: Args) => Promise<Result>) => {
      return (...args: Args): Promise<Result> => {
        setError(undefined);
        const work = attempt(...args);
        work.catch((error) => isIntelliAuthError(error) && setError(error));
        return work;
      };
    };
    return {
      loginWithRedirect: tried(auth.loginWithRedirect),
      handleCallback: tried(auth.handleCallback),
      logout: auth.logout,
      getAccessToken: auth.getAccessToken,
      fetch: auth.fetch,
      getIdToken: () => auth.getIdToken(),
      getIdTokenClaims: () => auth.getIdTokenClaims(),
      getState: () => auth.getState(),
      subscribe: (listener) => auth.subscribe(listener),
      trace: () => auth.trace(),
    };
  }, [auth]);
  const value = useMemo(() => ({ error, ...shown, ...methods }) as Auth, [shown, error, methods]);
  return <IntelliAuthContext.Provider value={value}>{children}</IntelliAuthContext.Provider>;
}

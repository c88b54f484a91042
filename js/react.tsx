'use client';
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from 'react';
import type { IntelliAuthError } from './errors.js';
import { type Methods, Store } from './store.js';
import type { AuthState, CallbackResult, IntelliAuthOptions } from './types.js';

export { type ErrorCode, IntelliAuthError, isIntelliAuthError } from './errors.js';
export type * from './types.js';

const Context = createContext<Store | undefined>(undefined);

/** What {@link IntelliAuthProvider} takes: the client's options, as they are when it is first shown. */
export interface IntelliAuthProviderProps extends IntelliAuthOptions {
  children?: ReactNode;
  /** Called after a sign-in. By default the address becomes `appState.returnTo`, or `/`, and `popstate` tells the router. */
  onSignedIn?: (result: CallbackResult) => void;
}

/**
 * Makes one client for the components below, and answers the callback by itself when the page is the redirect URI's
 * and the sign-in was started in this tab.
 * @example
 * <IntelliAuthProvider tenantUrl="https://your-tenant.example" clientId="…" redirectUri={`${location.origin}/callback`}>
 *   <App />
 * </IntelliAuthProvider>
 */
export function IntelliAuthProvider({
  children,
  onSignedIn,
  ...options
}: IntelliAuthProviderProps): ReactNode {
  const [store] = useState(() => new Store(options));
  useEffect(() => {
    store.onSignedIn = onSignedIn;
  }, [store, onSignedIn]);
  useEffect(() => store.mount(), [store]);
  return <Context.Provider value={store}>{children}</Context.Provider>;
}

/** What {@link useIntelliAuth} gives: the state, the last sign-in's error, and the methods, which wait until the SDK is loaded. */
export type UseIntelliAuth = AuthState & { readonly error?: IntelliAuthError } & Methods;

/**
 * The session and its methods.
 * @throws Error where there is no {@link IntelliAuthProvider} above
 * @example
 * const { status, user, loginWithRedirect } = useIntelliAuth();
 * if (status === 'authenticated') return <p>Hello {user.name}</p>;
 * return <button onClick={() => loginWithRedirect()}>Sign in</button>;
 */
export function useIntelliAuth(): UseIntelliAuth {
  const store = useContext(Context);
  if (!store) throw new Error('useIntelliAuth needs an <IntelliAuthProvider> above it.');
  const { state, error } = useSyncExternalStore(store.watch, store.read, store.readOnServer);
  return useMemo(() => ({ error, ...state, ...store.methods }), [store, state, error]);
}

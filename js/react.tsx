'use client';
import {
  createContext,
  type Context as ReactContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from 'react';
import type { IntelliAuthError } from './errors.js';
import { own } from './own.js';
import { type Methods, Store } from './store.js';
import type { AuthState, CallbackResult, IntelliAuthOptions } from './types.js';

export { type ErrorCode, IntelliAuthError, isIntelliAuthError } from './errors.js';
export type * from './types.js';

/** The context's place at `createContext` itself: one for all copies of this package that use one React, an app's and a library's, an ES module's and CommonJS's. */
const place = Symbol.for('@intelliauth/spa-sdk');
const shared = createContext as typeof createContext & { [place]?: ReactContext<Store | undefined> };
shared[place] ??= createContext<Store | undefined>(undefined);
const Context = shared[place];

/** What {@link IntelliAuthProvider} takes: the client's options, as they are when it is first shown. */
export interface IntelliAuthProviderProps extends IntelliAuthOptions {
  children?: ReactNode;
  /** Called after a sign-in. By default the address becomes `returnTo`, and `popstate` tells the router. */
  onSignedIn?: (result: CallbackResult) => void;
  /** Called after a callback that was refused. By default as {@link onSignedIn}; `useIntelliAuth` has the `error`. */
  onSignInError?: (error: IntelliAuthError) => void;
  /**
   * `false` where another library shares the redirect URI's path: the app then calls `handleCallback` itself.
   * @defaultValue `true`
   */
  handleCallbackAutomatically?: boolean;
}

/**
 * Makes one client for the components below, and answers a callback at the redirect URI by itself.
 * @example
 * <IntelliAuthProvider tenantUrl="https://your-tenant.example" clientId="…">
 *   <App />
 * </IntelliAuthProvider>
 */
export function IntelliAuthProvider(props: IntelliAuthProviderProps): ReactNode {
  const { children, ...options } = own(props);
  const { onSignedIn, onSignInError, handleCallbackAutomatically = true } = own(options);
  const [store] = useState(() => new Store(options, handleCallbackAutomatically));
  useEffect(() => {
    store.onSignedIn = onSignedIn;
    store.onSignInError = onSignInError;
  }, [store, onSignedIn, onSignInError]);
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
  const snapshot = useSyncExternalStore(store.watch, store.read, store.readOnServer);
  return useMemo(() => ({ error: snapshot.error, ...snapshot.state, ...store.methods }), [store, snapshot]);
}

'use client';
import {
  type Context,
  createContext,
  type ReactElement,
  type ReactNode,
  useContext,
  useDeferredValue,
  useEffect,
  useState,
  useSyncExternalStore,
} from 'react';
import { own } from './own.js';
import { Store } from './state.js';
import type { Auth, ProviderOptions } from './types.js';

/** What {@link IntelliAuthProvider} takes: the client's options, or a `client`. */
export type IntelliAuthProviderProps = ProviderOptions & { children?: ReactNode };

/** What {@link useIntelliAuth} gives: the state, the last sign-in's error, and the methods, which wait until the SDK is loaded. */
export type UseIntelliAuth = Auth;

/**
 * The context's place at `createContext` itself: one for all copies of this package that use one React, an app's and a
 * library's, an ES module's and CommonJS's.
 */
const place = Symbol.for('@intelliauth/spa-sdk');
const shared = createContext as typeof createContext & { [place]?: Context<UseIntelliAuth | undefined> };

/** What {@link useIntelliAuth} reads. A test or a story may provide a value of its own. */
export const IntelliAuthContext: Context<UseIntelliAuth | undefined> =
  shared[place] ?? createContext<UseIntelliAuth | undefined>(undefined);
shared[place] = IntelliAuthContext;

/**
 * Makes one client for the components below, and answers a callback at the redirect URI by itself. Callbacks among the
 * properties may change; where another option changes, give the provider a `key` that changes with it.
 *
 * Hidden by `<Activity>` it disposes of its client, and makes another when it is shown again: with `tokenStorage: 'memory'`
 * the session is gone by then, unless the app gives it a `client`.
 * @example
 * <IntelliAuthProvider tenantUrl="https://your-tenant.example" clientId="…">
 *   <App />
 * </IntelliAuthProvider>
 */
export function IntelliAuthProvider(props: IntelliAuthProviderProps): ReactElement {
  const { children, ...options } = own(props);
  const [store] = useState(() => new Store(options));
  useEffect(() => store.update(options));
  useEffect(() => store.mount(), [store]);
  const auth = useSyncExternalStore(store.methods.subscribe, store.read, () => store.atFirst);
  // Routers navigate in a transition: state and page change together.
  const value = useDeferredValue(auth);
  return <IntelliAuthContext.Provider value={value}>{children}</IntelliAuthContext.Provider>;
}

/**
 * The session and its methods.
 * @throws Error where there is no {@link IntelliAuthProvider} above
 * @example
 * const { status, user, loginWithRedirect } = useIntelliAuth();
 * if (status === 'authenticated') return <p>Hello {user.name}</p>;
 * return <button onClick={loginWithRedirect}>Sign in</button>;
 */
export function useIntelliAuth(): UseIntelliAuth {
  const auth = useContext(IntelliAuthContext);
  if (!auth) throw new Error('useIntelliAuth needs an <IntelliAuthProvider>.');
  return auth;
}

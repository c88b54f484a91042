'use client';
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { IntelliAuthError } from './errors.js';
import { useIntelliAuth } from './react.provider.js';
import type { Auth, AuthState, Loading, Unusable, User } from './types.js';

/** The user, while one is signed in. */
export function useUser(): User | undefined {
  return useIntelliAuth().user;
}

/**
 * What {@link useAccessToken} gives. Both members are missing while nobody is signed in, and until the first token or
 * error.
 */
export interface AccessToken {
  readonly token?: string;
  readonly error?: IntelliAuthError;
}

/**
 * The access token as a value that changes with each renewal, for a connection that is opened with it. For a request
 * use `fetch` or `getAccessToken` of {@link useIntelliAuth}.
 */
export function useAccessToken(): AccessToken {
  const { status, user, expiresAt, getAccessToken } = useIntelliAuth();
  const [{ of, ...result }, setResult] = useState<AccessToken & { of?: string }>({});
  const sub = user?.sub;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another expiry is another token
  useEffect(() => {
    // The token stays until there is another, but it is of this user's session.
    setResult((before) => (before.of === sub ? before : {}));
    if (status !== 'authenticated') return;
    const over = new AbortController();
    getAccessToken({ signal: over.signal }).then(
      (token) => over.signal.aborted || setResult({ of: sub, token }),
      (error: IntelliAuthError) => over.signal.aborted || setResult({ of: sub, error }),
    );
    return () => over.abort();
  }, [status, sub, expiresAt, getAccessToken]);
  // Effects come after the render: the first one with another user must not have the token of the user before.
  return status === 'authenticated' && of === sub ? result : {};
}

/** What {@link useSuspenseIntelliAuth} gives. */
export type SuspenseIntelliAuth = Auth & Exclude<AuthState, Loading | Unusable>;

const waiting = new WeakMap<Auth['subscribe'], Promise<void>>();

/**
 * As {@link useIntelliAuth}, but suspends until it is known who is signed in. The nearest `<Suspense>` must be below the
 * provider. On a server its fallback is what is rendered.
 * @throws IntelliAuthError where the SDK cannot work, for the nearest error boundary
 */
export function useSuspenseIntelliAuth(): SuspenseIntelliAuth {
  const auth = useIntelliAuth();
  const { subscribe, getState } = auth;
  const state = useSyncExternalStore(subscribe, getState, () => undefined);
  if (typeof document === 'undefined') throw new Error('Who is signed in is known in the browser alone.');
  if (!state || state.status === 'loading') throw known(subscribe, getState);
  if (state.status === 'error') throw state.error;
  // The state is newer than the context's, whose user may be gone.
  const methods = Object.entries(auth).filter(([, member]) => typeof member === 'function');
  return { error: auth.error, ...state, ...Object.fromEntries(methods) } as SuspenseIntelliAuth;
}

/** Once the state is no longer `loading`. */
function known(subscribe: Auth['subscribe'], getState: Auth['getState']): Promise<void> {
  const before = waiting.get(subscribe);
  if (before) return before;
  const promise = new Promise<void>((resolve) => {
    const look = () => {
      if (getState().status === 'loading') return;
      unsubscribe();
      waiting.delete(subscribe);
      resolve();
    };
    const unsubscribe = subscribe(look);
  });
  waiting.set(subscribe, promise);
  return promise;
}

/**
 * The session as a store, for frameworks without an entry of their own: `subscribe` calls back at once, as Svelte's
 * contract asks, and whenever something changes.
 */
import { Store } from './state.js';
import type { Auth, Methods, ProviderOptions } from './types.js';

export { type ErrorCode, IntelliAuthError, isIntelliAuthError } from './errors.js';
export type * from './types.js';

/** What a store's subscribers are told: the state, the last sign-in's error, and the methods. */
export type StoreValue = Auth;

/** {@link createAuthStore}'s. Its methods wait until the SDK is loaded. */
export interface AuthStore extends Omit<Methods, 'subscribe'> {
  /**
   * Calls `run` with the value now, and with each that follows.
   * @returns a function that ends the subscription
   */
  subscribe(run: (value: StoreValue) => void): () => void;
  /** The value now, the same object until something changes. */
  get(): StoreValue;
  /** Calls `listener` with every event. */
  onEvent: Methods['subscribe'];
  /** Stops timers and listeners; nobody is signed out. */
  dispose(): void;
}

/**
 * Makes one client in the browser, and answers a callback at the redirect URI by itself. On a server it stays `loading`.
 * @example
 * export const auth = createAuthStore({ tenantUrl: 'https://your-tenant.example', clientId: 'your-client-id' });
 * auth.subscribe(({ status, user }) => render(status, user));
 */
export function createAuthStore(options: ProviderOptions): AuthStore {
  const store = new Store(options);
  const { subscribe: onEvent, ...methods } = store.methods;
  const unmount = typeof document === 'undefined' ? () => {} : store.mount();
  return {
    ...methods,
    onEvent,
    get: store.read,
    subscribe: (run) => {
      let last: StoreValue | undefined;
      const tell = () => {
        const value = store.read();
        if (value === last) return;
        last = value;
        run(value);
      };
      const unsubscribe = onEvent(tell);
      tell();
      return unsubscribe;
    },
    dispose: unmount,
  };
}

/** Vue: a plugin, and composables that any component may call. */
import {
  type App,
  type ComputedRef,
  computed,
  type InjectionKey,
  inject,
  type Ref,
  shallowRef,
  watch,
} from 'vue';
import { IntelliAuthError } from './errors.js';
import { invalidConfig } from './invalid.js';
import { returned } from './returned.js';
import { Store } from './state.js';
import type { Auth, Methods, ProviderOptions, User } from './types.js';

export { type ErrorCode, IntelliAuthError, isIntelliAuthError } from './errors.js';
export type * from './types.js';

/** What {@link useIntelliAuth} gives: each part of the state as a ref, and the methods. */
export interface VueAuth extends Methods {
  /** The whole state, as a union that narrows by `status`. */
  readonly state: Readonly<Ref<Auth>>;
  readonly status: ComputedRef<Auth['status']>;
  readonly isLoading: ComputedRef<boolean>;
  readonly isAuthenticated: ComputedRef<boolean>;
  readonly user: ComputedRef<User | undefined>;
  /** The error of the last sign-in. */
  readonly error: ComputedRef<IntelliAuthError | undefined>;
}

/** Where {@link useIntelliAuth} finds what the plugin provides. */
export const intelliAuthKey: InjectionKey<VueAuth> = Symbol.for('@intelliauth/spa-sdk');

/** What {@link createIntelliAuthPlugin} makes. */
export interface IntelliAuthPlugin {
  install(app: App): void;
  /** What {@link useIntelliAuth} gives, for use outside components. */
  readonly auth: VueAuth;
  /**
   * A guard for Vue Router. A user who arrives without a session is sent to sign in, and comes back to the page. After a
   * sign-out, a sign-in that failed or the browser's back button the user decides: `otherwise`, `/` by default, is the page
   * for that, and must not be the page itself. On a server everybody passes: who is signed in is known in the browser.
   * @example
   * { path: '/reports', component: Reports, beforeEnter: plugin.requireAuth() }
   */
  requireAuth(
    otherwise?: string,
  ): (
    to: { readonly fullPath: string },
    from?: { readonly matched: readonly unknown[] },
  ) => Promise<boolean | string>;
}

/**
 * Makes one client for the app, and answers a callback at the redirect URI by itself. On a server it stays `loading`.
 * @example
 * createApp(App)
 *   .use(router)
 *   .use(createIntelliAuthPlugin({ tenantUrl: 'https://your-tenant.example', clientId: 'your-client-id', navigate: (url) => router.replace(url) }))
 *   .mount('#app');
 */
export function createIntelliAuthPlugin(options: ProviderOptions): IntelliAuthPlugin {
  const store = new Store(options);
  const state = shallowRef(store.read());
  store.methods.subscribe(() => {
    state.value = store.read();
  });
  const signedIn = () => store.state.status === 'authenticated';
  const auth: VueAuth = {
    ...store.methods,
    state,
    status: computed(() => state.value.status),
    isLoading: computed(() => state.value.status === 'loading'),
    isAuthenticated: computed(() => state.value.status === 'authenticated'),
    user: computed(() => state.value.user),
    error: computed(() => state.value.error),
  };
  return {
    auth,
    install(app: App) {
      app.provide(intelliAuthKey, auth);
      if (typeof document === 'undefined') return;
      const unmount = store.mount();
      // From Vue 3.5 on.
      app.onUnmount?.(unmount);
    },
    requireAuth:
      (otherwise = '/') =>
      async (to, from) => {
        // The guard would redirect to itself for ever, and a router notices that in development only.
        if (path(to.fullPath) === path(otherwise)) throw refused(otherwise);
        // A server renders the page as it is while nothing is known.
        if (typeof document === 'undefined' && store.state.status === 'loading') return true;
        await known(store);
        if (signedIn()) return true;
        // What the page was loaded for matches nothing before it.
        const back = from?.matched.length === 0 && returned();
        if (back || store.error || store.state.reason === 'logout') return otherwise;
        await auth.loginWithRedirect({ appState: { returnTo: to.fullPath } }).catch(() => {});
        // Another tab may have signed in meanwhile.
        return signedIn() || otherwise;
      },
  };
}

/**
 * The session and its methods.
 * @throws Error where the app does not use the plugin
 * @example
 * const { user, isAuthenticated, loginWithRedirect } = useIntelliAuth();
 */
export function useIntelliAuth(): VueAuth {
  const auth = inject(intelliAuthKey, undefined);
  if (!auth)
    throw new Error(
      'useIntelliAuth needs createIntelliAuthPlugin: app.use(createIntelliAuthPlugin(options)).',
    );
  return auth;
}

/** The user, while one is signed in. */
export function useUser(): ComputedRef<User | undefined> {
  return useIntelliAuth().user;
}

/** What {@link useAccessToken} gives. */
export interface VueAccessToken {
  readonly token: Readonly<Ref<string | undefined>>;
  readonly error: Readonly<Ref<IntelliAuthError | undefined>>;
}

/**
 * The access token as a value that changes with each renewal. For a request use `fetch` or `getAccessToken` of {@link
 * useIntelliAuth}.
 */
export function useAccessToken(): VueAccessToken {
  const { state, getAccessToken } = useIntelliAuth();
  const token = shallowRef<string>();
  const error = shallowRef<IntelliAuthError>();
  watch(
    // Another user or another expiry is another token; that refreshing fails, say, is not.
    [() => state.value.status, () => state.value.user?.sub, () => state.value.expiresAt],
    ([status, sub], [statusBefore, subBefore], onCleanup) => {
      // The token stays until there is another, but it is of this user's session.
      if (status !== statusBefore || sub !== subBefore) token.value = error.value = undefined;
      if (status !== 'authenticated') return;
      const over = new AbortController();
      onCleanup(() => over.abort());
      getAccessToken({ signal: over.signal }).then(
        (value) => {
          if (!over.signal.aborted) [token.value, error.value] = [value, undefined];
        },
        (reason: IntelliAuthError) => {
          if (!over.signal.aborted) [error.value, token.value] = [reason, undefined];
        },
      );
    },
    // Before anything reads the new state, so that it never sees the former user's token.
    { immediate: true, flush: 'sync' },
  );
  return { token, error };
}

const path = (url: string) => url.replace(/[?#].*/s, '');

const refused = (otherwise: string) =>
  invalidConfig(
    IntelliAuthError,
    'otherwise',
    `${otherwise} is the very page that it protects`,
    'the path of a page that needs no sign-in',
  );

/** Once it is known who is signed in. */
function known(store: Store): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (store.state.status === 'loading') return;
      unsubscribe();
      resolve();
    };
    const unsubscribe = store.methods.subscribe(look);
    look();
  });
}

/** What React reads: one client, its state, and the last sign-in's error. */
import type { Client } from './client.js';
import { type IntelliAuthError, isIntelliAuthError } from './errors.js';
import { createIntelliAuth } from './index.js';
import type { AuthState, CallbackResult, IntelliAuth, IntelliAuthOptions, Listener } from './types.js';

/** The methods: those that return a promise wait for the SDK by themselves when it is not loaded yet. */
export type Methods = Pick<
  IntelliAuth,
  | 'loginWithRedirect'
  | 'handleCallback'
  | 'logout'
  | 'getAccessToken'
  | 'getIdTokenClaims'
  | 'getIdToken'
  | 'fetch'
  | 'subscribe'
>;

export interface Snapshot {
  readonly state: AuthState;
  readonly error?: IntelliAuthError;
}

const loading: Snapshot = { state: { status: 'loading' } };

export class Store {
  readonly #options: IntelliAuthOptions;
  readonly #watchers = new Set<() => void>();
  readonly #listeners = new Set<Listener>();
  #snapshot = loading;
  #client: Promise<IntelliAuth> | undefined;
  #loaded: IntelliAuth | undefined;
  #users = 0;
  readonly #handlesCallback: boolean;
  /** What to do after a sign-in. */
  onSignedIn: ((result: CallbackResult) => void) | undefined;
  /** What to do after one that failed. */
  onSignInError: ((error: IntelliAuthError) => void) | undefined;

  constructor(options: IntelliAuthOptions, handlesCallback: boolean) {
    this.#options = options;
    this.#handlesCallback = handlesCallback;
  }

  readonly read = (): Snapshot => this.#snapshot;
  readonly readOnServer = (): Snapshot => loading;

  readonly watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  readonly methods: Methods = {
    loginWithRedirect: (options) => {
      // Asked now: until the SDK is loaded a click may be too long ago.
      const activated = navigator.userActivation?.isActive ?? false;
      return this.#tried((client) => (client as Client).loginWithRedirect(options, activated));
    },
    handleCallback: (url, options) => this.#tried((client) => client.handleCallback(url, options)),
    logout: async (options) => (await this.#started()).logout(options),
    getAccessToken: async (options) => (await this.#started()).getAccessToken(options),
    getIdTokenClaims: () => this.#loaded?.getIdTokenClaims(),
    getIdToken: () => this.#loaded?.getIdToken(),
    fetch: async (input, init) => (await this.#started()).fetch(input, init),
    subscribe: (listener) => {
      this.#listeners.add(listener);
      return () => this.#listeners.delete(listener);
    },
  };

  /** Mounted: begins, once. Unmounted for good: lets go. StrictMode's rehearsal is neither. */
  mount(): () => void {
    this.#users++;
    this.#started().catch(() => {});
    return () => {
      this.#users--;
      setTimeout(() => {
        if (this.#users > 0) return;
        this.#client?.then((client) => client.dispose()).catch(() => {});
        this.#client = undefined;
        this.#loaded = undefined;
      });
    };
  }

  #set(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    for (const watcher of this.#watchers) watcher();
  }

  /** Shows the error, and once more when its hint is there. */
  #fail(state: AuthState, error: IntelliAuthError): void {
    this.#set({ state, error });
    if (!isIntelliAuthError(error)) return;
    void error.explain().then(() => {
      if (this.#snapshot.error === error) this.#set({ ...this.#snapshot });
    });
  }

  /** An attempt whose error the page may show until the next one. */
  async #tried<T>(attempt: (client: IntelliAuth) => Promise<T>): Promise<T> {
    const client = await this.#started();
    if (this.#snapshot.error) this.#set({ state: this.#snapshot.state });
    try {
      return await attempt(client);
    } catch (error) {
      this.#fail(client.getState(), error as IntelliAuthError);
      throw error;
    }
  }

  #started(): Promise<IntelliAuth> {
    this.#client ??= this.#start().catch((error: IntelliAuthError) => {
      this.#client = undefined;
      this.#fail({ status: 'error', error }, error);
      throw error;
    });
    return this.#client;
  }

  async #start(): Promise<IntelliAuth> {
    // A router may change the address before the SDK is loaded.
    const here = location.href;
    const client = await createIntelliAuth(this.#options);
    this.#loaded = client;
    let answering = this.#handlesCallback && client.isCallback(here);
    client.subscribe((state, event) => {
      // While a callback is answered nobody is told that nobody is signed in.
      if (state !== this.#snapshot.state && !(answering && state.status !== 'authenticated')) {
        const { error } = this.#snapshot;
        this.#set(state.status === 'authenticated' || !error ? { state } : { state, error });
      }
      for (const listener of this.#listeners) listener(state, event);
    });
    if (!answering) {
      this.#set({ state: client.getState() });
      return client;
    }
    client
      .handleCallback(here)
      .then(
        (result) => {
          (this.onSignedIn ?? goBack)(result);
          this.#set({ state: client.getState() });
        },
        (error: IntelliAuthError) => {
          (this.onSignInError ?? goBack)(error);
          this.#fail(client.getState(), error);
        },
      )
      .finally(() => {
        answering = false;
      });
    return client;
  }
}

/** Puts the page that the user came from into the address bar and tells the app's router, whose state stays. */
function goBack({ returnTo = '/' }: { readonly returnTo?: string }): void {
  const { state } = history;
  history.replaceState(state, '', returnTo);
  dispatchEvent(new PopStateEvent('popstate', { state }));
}

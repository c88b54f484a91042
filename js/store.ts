/** What React reads: one client, its state, and the last sign-in's error. */

import { abortable } from './abort.js';
import type { Client } from './client.js';
import { IntelliAuthError, isIntelliAuthError } from './errors.js';
import { own } from './own.js';
import { start } from './start.js';
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
      return this.#tried((client) => (client as Client).loginWithRedirect(options, activated), options);
    },
    handleCallback: (url, options) => this.#tried((client) => client.handleCallback(url, options), options),
    logout: (options) => this.#called((client) => client.logout(options)),
    getAccessToken: (options) => this.#called((client) => client.getAccessToken(options), options),
    getIdTokenClaims: () => this.#loaded?.getIdTokenClaims(),
    getIdToken: () => this.#loaded?.getIdToken(),
    fetch: (input, init) => this.#called((client) => client.fetch(input, init), init),
    subscribe: (listener) => {
      if (typeof listener !== 'function') {
        throw new IntelliAuthError('invalid_config', 'The listener must be a function.', {
          details: { option: 'listener' },
        });
      }
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
    void error.explain().then(() => {
      if (this.#snapshot.error === error) this.#set({ ...this.#snapshot });
    });
  }

  /** An attempt to sign in: its error is shown until the next one. */
  #tried<T>(attempt: (client: IntelliAuth) => Promise<T>, options?: object): Promise<T> {
    return this.#called(
      (client) => {
        if (this.#snapshot.error) this.#set({ state: this.#snapshot.state });
        return attempt(client);
      },
      options,
      true,
    );
  }

  /** Calls the client as soon as there is one. A mistake of the app's is shown; with `shows`, every error of the SDK's is. */
  #called<T>(call: (client: IntelliAuth) => Promise<T>, options?: object, shows = false): Promise<T> {
    const work = this.#started().then(async (client) => {
      try {
        return await call(client);
      } catch (error) {
        if (isIntelliAuthError(error, shows ? undefined : 'invalid_config'))
          this.#fail(client.getState(), error);
        throw error;
      }
    });
    return abortable(work, signalOf(options));
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
    const client = await start(this.#options, true);
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

function signalOf(options: unknown): AbortSignal | undefined {
  try {
    const { signal } = own(options as { signal?: unknown });
    if (signal instanceof AbortSignal) return signal;
  } catch {
    // What cannot be read, the client refuses.
  }
  return undefined;
}

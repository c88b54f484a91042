/** A store with its client: answers the callback, shows states and errors, and follows the options. */
import type { IntelliAuthError } from './errors.js';
import { invalidConfig } from './invalid.js';
import type { Store } from './state.js';
import type { IntelliAuth, ProviderOptions } from './types.js';

/** Followed by being called as they are at that moment. */
const CALLBACKS = ['onSignedIn', 'onSignInError', 'navigate'];

declare const process: { env: { NODE_ENV?: string } };

export class Session {
  readonly client: IntelliAuth;
  readonly #store: Store;
  readonly #ErrorClass: typeof IntelliAuthError;
  readonly #unsubscribe: () => void;
  /**
   * While a callback is answered, the state is `loading`; the result is shown once the router has left the callback's
   * page.
   */
  #phase: 'answering' | 'leaving' | 'settled';
  #stopped = false;
  readonly #refused = new Set<string>();

  constructor(store: Store, client: IntelliAuth, here: string, ErrorClass: typeof IntelliAuthError) {
    this.client = client;
    this.#store = store;
    this.#ErrorClass = ErrorClass;
    const callback = store.first.handleCallbackAutomatically !== false && client.isCallback(here);
    this.#phase = callback ? 'answering' : 'settled';
    let last = client.getState();
    this.#unsubscribe = client.subscribe((state, event) => {
      const changed = state !== last && this.#phase !== 'answering';
      last = state;
      if (!changed) return store.tell(event);
      const error = state.status === 'authenticated' ? undefined : store.error;
      if (this.#phase === 'leaving') store.know(state, error, event);
      else store.show(state, error, event);
    });
    if (callback) void this.#answer(here);
    else if (store.state !== last) store.show(last);
    this.compare();
    // A client that is made here gives this advice itself.
    if (store.first.client) adviseOn(store.first);
  }

  /**
   * Settles a method's call. A sign-in clears the error of the last one and shows its own. Of other calls, only
   * `invalid_config` is shown.
   */
  async settle<T>(name: string, work: Promise<T>): Promise<T> {
    const signIn = name === 'loginWithRedirect' || name === 'handleCallback';
    if (signIn && this.#store.error) this.#store.show(this.#store.state);
    try {
      return await work;
    } catch (error) {
      const thrown = Object(error) as Partial<IntelliAuthError>;
      if (signIn ? thrown.name === 'IntelliAuthError' : thrown.code === 'invalid_config') {
        this.#fail(error as IntelliAuthError);
      }
      throw error;
    }
  }

  /** The client keeps the options that it was made with. */
  compare(): void {
    const { first, options } = this.#store;
    for (const option of new Set([...Object.keys(first), ...Object.keys(options)])) {
      if (CALLBACKS.includes(option) || this.#refused.has(option)) continue;
      const [before, now] = [first, options].map((given) => given[option as 'scope'] as unknown);
      if (Object.is(before, now) || (option !== 'client' && text(before) === text(now))) continue;
      this.#refused.add(option);
      const problem = 'it changed, and a client keeps its options';
      // While an app is developed it is mostly an edit, hot-replaced.
      const instead =
        'a `key` on the provider that changes with it; after an edit of the code, reload the page';
      const error = invalidConfig(this.#ErrorClass, option, problem, instead);
      console.error(`IntelliAuth: ${error.message}`);
      this.#fail(error);
    }
  }

  /** Disposes of the client, unless the app made it. */
  stop(): void {
    this.#stopped = true;
    this.#unsubscribe();
    if (!this.#store.first.client) this.client.dispose();
  }

  #fail(error: IntelliAuthError): void {
    if (this.#stopped) return;
    this.#store.fail(this.#phase === 'settled' ? this.client.getState() : this.#store.state, error);
  }

  async #answer(here: string): Promise<void> {
    let failure: IntelliAuthError | undefined;
    try {
      const result = await this.client.handleCallback(here);
      await this.#leave(() => (this.#store.options.onSignedIn ?? this.#goTo)(result));
    } catch (error) {
      const refused = error as IntelliAuthError;
      failure = refused;
      await this.#leave(() => (this.#store.options.onSignInError ?? this.#goTo)(refused), refused);
    }
    this.#phase = 'settled';
    if (this.#stopped) return;
    if (failure) this.#fail(failure);
    else this.#store.show(this.client.getState());
  }

  /** The app's own callback may do whatever it likes. */
  async #leave(go: () => unknown, error?: IntelliAuthError): Promise<void> {
    if (this.#stopped) return;
    this.#phase = 'leaving';
    // A router's guard asks while it is on its way.
    this.#store.know(this.client.getState(), error);
    try {
      await go();
    } catch (thrown) {
      reportError(thrown);
    }
  }

  /** Puts the page that the user came from into the address bar, by the app's router if it named one. */
  readonly #goTo = ({ returnTo = '/' }: { readonly returnTo?: string }): unknown => {
    const { navigate } = this.#store.options;
    return navigate ? navigate(returnTo) : history.replaceState(history.state, '', returnTo);
  };
}

/** An option's value as text. Bytes and modules count as the same: they are loaded once. */
function text(value: unknown): string | undefined {
  if (ArrayBuffer.isView(value)) return '{}';
  if (value instanceof URL) return value.href;
  const plain = Object.getPrototypeOf(value ?? 0) === Object.prototype;
  const members = () => Object.entries(value as object).filter(([, member]) => member !== undefined);
  return JSON.stringify(plain ? members().sort() : value);
}

/**
 * As `development.ts` does. To import it here would make a chunk that is shared with the client's: one more request,
 * empty in production.
 */
function adviseOn(options: ProviderOptions): void {
  try {
    if (process.env.NODE_ENV === 'development')
      void import('./advice.js').then((advice) => advice.ofReadyClient(options));
  } catch {
    // Without a bundler there is no `process`.
  }
}

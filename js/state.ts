/**
 * What frameworks show: one client's state, the last sign-in's error, and methods that wait until the SDK is loaded. This
 * is the part that a page has at once; what needs a client is in `session.ts`, which is requested beside it.
 */
import { abortable } from './abort.js';
import { IntelliAuthError } from './errors.js';
import { own } from './own.js';
import { parts } from './parts.js';
import type { Session } from './session.js';
import { chunk, start } from './start.js';
import type {
  Auth,
  AuthEvent,
  AuthState,
  IntelliAuth,
  IntelliAuthOptions,
  Listener,
  Methods,
  ProviderOptions,
} from './types.js';

const loading: AuthState = { status: 'loading' };

const METHODS = [
  'loginWithRedirect',
  'handleCallback',
  'logout',
  'getAccessToken',
  'fetch',
  'trace',
] as const;
type Method = (typeof METHODS)[number];

export class Store {
  /** The first options: the client keeps them. */
  readonly first: ProviderOptions;
  /** The present options: callbacks are taken from here when they are called. */
  options: ProviderOptions;
  /** The state as it is known; it is shown once the router has arrived. */
  state = loading;
  error: IntelliAuthError | undefined;
  readonly listeners = new Set<Listener>();
  readonly methods = {
    getIdTokenClaims: () => this.#client?.getIdTokenClaims(),
    getIdToken: () => this.#client?.getIdToken(),
    getState: () => this.state,
    subscribe: (listener) => {
      if (typeof listener !== 'function') {
        throw new IntelliAuthError('invalid_config', 'The listener is no function.', {
          details: { instead: 'a function', problem: 'no function', option: 'listener' },
        });
      }
      // The same function may be subscribed twice.
      const told = listener.bind(null);
      this.listeners.add(told);
      return () => this.listeners.delete(told);
    },
  } as Partial<Methods> as Methods;
  #value: Auth;
  /** What a server rendered, and a page starts from. */
  readonly atFirst: Auth;
  #client: IntelliAuth | undefined;
  #session: Promise<Session> | undefined;
  #mounted: object | undefined;
  #stopped = false;

  constructor(options: ProviderOptions) {
    this.first = this.options = own(options);
    for (const name of METHODS) {
      this.methods[name] = ((...args: unknown[]) => this.#call(name, args)) as never;
    }
    this.#value = this.atFirst = { ...loading, ...this.methods };
    const client = this.first.client as IntelliAuth | undefined;
    // A promise of a client is awaited later. On a callback's page, calls wait until the callback is being answered.
    if (client?.getState && !client.isCallback()) {
      this.#client = client;
      this.show(client.getState());
    }
  }

  readonly read = (): Auth => this.#value;

  /** The options of a later moment. */
  update(options: ProviderOptions): void {
    this.options = own(options);
    this.#session?.then((session) => session.compare()).catch(() => {});
  }

  /** Starts the client once. The returned function disposes of it, unless StrictMode mounts again at once. */
  mount(): () => void {
    // A page may be hidden and shown again, with its state.
    if (this.#stopped) {
      this.#stopped = false;
      this.#session = this.#client = undefined;
    }
    const mounted = {};
    this.#mounted = mounted;
    this.#started().catch(() => {});
    return () => {
      setTimeout(() => {
        if (this.#mounted !== mounted) return;
        this.#stopped = true;
        // The session stays, disposed of: a late call is rejected as `disposed`, and starts no other client.
        this.#session?.then((session) => session.stop()).catch(() => {});
      });
    };
  }

  show(state: AuthState, error?: IntelliAuthError, event?: AuthEvent): void {
    this.#value = { error, ...state, ...this.methods };
    this.know(state, error, event);
  }

  know(state: AuthState, error?: IntelliAuthError, event?: AuthEvent): void {
    this.state = state;
    this.error = error;
    this.tell(event);
  }

  tell(event?: AuthEvent): void {
    for (const listener of this.listeners) {
      try {
        listener(this.state, event);
      } catch (error) {
        reportError(error);
      }
    }
  }

  /** Shows the error, and once more when its hint is there. */
  fail(state: AuthState, error: IntelliAuthError): void {
    this.show(state, error);
    void error.explain?.().then(() => {
      if (this.error === error) this.show(this.state, error);
    });
  }

  #call(name: Method, args: unknown[]): Promise<unknown> {
    type Callable = Record<Method, (...args: unknown[]) => Promise<unknown>>;
    // On a server it rejects, and every request's state stays as it is.
    if (typeof document === 'undefined') return start(this.first as IntelliAuthOptions);
    const client = (this.#stopped ? undefined : this.#client) as Callable | undefined;
    // Until the SDK is loaded a click may be too long ago.
    const later = name === 'loginWithRedirect' ? [args[0], navigator.userActivation?.isActive] : args;
    const called = client?.[name](...args);
    called?.catch(() => {}); // told below
    const work = this.#started().then((session) =>
      session.settle(name, called ?? (session.client as unknown as Callable)[name](...later)),
    );
    // Used as event handlers, whose promise nobody awaits: the page shows what fails.
    if (name === 'loginWithRedirect' || name === 'logout') work.catch(() => {});
    return abortable(work, signalOf(args[1] ?? args[0]));
  }

  async #started(): Promise<Session> {
    // Where a page is shown again, its components' effects come before its provider's.
    if (this.#stopped) await null;
    this.#session ??= this.#start().catch((error: IntelliAuthError) => {
      if (!this.#stopped) this.#session = undefined;
      this.fail({ status: 'error', error }, error);
      throw error;
    });
    return this.#session;
  }

  async #start(): Promise<Session> {
    // A router may change the address before the SDK is loaded.
    const here = location.href;
    const [{ Session }, given] = await Promise.all([
      parts.session ?? chunk(import('./session.js')),
      this.first.client ?? start(this.first as IntelliAuthOptions, true),
    ]);
    this.#client = given;
    return new Session(this, given, here, IntelliAuthError);
  }
}

function signalOf(options: unknown): AbortSignal | undefined {
  try {
    return own(options as { signal?: AbortSignal }).signal;
  } catch {
    // What cannot be read, the client refuses.
  }
  return undefined;
}

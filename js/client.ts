/** The client that apps call: numbers each call, hands it to the wasm and settles it by its number. */
import { bindMethods } from './bind.js';
import { inDevelopment } from './development.js';
import type { SignInContext } from './errors.js';
import { errorOf, type Fault, fault, makeErrorsWith } from './faults.js';
import { fetchWithToken } from './fetch.js';
import { Core, handleCallback, loginWithRedirect } from './glue.js';
import { tap } from './guard.js';
import { Host } from './host.js';
import { DISPOSE } from './inputs.js';
import { load, onTrap } from './loader.js';
import {
  address,
  callable,
  callbackOptions,
  clientOptions,
  eventOf,
  loginOptions,
  logoutOptions,
  providerOptions,
  read,
  tokenOptions,
} from './options.js';
import type { Eager } from './start.js';
import type {
  AccessTokenOptions,
  AuthEvent,
  AuthState,
  CallbackResult,
  HandledEvent,
  IdTokenClaims,
  IntelliAuth,
  IntelliAuthOptions,
  Listener,
  LoginOptions,
  LogoutOptions,
  SignOutResult,
  User,
} from './types.js';

/** How many events are kept for the first listener. */
const EARLY_EVENTS = 16;

interface Call {
  resolve: (value: never) => void;
  reject: (error: unknown) => void;
}

export async function connect(
  options: IntelliAuthOptions,
  provider: boolean,
  eager: Eager,
): Promise<IntelliAuth> {
  makeErrorsWith(eager.IntelliAuthError);
  const client = new Client(
    checked(() => read(provider ? providerOptions : clientOptions, options)),
    eager,
  );
  await client.begin();
  return client;
}

export class Client implements IntelliAuth {
  readonly #options: IntelliAuthOptions;
  readonly #eager: Eager;
  readonly #calls = new Map<number, Call>();
  readonly #listeners = new Set<Listener>();
  #count = 0;
  /** Shared by all calls that accept any valid token: one call of the wasm, however many they are. */
  #token: Promise<string> | undefined;
  #core: Core | undefined;
  #host: Host | undefined;
  #starting: Promise<Core> | undefined;
  #state: AuthState = { status: 'loading' };
  /** Whether `#state` is up to date. */
  #current = false;
  #events: (AuthEvent | undefined)[] = [];
  /** Whether there has been a listener. */
  #heard = false;
  readonly #disposed = new AbortController();
  #release = () => {};

  constructor(options: IntelliAuthOptions, eager: Eager) {
    this.#options = options;
    this.#eager = eager;
    bindMethods(this);
  }

  async begin(): Promise<void> {
    const core = await this.#ready();
    inDevelopment((advice) => advice.ofOptions(this.#options, this.getState()));
    if (checked(() => core.insecureRedirect())) {
      console.warn('IntelliAuth: redirectUri is plain http, which is for development only.');
    }
  }

  async loginWithRedirect(options?: LoginOptions | HandledEvent, activated?: boolean): Promise<void> {
    const given = checked(() => read<LoginOptions>(loginOptions, options));
    const { openUrl, signal } = given;
    const byUser = activated ?? userActivated(options);
    inDevelopment((advice) => advice.ofReturnTo(given.appState?.returnTo));
    const url = await this.#call<string | undefined>((core, call) => {
      const sent = { __proto__: null, ...given, appState: written(given.appState) };
      loginWithRedirect(core, call, sent, byUser, openUrl !== undefined);
    }, signal);
    if (openUrl && url) await openUrl(url);
  }

  async handleCallback(url?: string | URL, options?: { signal?: AbortSignal }): Promise<CallbackResult> {
    const { signal } = checked(() => read(callbackOptions, options));
    const named = checked(() => address(url));
    // A router may change the address before the SDK is loaded.
    const here = location.href;
    const answered = this.#call<CallbackResult>((core, call) => {
      handleCallback(core, call, named ?? here);
    }, signal);
    inDevelopment((advice) => answered.then(() => advice.ofSession(this.getState())).catch(() => {}));
    return answered.catch((error) => {
      // The wasm trapped, and the code may be on its way.
      throw error?.code === 'internal'
        ? errorOf(fault('internal', false, { callback: 'spent' }), error.cause)
        : error;
    });
  }

  isCallback(url?: string | URL): boolean {
    const named = checked(() => address(url)) ?? location.href;
    return this.#query((core) => core.isCallback(named)) ?? false;
  }

  async getAccessToken(options?: AccessTokenOptions): Promise<string> {
    const leased = options === undefined ? this.#host?.leased() : undefined;
    if (leased !== undefined) return leased;
    const { forceRefresh = false, minValidity = 0, signal } = checked(() => read(tokenOptions, options));
    const ask = (signal?: AbortSignal) =>
      this.#call<string>((core, call) => core.getToken(call, forceRefresh, minValidity * 1000), signal);
    if (forceRefresh || minValidity > 0) return ask(signal);
    signal?.throwIfAborted();
    this.#token ??= ask().finally(() => {
      this.#token = undefined;
    });
    return this.#eager.abortable(this.#token, signal);
  }

  async fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const core = await this.#ready();
    return fetchWithToken(input, init, {
      mayCarryToken: async (url) => {
        try {
          const may = core.mayCarryToken(url);
          inDevelopment((advice) => may || advice.ofRequestWithoutToken(url));
          return may;
        } catch (thrown) {
          throw toError(thrown);
        }
      },
      token: (signal) => this.getAccessToken({ signal }),
      tokenAfter401: (token, challenges, signal) =>
        this.#call((core, call) => core.tokenAfter401(call, token, challenges), signal),
    });
  }

  getUser(): User | undefined {
    return this.isAuthenticated() ? this.getState().user : undefined;
  }

  getIdTokenClaims(): IdTokenClaims | undefined {
    return this.#query((core) => core.idToken(true));
  }

  getIdToken(): string | undefined {
    return this.#query((core) => core.idToken(false));
  }

  isAuthenticated(): boolean {
    return this.getState().status === 'authenticated';
  }

  async logout(options?: LogoutOptions | HandledEvent): Promise<SignOutResult> {
    const given = checked(() => read<LogoutOptions>(logoutOptions, options));
    const { openUrl, signal } = given;
    const { url, ...result } = await this.#call<SignOutResult & { url?: string }>((core, call) => {
      core.logout(call, given, openUrl !== undefined);
    }, signal);
    if (openUrl && url) await openUrl(url);
    return result;
  }

  getState(): AuthState {
    if (!this.#current) {
      // The wasm cannot answer while it handles an input: the last known state stands.
      const state = this.#query((core) => core.state() as AuthState | undefined);
      this.#current = state !== undefined;
      this.#state = state ?? this.#state;
    }
    return this.#state;
  }

  subscribe(listener: Listener): () => void {
    checked(() => callable(listener, 'listener'));
    // The same function may be subscribed twice.
    const own = listener.bind(null);
    this.#listeners.add(own);
    if (!this.#heard && this.#events.length > 0) queueMicrotask(() => this.#flush());
    this.#heard = true;
    return () => this.#listeners.delete(own);
  }

  async trace(): Promise<string> {
    const part = await import('./trace/trace.js').catch((cause: unknown) => {
      throw new this.#eager.IntelliAuthError('wasm_unavailable', 'The SDK could not be loaded.', { cause });
    });
    return part.bundle();
  }

  dispose(): void {
    this.#listeners.clear();
    this.#disposed.abort(errorOf(fault('disposed')));
    this.#host?.endLease();
    this.#query((core) => core.happened(DISPOSE, 0));
  }

  /** The running wasm, started if need be. */
  async #ready(): Promise<Core> {
    this.#disposed.signal.throwIfAborted();
    this.#starting ??= this.#start().catch((error: unknown) => {
      this.#starting = undefined;
      throw error;
    });
    return this.#starting;
  }

  async #start(): Promise<Core> {
    const { wasm, trace } = this.#options;
    if (trace ?? asked()) (await tracing())?.record(tap);
    await load(this.#eager.module, typeof wasm === 'string' || wasm instanceof URL);
    this.#disposed.signal.throwIfAborted();
    const host = new ClientHost(this);
    try {
      const core = new Core(this.#options, host);
      this.#host = host;
      this.#core = core;
      this.#release = onTrap(() => this.#onTrap(fault('internal', true)));
      host.onDetached = () => this.#release();
      host.attach(core);
      return core;
    } catch (thrown) {
      throw toError(thrown);
    }
  }

  /** A synchronous answer of the wasm; undefined if it does not run, or trapped. */
  #query<T>(question: (core: Core) => T): T | undefined {
    try {
      return this.#core && question(this.#core);
    } catch {
      return undefined;
    }
  }

  /** The wasm trapped: locks are released, and waiting calls are rejected. Nobody is signed out. */
  #onTrap(why: Fault): void {
    this.#release();
    this.#host?.detach();
    this.#host = undefined;
    this.#reset(why);
  }

  #reset(why: Fault): void {
    this.#core = undefined;
    this.#starting = undefined;
    for (const call of [...this.#calls.keys()]) this.refuse(call, why);
  }

  #call<T>(send: (core: Core, call: number) => void, signal?: AbortSignal): Promise<T> {
    return this.#eager.abortable(this.#sent(send, signal), signal);
  }

  async #sent<T>(send: (core: Core, call: number) => void, signal: AbortSignal | undefined): Promise<T> {
    signal?.throwIfAborted();
    // Disposed of, it settles at once, even if it is still being loaded.
    const core = await this.#eager.abortable(this.#ready(), this.#disposed.signal);
    signal?.throwIfAborted();
    this.#host?.endLease();
    const call = ++this.#count;
    const settled = new Promise<T>((resolve, reject) => this.#calls.set(call, { resolve, reject }));
    try {
      send(core, call);
    } catch (thrown) {
      if (this.#settle(call)) throw toError(thrown);
    }
    return settled;
  }

  #settle(call: number): Call | undefined {
    const found = this.#calls.get(call);
    this.#calls.delete(call);
    return found;
  }

  answer(call: number, value: unknown): void {
    this.#settle(call)?.resolve(value as never);
  }

  refuse(call: number, why: Fault, cause?: unknown, back?: SignInContext): void {
    const error = errorOf(why, cause, back);
    inDevelopment((advice) => advice.ofRefusal(error));
    this.#settle(call)?.reject(error);
  }

  notify(event: AuthEvent | undefined): void {
    // The first listener is told the events of the start: it subscribes once it has the client.
    if (!this.#heard && (!event || this.#events.length >= EARLY_EVENTS)) return;
    // After the wasm has returned: a listener may call whatever it likes.
    if (this.#events.push(event) === 1 && this.#heard) queueMicrotask(() => this.#flush());
  }

  changed(): void {
    this.#current = false;
    this.notify(undefined);
  }

  #flush(): void {
    const events = this.#events.splice(0);
    const present = events.filter((event) => event !== undefined);
    const state = this.getState();
    for (const event of present.length > 0 ? present : [undefined]) {
      for (const listener of this.#listeners) {
        try {
          listener(state, event);
        } catch (error) {
          reportError(error);
        }
      }
    }
  }
}

/** The host, with the calls that wait. */
class ClientHost extends Host {
  readonly #client: Client;

  constructor(client: Client) {
    super();
    this.#client = client;
  }

  answer(call: number, value: unknown): void {
    this.#client.answer(call, value);
  }

  refuse(
    call: number,
    why: Fault,
    thrown: { name?: string } | undefined,
    back: SignInContext | undefined,
  ): void {
    const full = 'QuotaExceededError';
    // Chromium's message names the key, and with it the state.
    this.#client.refuse(call, why, thrown?.name === full ? new DOMException('', full) : thrown, back);
  }

  notify(event: AuthEvent): void {
    this.#client.notify(event);
  }

  warn(why: Fault): void {
    const error = errorOf(why);
    void error
      .explain()
      .then((hint) => console.warn(`IntelliAuth goes on without it. ${error.message} ${hint}`));
  }

  changed(): void {
    this.#client.changed();
  }
}

/**
 * Whether a user's click or key press led to a call that was `given` this. Firefox before 120 does not tell: there the event
 * that is being handled does, or the one that was given.
 */
function userActivated(given: unknown): boolean {
  const told = navigator.userActivation?.isActive;
  if (told !== undefined) return told;
  const { isTrusted = false, type = '' } = eventOf(given) ?? window.event ?? {};
  return isTrusted && /^(click|(key|mouse|pointer)(down|up)|touchend)$/.test(type);
}

/** The recorder. A sign-in must not fail because it cannot be loaded. */
const tracing = () => import('./trace/trace.js').catch(() => undefined);

/** Whether `trace()` was called in this tab. */
const asked = () => {
  try {
    return sessionStorage['intelliauth.trace'] !== undefined;
  } catch {
    return false;
  }
};

/** `appState` as storage keeps it over the redirect. */
function written(appState: unknown): string | undefined {
  if (appState === undefined) return undefined;
  try {
    const text: unknown = JSON.stringify(appState);
    if (typeof text === 'string' && text.startsWith('{')) return text;
  } catch {}
  throw fault('invalid_config', false, {
    option: 'appState',
    problem: 'JSON cannot hold it',
    instead: 'an object without cycles, functions and BigInt',
  });
}

/** What the wasm throws is a fault of the table, or else it trapped, or a page's own error went through it and left it in an unknown state. */
function toError(thrown: unknown): Error {
  // A page's own errors may have a code too.
  const known = Object.hasOwn(Object(thrown), 'transient');
  return known ? errorOf(thrown as Fault) : errorOf(fault('internal', true), thrown);
}

/** What `check` gives, or the error for what it refuses. */
function checked<T>(check: () => T): T {
  try {
    return check();
  } catch (refused) {
    throw toError(refused);
  }
}

/** A client for tests, with neither wasm nor network: {@link createTestClient}. */
import { abortable } from '../abort.js';
import { bindMethods } from '../bind.js';
import type { ErrorCode, IntelliAuthError } from '../errors.js';
import { fetchWithToken } from '../fetch.js';
import type {
  AccessTokenOptions,
  AuthEvent,
  AuthState,
  CallbackResult,
  IdTokenClaims,
  IntelliAuth,
  IntelliAuthOptions,
  Listener,
  LogoutOptions,
  SignedOutReason,
  User,
} from '../types.js';
import { origins } from './origins.js';
import { signedInAs, signedOut, testError } from './states.js';

/** The methods that a test can look at, answer and have fail. */
export type AuthMethod = 'loginWithRedirect' | 'handleCallback' | 'getAccessToken' | 'fetch' | 'logout';

/** One call, as it was made. */
export type TestCall = {
  [Method in AuthMethod]: { readonly method: Method; readonly args: Parameters<IntelliAuth[Method]> };
}[AuthMethod];

/** An event without what it has by itself; `at` and `elsewhere` may be given. */
export type TestEvent = AuthEvent extends infer Event
  ? Event extends AuthEvent
    ? Omit<Event, 'at' | 'elsewhere'> & { at?: number; elsewhere?: boolean }
    : never
  : never;

/** The real client's options that a test client has too. */
export type TestClientOptions = Pick<IntelliAuthOptions, 'allowedOrigins'>;

const AUTHORIZE = 'https://platform.example/oauth2/authorize?response_type=code&client_id=test-app';
const END_SESSION = 'https://platform.example/oauth2/logout?client_id=test-app';

/** A client for tests: {@link createTestClient}. */
export interface TestClient extends IntelliAuth {
  /** Every call so far, in order. */
  readonly calls: readonly TestCall[];
  /** The test's own methods, called instead of this client's. */
  readonly answers: Partial<IntelliAuth>;
  /** The arguments of every call to `method` so far. */
  callsTo<Method extends AuthMethod>(method: Method): Parameters<IntelliAuth[Method]>[];
  /** Makes it another state, and tells listeners with the event that brings it. In React, within `act`. */
  become(state: AuthState): void;
  /** Tells listeners of an event. The state stays. */
  fire(event: TestEvent): void;
  /** Has the next call of `method` fail. */
  fail(method: AuthMethod, error: ErrorCode | IntelliAuthError): void;
}

class Client implements TestClient {
  readonly calls: TestCall[] = [];
  readonly answers: Partial<IntelliAuth>;
  #state: AuthState;
  #disposed = false;
  #refreshes = 0;
  /** The token that an API's 401 demanded: a 401 to it asks for no further one. */
  #demanded: string | undefined;
  readonly #allowed: ReadonlySet<string>;
  readonly #listeners = new Set<Listener>();
  readonly #failures = new Map<AuthMethod, IntelliAuthError[]>();

  constructor(state: AuthState, answers: Partial<IntelliAuth>, options: TestClientOptions) {
    this.#state = state;
    this.answers = answers;
    this.#allowed = origins(options.allowedOrigins ?? []);
    bindMethods(this);
  }

  callsTo<Method extends AuthMethod>(method: Method): Parameters<IntelliAuth[Method]>[] {
    const calls = this.calls.filter((call) => call.method === method);
    return calls.map(({ args }) => args as Parameters<IntelliAuth[Method]>);
  }

  become(state: AuthState): void {
    this.#state = state;
    if (state.status === 'authenticated') this.fire({ type: 'signed_in' });
    else if (state.status === 'unauthenticated') this.fire({ type: 'signed_out', reason: state.reason });
    else this.#tell(undefined);
  }

  fire(event: TestEvent): void {
    this.#tell({ at: Date.now(), elsewhere: false, ...event } as AuthEvent);
  }

  fail(method: AuthMethod, error: ErrorCode | IntelliAuthError): void {
    const queued = this.#failures.get(method) ?? [];
    this.#failures.set(method, queued);
    queued.push(typeof error === 'string' ? testError(error) : error);
  }

  readonly loginWithRedirect: IntelliAuth['loginWithRedirect'] = (...args) =>
    this.#call('loginWithRedirect', args, async () => {
      const openUrl = args[0] && 'openUrl' in args[0] ? args[0].openUrl : undefined;
      this.fire({ type: 'sign_in_started', authorizeUrl: AUTHORIZE });
      // The page is left.
      if (!openUrl) return new Promise<never>(() => {});
      await openUrl(AUTHORIZE);
    });

  readonly handleCallback: IntelliAuth['handleCallback'] = (...args) =>
    this.#call('handleCallback', args, async (): Promise<CallbackResult> => {
      if (this.#state.status !== 'authenticated') this.become(signedInAs());
      return { user: this.getUser() as User, appState: {}, returnTo: '/' };
    });

  readonly isCallback: IntelliAuth['isCallback'] = (url) => this.answers.isCallback?.(url) ?? false;

  readonly getAccessToken: IntelliAuth['getAccessToken'] = (...args) =>
    this.#call('getAccessToken', args, async () => this.#token(args[0]));

  readonly fetch: IntelliAuth['fetch'] = (...args) =>
    this.#call('fetch', args, () =>
      fetchWithToken(args[0], args[1], {
        mayCarryToken: async (url) => this.#allowed.has(new URL(url).origin),
        token: async (signal) => this.answers.getAccessToken?.({ signal }) ?? this.#token(),
        tokenAfter401: async (token, challenges) => this.#tokenAfter401(token, challenges ?? ''),
      }),
    );

  readonly logout: IntelliAuth['logout'] = (...args) =>
    this.#call('logout', args, async () => {
      const { localOnly = false, openUrl } = (args[0] ?? {}) as LogoutOptions;
      if (this.#state.status === 'authenticated') this.become(signedOut('logout'));
      if (!localOnly) await openUrl?.(END_SESSION);
      return { revocation: 'revoked', provider: localOnly ? 'not_asked' : 'requested' } as const;
    });

  getUser(): User | undefined {
    return this.#state.user;
  }

  getIdTokenClaims(): IdTokenClaims | undefined {
    if (this.answers.getIdTokenClaims) return this.answers.getIdTokenClaims();
    const { user, expiresAt } = this.#state;
    if (!user) return undefined;
    const exp = Math.floor(expiresAt / 1000);
    return { iss: 'https://platform.example', aud: 'test-app', iat: exp - 300, exp, ...user };
  }

  getIdToken(): string | undefined {
    if (this.answers.getIdToken) return this.answers.getIdToken();
    return this.isAuthenticated() ? 'test-id-token' : undefined;
  }

  isAuthenticated(): boolean {
    return this.#state.status === 'authenticated';
  }

  getState(): AuthState {
    return this.#state;
  }

  subscribe(listener: Listener): () => void {
    const own = listener.bind(null);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  async trace(): Promise<string> {
    return (await this.answers.trace?.()) ?? '{"kind":"intelliauth-trace","format":1,"runs":[]}';
  }

  dispose(): void {
    this.#disposed = true;
    this.#listeners.clear();
  }

  #token(options: AccessTokenOptions = {}): string {
    if (this.#state.status === 'error') throw this.#state.error;
    if (!this.isAuthenticated()) throw testError(refusalOf(this.#state.reason));
    if (options.forceRefresh) {
      this.#refreshes++;
      this.fire({ type: 'token_refreshed' });
    }
    return this.#refreshes === 0 ? 'test-access-token' : `test-access-token-${this.#refreshes}`;
  }

  /** As the real client: a newer token once, where one may help. */
  async #tokenAfter401(token: string, challenges: string): Promise<string> {
    const none = /error="?insufficient_(scope|user_authentication)/i.test(challenges);
    if (none || token === this.#demanded || this.#state.refreshAt === undefined) return token;
    const given = await this.answers.getAccessToken?.({ forceRefresh: true });
    this.#demanded = given ?? this.#token({ forceRefresh: token === this.#token() });
    return this.#demanded;
  }

  #call<Method extends AuthMethod, Result>(
    method: Method,
    args: Parameters<IntelliAuth[Method]>,
    answer: () => Promise<Result>,
  ): Promise<Result> {
    this.calls.push({ method, args } as TestCall);
    const { signal } = (args.at(-1) ?? {}) as { signal?: AbortSignal };
    const answered = async (): Promise<Result> => {
      if (this.#disposed) throw testError('disposed');
      const error = this.#failures.get(method)?.shift();
      if (error) throw error;
      const given = this.answers[method] as ((...given: typeof args) => Promise<Result>) | undefined;
      if (given) return given(...args);
      await this.#loaded();
      return answer();
    };
    return abortable(answered(), signal);
  }

  /** Once the state is known. */
  #loaded(): Promise<void> | undefined {
    if (this.#state.status !== 'loading') return undefined;
    return new Promise((resolve) => {
      const stop = this.subscribe(({ status }) => {
        if (status === 'loading') return;
        stop();
        resolve();
      });
    });
  }

  #tell(event: AuthEvent | undefined): void {
    for (const listener of [...this.#listeners]) listener(this.#state, event);
  }
}

/** What the real client refuses a token with, once the session has ended so. */
function refusalOf(reason: SignedOutReason | undefined): ErrorCode {
  if (reason === 'session_expired' || reason === 'session_lost' || reason === 'session_mismatch')
    return reason;
  return 'login_required';
}

/**
 * A client in the state that a test names, with neither wasm nor network. It keeps its methods' contract: a sign-in leaves
 * the page, so its promise settles only with `openUrl`; `getAccessToken` rejects where nobody is signed in, with the
 * reason's code: `login_required`, `session_expired` and so on; `fetch` sends its token to `allowedOrigins` alone, and
 * nothing to them where nobody is signed in; `logout` signs out. `answers` are the test's own methods, called instead.
 * @example
 * const auth = createTestClient(signedInAs({ name: 'Ada Lovelace' }));
 * render(<IntelliAuthTestProvider client={auth}><App /></IntelliAuthTestProvider>);
 * act(() => auth.become(signedOut('session_expired')));
 * expect(auth.callsTo('loginWithRedirect')).toEqual([[{ appState: { returnTo: '/' } }]]);
 */
export const createTestClient = (
  state: AuthState = signedOut(),
  answers: Partial<IntelliAuth> = {},
  options: TestClientOptions = {},
): TestClient => new Client(state, answers, options);

import type { ErrorCode, IntelliAuthError } from './errors.js';
import type {
  AccessTokenOptions,
  AppState,
  IntelliAuthOptions,
  LoginOptions,
  LogoutOptions,
  TokenStorage,
} from './options.types.js';

export type * from './options.types.js';

/** An event, where a method is an event handler itself: `onClick={loginWithRedirect}`. It is not read as options. */
export interface HandledEvent {
  readonly type: string;
  preventDefault(): void;
}

/**
 * The claims that an app's own ID tokens have besides the standard ones, for the app to name.
 * @example
 * declare module '@intelliauth/spa-sdk' {
 *   interface CustomClaims {
 *     readonly roles?: readonly string[];
 *   }
 * }
 */
// biome-ignore lint/suspicious/noEmptyInterface: apps add to it
export interface CustomClaims {}

/**
 * The user, as the ID token's claims name them. OpenID Connect Core §5.1. Claims about the token and the authentication
 * are left out: `iss`, `aud`, `azp`, `exp`, `nbf`, `iat`, `jti`, `nonce`, `auth_time`, `acr`, `amr`, `at_hash`,
 * `c_hash`, `s_hash` and `sid` are in {@link IdTokenClaims}.
 */
export interface User extends CustomClaims {
  readonly sub: string;
  readonly name?: string;
  readonly given_name?: string;
  readonly family_name?: string;
  readonly preferred_username?: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly picture?: string;
  readonly locale?: string;
  readonly [claim: string]: unknown;
}

/** Everything that the ID token says. OpenID Connect Core §2. Times are seconds since 1970. */
export interface IdTokenClaims extends User {
  readonly iss: string;
  readonly aud: string | readonly string[];
  readonly exp: number;
  readonly iat: number;
  readonly nonce?: string;
  readonly azp?: string;
  readonly auth_time?: number;
  readonly acr?: string;
  readonly amr?: readonly string[];
  readonly sid?: string;
}

/** The result of {@link IntelliAuth.handleCallback}. */
export interface CallbackResult {
  readonly user: User;
  /** As given to `loginWithRedirect`; `{}` if none was. */
  readonly appState: AppState;
  /**
   * Where the user goes on, a path of this origin: `appState.returnTo`, else the page on which the sign-in began, else
   * the redirect URI's directory. Never the callback.
   */
  readonly returnTo: string;
}

/** The result of {@link IntelliAuth.logout}. This app's session has ended in every case. */
export interface SignOutResult {
  /**
   * The refresh token. `revoked`: the provider revoked it. `refused`: the provider refused to. `unreachable`: it did
   * not answer within 2 seconds. `no_endpoint`: its revocation endpoint is not known. `no_token`: there was none.
   */
  readonly revocation: 'revoked' | 'refused' | 'unreachable' | 'no_endpoint' | 'no_token';
  /** With `refused`: the provider's `error`, RFC 7009 §2.2.1, or the status of its answer. */
  readonly refusedBy?: string;
  /**
   * The provider's own session. `requested`: the page is leaving to end it, or `openUrl` has the address; when the browser has come back, the event
   * `provider_signed_out` says that it ended. `not_asked`: `localOnly` was set. `no_endpoint`: the end-session endpoint
   * is not known. `unreachable`: the provider's metadata could not be read.
   */
  readonly provider: 'requested' | 'not_asked' | 'no_endpoint' | 'unreachable';
}

/** Why nobody is signed in. */
export type SignedOutReason =
  /** no user has signed in yet */
  | 'never'
  /** `logout()` was called, here or in another tab */
  | 'logout'
  /** the token ran out and there is no refresh token */
  | 'login_required'
  /** the platform refused the refresh token */
  | 'session_expired'
  /** the answer that carried the newest refresh token never arrived, so the one held is spent */
  | 'session_lost'
  /** a refresh was answered with an ID token of another session or user; see the error `session_mismatch` */
  | 'session_mismatch';

/** The last refresh failed. The token is valid until `expiresAt` all the same. */
export interface Failing {
  readonly code: ErrorCode;
  /**
   * Before this, in milliseconds since 1970, a call that needs a new token is refused without asking the platform. The SDK
   * tries by itself then, or at `refreshAt` where that is later: a call may have forced the refresh that failed.
   */
  readonly retryAt: number;
}

/** The members of a signed-in state, so that `user` and the others can be read before `status` is compared. */
interface NoUser {
  readonly user?: undefined;
  readonly scope?: undefined;
  readonly expiresAt?: undefined;
  readonly refreshAt?: undefined;
  readonly failing?: undefined;
}

/** Nothing is known yet: the SDK is loading, or answering a callback. */
export interface Loading extends NoUser {
  readonly status: 'loading';
  readonly reason?: undefined;
}

/** A user is signed in. Times are milliseconds since 1970. */
export interface Authenticated {
  readonly status: 'authenticated';
  readonly user: User;
  /** What was granted, which may be less than the options' `scope`: the platform decides, and a stored session keeps it. */
  readonly scope: string;
  readonly expiresAt: number;
  /** When the token is refreshed next; absent when there is no refresh token. */
  readonly refreshAt?: number;
  readonly failing?: Failing;
  readonly reason?: undefined;
}

/** Nobody is signed in, and why. */
export interface Unauthenticated extends NoUser {
  readonly status: 'unauthenticated';
  readonly reason: SignedOutReason;
}

/** The SDK cannot work: its options are wrong, or its wasm cannot be loaded. */
export interface Unusable extends NoUser {
  readonly status: 'error';
  readonly error: IntelliAuthError;
  readonly reason?: undefined;
}

/** The session as it is now; the same object until something changes. */
export type AuthState = Loading | Authenticated | Unauthenticated | Unusable;

/**
 * What happened, for an app's log or messages. `at`: milliseconds since 1970. `elsewhere`: another tab did it. Never
 * holds a code, verifier, state, nonce or token.
 */
export type AuthEvent = { readonly at: number; readonly elsewhere: boolean } & (
  | { readonly type: 'sign_in_started'; readonly authorizeUrl: string }
  | { readonly type: 'callback_received' }
  | { readonly type: 'code_exchanged' }
  | { readonly type: 'id_token_checked' }
  | { readonly type: 'signed_in' }
  | { readonly type: 'session_restored' }
  | { readonly type: 'token_refreshed' }
  | { readonly type: 'refresh_failing'; readonly code: ErrorCode; readonly retryAt: number }
  | { readonly type: 'storage_failed' }
  | ({ readonly type: 'sign_out_completed' } & SignOutResult)
  | { readonly type: 'provider_signed_out' }
  /** `check` is the check of the ID token that failed, where `reason` is `'session_mismatch'`. */
  | { readonly type: 'signed_out'; readonly reason: SignedOutReason; readonly check?: string }
);

/** Called with the state as it is now, and with the event that it is about; `undefined` where only the state changed. */
export type Listener = (state: AuthState, event: AuthEvent | undefined) => void;

/** The client. One per page and options; every method may be called at any time and any number of times. */
export interface IntelliAuth {
  /**
   * Goes to the platform's sign-in page. Settles only if it fails, if `openUrl` was given,
   * or if the page comes back from the back/forward cache. A second call while one is under way joins it.
   * @throws IntelliAuthError `invalid_config`; `storage_unavailable`; `sign_in_loop`; with discovery `metadata_invalid`,
   * `network_error`, `timeout`, `platform_unavailable`, `rate_limited`
   * @example
   * await auth.loginWithRedirect({ appState: { returnTo: '/reports' } });
   */
  loginWithRedirect(options?: LoginOptions | HandledEvent): Promise<void>;
  /**
   * Finishes the sign-in that `url` answers, by default the page's address, from which the response is taken out at
   * once. The same result for every call with the same URL. It navigates nowhere.
   * @throws IntelliAuthError with `appState` and `returnTo`, as {@link CallbackResult} has them.
   * The platform refused: `access_denied`, `login_required`, `consent_required`, `interaction_required`,
   * `account_selection_required`, `authorization_refused`, `code_refused`, `client_refused`, `token_request_refused`.
   * The address is no answer to a sign-in of this tab: `state_unknown`, `callback_replayed`, `callback_invalid`,
   * `transaction_expired`, `issuer_mismatch`.
   * What came is refused: `token_response_invalid`, `id_token_invalid`, `id_token_signature_invalid`,
   * `algorithm_unsupported`, `clock_skew`; with discovery or `endpoints.jwks` also `metadata_invalid`.
   * No usable answer: `network_error`, `timeout`, `platform_unavailable`, `rate_limited`; once the code was sent, the details
   * have `callback: 'spent'` and `transient` is false.
   * `signed_out` if the user signed out meanwhile.
   * @example
   * const { user, appState, returnTo } = await auth.handleCallback();
   */
  handleCallback(url?: string | URL, options?: { signal?: AbortSignal | undefined }): Promise<CallbackResult>;
  /**
   * Whether `url`, by default the page's address, is the redirect URI with a response of the platform: `state` together
   * with `code` or `error`, in query or fragment, or any one of the three while a sign-in of this tab is pending. Also
   * true at the bare redirect URI while the SDK keeps a response there, for a minute at most, because the platform
   * cannot be reached: after a reload `handleCallback` goes on with that response.
   */
  isCallback(url?: string | URL): boolean;
  /**
   * A valid access token: the cached one, or one refreshed once for all callers.
   * @throws IntelliAuthError. Nobody is signed in: `login_required`, `session_expired`, `session_lost`, `session_mismatch`;
   * `signed_out` if the user signed out meanwhile. No token can be had now, and the session stays: `network_error`, `timeout`,
   * `platform_unavailable`, `rate_limited`, `client_refused`, `token_request_refused`, `token_response_invalid`,
   * `metadata_invalid`. With `forceRefresh`: `refresh_token_missing`
   * @example
   * const token = await auth.getAccessToken({ minValidity: 30 });
   */
  getAccessToken(options?: AccessTokenOptions): Promise<string>;
  /**
   * `fetch` with the access token, for {@link IntelliAuthOptions.allowedOrigins} only; requests to other origins are
   * sent unchanged. After a 401 the token is refreshed and the request sent once more, if its body can be sent again;
   * not if a 401 was already the reason for this token, nor if the 401's `WWW-Authenticate` (readable only if the API
   * exposes it by CORS) names `insufficient_scope` or `insufficient_user_authentication`.
   * @throws IntelliAuthError as {@link IntelliAuth.getAccessToken}, before anything is sent; otherwise what the page's `fetch` throws
   * @example
   * const reports = await auth.fetch('https://api.example.com/reports');
   */
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
  /** The user, while one is signed in. */
  getUser(): User | undefined;
  /**
   * Everything that the newest ID token says; undefined where nobody is signed in, and, as {@link IntelliAuth.getIdToken},
   * in a function that the SDK itself is calling, such as a `fetch` of the app's own.
   */
  getIdTokenClaims(): IdTokenClaims | undefined;
  /**
   * The newest ID token, as the platform signed it; undefined where nobody is signed in. It tells this app who signed in.
   * Do not send it to an API, which needs the access token, from {@link IntelliAuth.getAccessToken} or {@link IntelliAuth.fetch}.
   */
  getIdToken(): string | undefined;
  /** Whether a user is signed in now. */
  isAuthenticated(): boolean;
  /**
   * Signs out here and in every tab that shares this session (see {@link TokenStorage}), then at the platform where its
   * endpoints are known. If the platform cannot be told, the result says so, and the promise does not reject.
   * @throws IntelliAuthError `invalid_config`, before anything has ended
   * @example
   * await auth.logout({ returnTo: `${location.origin}/` });
   */
  logout(options?: LogoutOptions | HandledEvent): Promise<SignOutResult>;
  /** The state now: the same object until something changes. */
  getState(): AuthState;
  /**
   * Calls `listener` after every change and event. The first listener also gets the events of the start, such as
   * `session_restored`.
   * @returns a function that ends the subscription
   */
  subscribe(listener: Listener): () => void;
  /**
   * The support bundle: what happened on this page and, before redirects, on this tab's pages of the last hour, as JSON text.
   * No secret is in it: a code, verifier, state, nonce or token is a placeholder, the same for the same value; and so are
   * claims, login hints, `appState`, query values and the addresses of APIs.
   *
   * With the option `trace` everything is recorded. Without it nothing is recorded yet: the call switches recording on
   * for this tab, from its next page on, for an hour.
   * @example
   * await navigator.clipboard.writeText(await auth.trace());
   */
  trace(): Promise<string>;
  /** Stops timers and listeners; nobody is signed out. */
  dispose(): void;
}

/** The methods that frameworks hand out: those that return a promise wait for the SDK by themselves when it is not loaded yet. */
export type Methods = Pick<
  IntelliAuth,
  | 'loginWithRedirect'
  | 'handleCallback'
  | 'logout'
  | 'getAccessToken'
  | 'getIdTokenClaims'
  | 'getIdToken'
  | 'getState'
  | 'fetch'
  | 'subscribe'
  | 'trace'
>;

/** What frameworks hand out: the state, the last sign-in's error, and the methods. */
export type Auth = AuthState & { readonly error?: IntelliAuthError } & Methods;

/** What frameworks' providers take beside the client's options. */
export interface ProviderCallbacks {
  /**
   * Goes to a page of the app with its router, replacing the present one: `(url) => navigate(url, { replace: true })`.
   * By default only the address changes.
   */
  navigate?: ((url: string) => unknown) | undefined;
  /** Called after a sign-in; its promise is awaited. By default {@link navigate} is called with `returnTo`. */
  onSignedIn?: ((result: CallbackResult) => unknown) | undefined;
  /**
   * Called after a callback that was refused; its promise is awaited. By default as {@link onSignedIn}. The error is
   * shown afterwards.
   */
  onSignInError?: ((error: IntelliAuthError) => unknown) | undefined;
  /**
   * `false` where another library shares the redirect URI's path: the app then calls `handleCallback` itself.
   * @defaultValue `true`
   */
  handleCallbackAutomatically?: boolean | undefined;
}

/**
 * Either the client's options, from which one client is made, or `client`: a client that the app made and disposes
 * of, or its promise.
 */
export type ProviderOptions = ProviderCallbacks &
  (
    | (IntelliAuthOptions & { client?: undefined })
    | ({ [option in keyof IntelliAuthOptions]?: undefined } & { client: IntelliAuth | Promise<IntelliAuth> })
  );

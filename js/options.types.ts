/** The options of the client and of its methods. */

/**
 * Where the session is kept, and so which tabs share it: its one refresh and its sign-out.
 * `'session'`: sessionStorage. It survives a reload. Each tab that signs in has a session of its own; only a duplicated tab
 * shares one. `'local'`: localStorage, one session for all tabs of the origin, also after a restart of the browser.
 * `'memory'`: no storage; a reload ends it, and no other tab shares it.
 * `SECURITY.md` says what each one gives to an attacker with script on the page.
 */
export type TokenStorage = 'session' | 'memory' | 'local';

/** The platform's endpoints; any of them overrides the contract's and the metadata's. */
export interface Endpoints {
  authorization?: string | undefined;
  token?: string | undefined;
  /** RP-Initiated Logout 1.0 §2. Without it `logout()` is local. */
  endSession?: string | undefined;
  /** RFC 7009 §2. */
  revocation?: string | undefined;
  /** Public keys that sign ID tokens, RFC 7517. With it, or with `discovery`, every ID token's signature is verified. */
  jwks?: string | undefined;
}

/**
 * The options of {@link createIntelliAuth}. Only own members are read, `undefined` counts as absent, and a name that is
 * not listed here is refused as `invalid_config`. The same is true for the options of every method.
 */
export interface IntelliAuthOptions {
  /** `https://<your-tenant>`; plain http is accepted on loopback only. */
  tenantUrl: string;
  /** The application's client id, from its settings. */
  clientId: string;
  /**
   * Where the platform sends the browser back: an absolute URL without a fragment, or a path of the page's origin such as
   * `/callback`. Registered with the platform character for character; in development the console says what to register.
   * @defaultValue `location.origin + '/'`
   */
  redirectUri?: string | undefined;
  /**
   * Space-separated scopes; must contain `openid`. Many platforms give a refresh token only for `offline_access`, some of
   * them only with `prompt: 'consent'` as well; without one the session ends with its access token. A session that is
   * stored keeps what it was granted, {@link Authenticated.scope}, until the user signs in again.
   * @defaultValue `'openid profile email'`
   */
  scope?: string | undefined;
  /** @defaultValue `'session'` */
  tokenStorage?: TokenStorage | undefined;
  /**
   * Read `/.well-known/openid-configuration`: adds verified signatures of ID tokens, sign-out at the platform and
   * revocation. @defaultValue `false`
   */
  discovery?: boolean | undefined;
  /** The issuer that ID tokens and `iss` must name exactly. @defaultValue `tenantUrl` as written */
  issuer?: string | undefined;
  endpoints?: Endpoints | undefined;
  /** How far this device's clock may be off, in seconds, 10 to 600. @defaultValue `300` */
  clockSkewSeconds?: number | undefined;
  /** How long one request to the platform may take, in seconds, 1 to 120. @defaultValue `10` */
  requestTimeoutSeconds?: number | undefined;
  /** Origins that {@link IntelliAuth.fetch} may send the access token to, such as `https://api.example.com`. */
  allowedOrigins?: readonly string[] | undefined;
  /**
   * Audiences that you trust ID tokens to name besides `clientId`; such a token's `azp` must be `clientId`.
   * OpenID Connect Core §3.1.3.7. @defaultValue `[]`
   */
  additionalAudiences?: readonly string[] | undefined;
  /**
   * Record what happens, for {@link IntelliAuth.trace}; the recorder is loaded for it. `false` records nothing, even in
   * a tab where `trace()` was called.
   * @defaultValue `false`
   */
  trace?: boolean | undefined;
  /** The wasm to use instead of the inlined one: a URL (streamed), bytes, or a compiled module. */
  wasm?: string | URL | BufferSource | WebAssembly.Module | undefined;
}

/** Anything `JSON.stringify` keeps. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** What an app gets back after the sign-in. */
export type AppState = { readonly returnTo?: string; readonly [key: string]: Json | undefined };

/** Options of one sign-in. OpenID Connect Core §3.1.2.1. */
export interface LoginOptions {
  /**
   * What the app wants back after the sign-in: an object, at most 100,000 characters as JSON. `returnTo` is followed only
   * within this origin.
   */
  appState?: (object & { readonly returnTo?: string | undefined }) | undefined;
  /** Space-separated; replaces the client's scope for this sign-in. */
  scope?: string | undefined;
  /** `none`, `login`, `consent`, `select_account`; `none` only alone. */
  prompt?: string | undefined;
  /** Whom the platform should expect: a mail address or user name. */
  loginHint?: string | undefined;
  /** Space-separated language tags, RFC 5646, the preferred one first. */
  uiLocales?: string | undefined;
  /**
   * Space-separated authentication context classes, the preferred one first: `'mfa'`, say. The platform may ignore them
   * (Core §3.1.2.1), and the SDK does not check what it answers: compare `getIdTokenClaims()?.acr`, and have the API check
   * its access token.
   */
  acrValues?: string | undefined;
  /** Longest time since the user last authenticated, in seconds. The sign-in's ID token is refused if `auth_time` is older. */
  maxAge?: number | undefined;
  /** More parameters for the platform; the protocol's own cannot be overridden. */
  extraParams?: Readonly<Record<string, string | undefined>> | undefined;
  /** Called with the URL instead of navigating. The promise of `loginWithRedirect` settles when it has returned. */
  openUrl?: ((url: string) => void | Promise<void>) | undefined;
  /** Ends this call's waiting, with the signal's reason; a sign-in that has begun goes on. */
  signal?: AbortSignal | undefined;
}

export interface AccessTokenOptions {
  /** Ask the platform for a new token even if the present one is valid; `refresh_token_missing` where it gave no refresh token. */
  forceRefresh?: boolean | undefined;
  /** The token must be valid for at least this much longer, in seconds; at most half its lifetime counts. @defaultValue `0` */
  minValidity?: number | undefined;
  /** Ends this call's waiting, with the signal's reason; the refresh goes on for the others. */
  signal?: AbortSignal | undefined;
}

export interface LogoutOptions {
  /**
   * Where the platform sends the browser afterwards, registered with it: an absolute URL, or a path of the page's origin such
   * as `/`. Where its end-session endpoint is not known, a page of this origin.
   */
  returnTo?: string | undefined;
  /** Leave the platform's own session alone. */
  localOnly?: boolean | undefined;
  /**
   * More parameters for the platform's sign-out page, such as `logout_hint` and `ui_locales`, RP-Initiated Logout 1.0 §2; the
   * SDK's own, `client_id`, `id_token_hint`, `post_logout_redirect_uri` and `state`, cannot be overridden.
   */
  extraParams?: Readonly<Record<string, string | undefined>> | undefined;
  /**
   * Receive the address of the platform's sign-out page instead of navigating there: for native shells. It holds the ID
   * token. Not called where there is no such page; the promise settles when it returns.
   */
  openUrl?: ((url: string) => void | Promise<void>) | undefined;
  /** Ends this call's waiting, with the signal's reason; a sign-out that has begun goes on. */
  signal?: AbortSignal | undefined;
}

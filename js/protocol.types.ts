import type { IntelliAuthError } from './errors.js';
import type { Endpoints, IdTokenClaims, LoginOptions } from './types.js';

/** The client that signs in, and what is known of its provider from the start. */
export interface CodeFlowOptions {
  /** `https://<your-tenant>`; plain http is accepted on loopback only. */
  tenantUrl: string;
  /** The application's client id. */
  clientId: string;
  /** The absolute URL that the provider sends the browser back to, as it is registered, character for character. */
  redirectUri: string;
  /** Space-separated scopes; must contain `openid`. @defaultValue `'openid profile email'` */
  scope?: string | undefined;
  /** The issuer that ID tokens and `iss` must name exactly. @defaultValue `tenantUrl` as written */
  issuer?: string | undefined;
  /** Any of them overrides the contract's and the metadata's. */
  endpoints?: Endpoints | undefined;
  /** How far this machine's clock may be off, in seconds, 10 to 600. @defaultValue `300` */
  clockSkewSeconds?: number | undefined;
  /** Audiences that ID tokens may name besides `clientId`; OpenID Connect Core §3.1.3.7. @defaultValue `[]` */
  additionalAudiences?: readonly string[] | undefined;
  /** The present time in milliseconds since 1970. @defaultValue `Date.now` */
  now?: (() => number) | undefined;
}

/** What one authorization request may ask for, OpenID Connect Core §3.1.2.1. */
export interface AuthorizationRequestOptions
  extends Pick<
    LoginOptions,
    'scope' | 'prompt' | 'loginHint' | 'uiLocales' | 'acrValues' | 'maxAge' | 'extraParams'
  > {
  /** RFC 6749 §10.12. @defaultValue 32 random octets as base64url */
  state?: string | undefined;
  /** OpenID Connect Core §3.1.2.1. @defaultValue 32 random octets as base64url */
  nonce?: string | undefined;
  /** RFC 7636 §4.1: 43 to 128 characters. @defaultValue 32 random octets as base64url */
  codeVerifier?: string | undefined;
}

/**
 * What must be kept between the authorization request and its response, bound to the browser that was sent away, and used
 * once. It holds secrets. Plain values: `JSON.stringify` keeps all of it.
 */
export interface AuthorizationTransaction {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly redirectUri: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
  /** In seconds, where it was asked for. */
  readonly maxAge?: number;
  /** In milliseconds since 1970. A response is accepted for an hour. */
  readonly startedAt: number;
}

/** A request to send: `fetch(request.url, request)`, with `credentials: 'omit'` and `redirect: 'error'` in a browser. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A form; it holds secrets. */
  readonly body?: string;
}

/** An answer, read whole. */
export interface HttpResponse {
  readonly status: number;
  readonly body: string;
}

/** What a token response gave, RFC 6749 §5.1. */
export interface TokenSet {
  readonly accessToken: string;
  readonly tokenType: 'Bearer';
  /** In seconds from when the answer came. */
  readonly expiresIn: number;
  /** What was granted; absent from a refresh's answer where that does not say. */
  readonly scope?: string;
  /** Absent from a refresh's answer: the one before stays good. */
  readonly refreshToken?: string;
  /** Checked but for its signature. Always there after a sign-in. */
  readonly idToken?: string;
  /** The ID token's claims. */
  readonly claims?: IdTokenClaims;
}

/** What the provider says of itself, OpenID Connect Discovery §3. Plain values, but for the warnings. */
export interface ProviderMetadata {
  readonly endpoints: Readonly<Endpoints>;
  /** RFC 9207 §3: then a response without `iss` is refused. */
  readonly authorizationResponseIssParameterSupported: boolean;
  readonly idTokenSigningAlgValuesSupported?: readonly string[];
  /** What is wrong with endpoints that a sign-in can do without: they are left out. */
  readonly warnings?: readonly IntelliAuthError<'metadata_invalid'>[];
}

/** RFC 7517 §5. */
export interface JsonWebKeySet {
  readonly keys: readonly JsonWebKey[];
}

/** RP-Initiated Logout 1.0 §2. */
export interface EndSessionOptions {
  /** An ID token of the session, so that the provider need not ask. */
  idTokenHint?: string | undefined;
  /** Registered with the provider character for character. */
  postLogoutRedirectUri?: string | undefined;
  /** Comes back with the user. */
  state?: string | undefined;
}

/** A platform for tests, without a network. */
import { Platform } from './server.js';

/** A user of the fake platform: `sub`, and claims for ID token and userinfo. */
export interface FakeUser {
  readonly sub: string;
  readonly [claim: string]: unknown;
}

/** What the platform reads of a request: a `Request` is one. */
export interface PlatformRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

/** What ID tokens are signed by. RFC 7518 §3.1. */
export type Algorithm = 'ES256' | 'RS256';

/** The endpoints, by the names that faults and {@link PlatformLogEntry} have for them. */
export type PlatformEndpoint =
  | 'authorize'
  | 'token'
  | 'userinfo'
  | 'revoke'
  | 'logout'
  | 'jwks'
  | 'discovery';

/** What {@link createFakePlatform} takes. */
export interface FakePlatformOptions {
  /** Registered character for character; the first one is in {@link FakePlatform.clientOptions}. */
  redirectUris: readonly [string, ...string[]];
  /** @defaultValue `'https://platform.example'` */
  tenantUrl?: string | undefined;
  /** @defaultValue `'test-app'` */
  clientId?: string | undefined;
  /** Where a sign-out may return to. @defaultValue the root of each redirect URI's origin */
  postLogoutRedirectUris?: readonly string[] | undefined;
  /** Origins that may read answers (CORS). @defaultValue the redirect URIs' */
  allowedOrigins?: readonly string[] | undefined;
  /** The first one signs in. @defaultValue Ada Lovelace, `usr_ada` */
  users?: readonly [FakeUser, ...FakeUser[]] | undefined;
  /** Show a page with a button for each user, instead of signing in at once. @defaultValue `false` */
  signInPage?: boolean | undefined;
  /** @defaultValue `300` */
  accessTokenSeconds?: number | undefined;
  /** How long a sign-in can be refreshed. @defaultValue 14 days */
  refreshTokenSeconds?: number | undefined;
  /** Of the ID tokens' signatures. @defaultValue `'ES256'` */
  algorithm?: Algorithm | undefined;
  /** The wall clock, in milliseconds since 1970. @defaultValue `Date.now` */
  now?: (() => number) | undefined;
}

/**
 * What goes wrong at an endpoint: the connection breaks before the platform acts (`'network'`) or after it has (`'lost'`),
 * no answer ever comes (`'hang'`), or another answer does.
 */
export type PlatformFault =
  | 'network'
  | 'lost'
  | 'hang'
  | { status: number; body?: unknown; headers?: Record<string, string> };

/** One request to an endpoint. Holds codes and tokens: it is for assertions, not for printing. */
export interface PlatformLogEntry {
  readonly endpoint: PlatformEndpoint;
  readonly method: string;
  /** Of the query, or of the form that was posted. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Milliseconds since 1970, by the platform's clock. */
  readonly at: number;
  /** Absent while unanswered, and where the connection broke. */
  status?: number;
}

/** A platform for tests: {@link createFakePlatform}. */
export interface FakePlatform {
  readonly tenantUrl: string;
  readonly clientId: string;
  /** What to give `createIntelliAuth` or `IntelliAuthProvider`. */
  readonly clientOptions: { tenantUrl: string; clientId: string; redirectUri: string };
  /** Who can sign in. */
  readonly users: readonly FakeUser[];
  /** Who signs in when the app asks for it; `undefined` cancels (`access_denied`). */
  user: FakeUser | undefined;
  /** Who is signed in at the platform itself, since when in seconds since 1970: `prompt: 'none'` needs a user. */
  session: PlatformSession | undefined;
  /** Every request so far. */
  readonly requests: readonly PlatformLogEntry[];
  /** Changes the claims of every ID token before it is signed. */
  alterIdToken: ((claims: Record<string, unknown>) => Record<string, unknown>) | undefined;
  /**
   * Answers a request to the platform: a `Request`, or what has as much of one. Rejects with a `TypeError`, as `fetch`
   * does, where a fault breaks the connection.
   */
  handle(request: PlatformRequest): Promise<Response>;
  /**
   * Where the platform sends the browser that opens `url`: the callback's address for an authorize URL. For tests without
   * a browser, with `openUrl`.
   * @example
   * let callback;
   * await auth.loginWithRedirect({ openUrl: async (url) => { callback = await platform.visit(url); } });
   * await auth.handleCallback(callback);
   */
  visit(url: string | URL): Promise<string>;
  /** The platform's time, in milliseconds since 1970. */
  now(): number;
  /** Moves the platform's clock: tokens expire, and `iat` is as much later. */
  advance(seconds: number): void;
  /** Has the next request to `endpoint` go wrong, or with `times` as many; faults queue up. */
  fail(endpoint: PlatformEndpoint, fault: PlatformFault, times?: number): void;
  /** Forgets the faults that have not come yet. */
  recover(): void;
  /** Revokes everything that was issued: the next refresh is refused, and the app's session has expired. */
  revokeAll(): void;
  /** Signs with another key from now on; the JWKS has that one alone. */
  rotateKeys(): void;
  /** Whom a valid access token stands for, for an API of the test's; `undefined` for any other. */
  verify(accessToken: string): { user: FakeUser; scope: string } | undefined;
}

/** A user's session at the platform itself. */
export interface PlatformSession {
  readonly user: FakeUser;
  /** Seconds since 1970. */
  readonly authTime: number;
}

/**
 * A platform that keeps all rules, for tests: PKCE, redirect URIs compared character for character, codes that are
 * exchanged once, rotated refresh tokens with detection of reuse, real signatures, CORS. Its clock moves and its endpoints
 * fail as a test wishes. `handle` takes any `Request`; for Playwright, Cypress, MSW and Node there are adapters.
 * @example
 * const platform = createFakePlatform({ redirectUris: ['http://localhost:5173/callback'] });
 * await routePlatform(page, platform); // Playwright
 * platform.fail('token', { status: 503 });
 */
export const createFakePlatform = (options: FakePlatformOptions): FakePlatform => new Platform(options);

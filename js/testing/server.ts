/** The fake platform itself: its settings, clock, faults and log, and the way to its endpoints. */
import { authorize } from './authorize.js';
import { discovery, endSession, jwks, revoke, userinfo } from './endpoints.js';
import { Grants } from './grants.js';
import { OAuthError, oauthError } from './http.js';
import type {
  FakePlatform,
  FakePlatformOptions,
  FakeUser,
  PlatformEndpoint,
  PlatformFault,
  PlatformLogEntry,
  PlatformRequest,
  PlatformSession,
} from './platform.js';
import { SigningKey } from './signing.js';
import { token } from './token.js';

const ADA: FakeUser = {
  sub: 'usr_ada',
  name: 'Ada Lovelace',
  given_name: 'Ada',
  family_name: 'Lovelace',
  preferred_username: 'ada',
  email: 'ada@example.com',
  email_verified: true,
};

type Handler = (platform: Platform, request: PlatformRequest, url: URL) => Promise<Response>;
const ROUTES: Record<string, [PlatformEndpoint, Handler]> = {
  '/oauth2/authorize': ['authorize', authorize],
  '/oauth2/token': ['token', token],
  '/oauth2/userinfo': ['userinfo', userinfo],
  '/oauth2/revoke': ['revoke', revoke],
  '/oauth2/logout': ['logout', endSession],
  '/oauth2/jwks': ['jwks', jwks],
  '/.well-known/openid-configuration': ['discovery', discovery],
};
/** Pages, which a browser goes to: no other page reads them. */
const PAGES: readonly string[] = ['authorize', 'logout'];

/** With what its endpoints need besides. */
export class Platform implements FakePlatform {
  readonly tenantUrl: string;
  readonly clientId: string;
  readonly clientOptions: FakePlatform['clientOptions'];
  readonly users: readonly FakeUser[];
  user: FakeUser | undefined;
  session: PlatformSession | undefined;
  readonly requests: PlatformLogEntry[] = [];
  alterIdToken: FakePlatform['alterIdToken'];
  readonly settings: Required<Omit<FakePlatformOptions, 'now'>>;
  readonly grants = new Grants(() => this.now());
  key: SigningKey;
  readonly #clock: () => number;
  #ahead = 0;
  readonly #faults = new Map<PlatformEndpoint, PlatformFault[]>();

  constructor(options: FakePlatformOptions) {
    const { redirectUris, tenantUrl = 'https://platform.example', clientId = 'test-app' } = options;
    const given = Object.entries(options).filter(([, value]) => value !== undefined);
    const origins = [...new Set(redirectUris.map((uri) => new URL(uri).origin))];
    this.settings = {
      postLogoutRedirectUris: origins.map((origin) => `${origin}/`),
      allowedOrigins: origins,
      users: [ADA],
      signInPage: false,
      accessTokenSeconds: 300,
      refreshTokenSeconds: 14 * 24 * 60 * 60,
      algorithm: 'ES256',
      ...(Object.fromEntries(given) as typeof options),
      tenantUrl: tenantUrl.replace(/\/$/, ''),
      clientId,
    };
    this.tenantUrl = this.settings.tenantUrl;
    this.clientId = clientId;
    this.clientOptions = { tenantUrl: this.tenantUrl, clientId, redirectUri: redirectUris[0] };
    this.users = this.settings.users;
    this.user = this.users[0];
    this.#clock = options.now ?? Date.now;
    this.key = new SigningKey(this.settings.algorithm);
  }

  async handle(request: PlatformRequest): Promise<Response> {
    const url = new URL(request.url);
    const prefix = new URL(this.tenantUrl).pathname.replace(/\/$/, '');
    const [endpoint, handler] = ROUTES[url.pathname.slice(prefix.length)] ?? [];
    if (!endpoint || !handler) return new Response('There is nothing here.', { status: 404 });
    if (request.method === 'OPTIONS' && !PAGES.includes(endpoint)) return this.#cors(request, preflight());
    const text = request.method === 'POST' ? await request.text() : '';
    const asked = { ...given(request), text: async () => text };
    const parameters = Object.fromEntries(new URLSearchParams(text || url.search));
    const entry: PlatformLogEntry = { endpoint, method: request.method, parameters, at: this.now() };
    this.requests.push(entry);
    const fault = this.#faults.get(endpoint)?.shift();
    if (fault === 'hang') return new Promise(() => {});
    if (fault === 'network') throw new TypeError('the connection broke, as the test wished');
    let response: Response;
    try {
      response = typeof fault === 'object' ? answered(fault) : await handler(this, asked, url);
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      response = oauthError(error);
    }
    if (fault === 'lost') throw new TypeError('the answer was lost, as the test wished');
    entry.status = response.status;
    return PAGES.includes(endpoint) ? response : this.#cors(request, response);
  }

  async visit(url: string | URL): Promise<string> {
    const request = { url: String(url), method: 'GET', headers: new Headers(), text: async () => '' };
    const response = await this.handle(request);
    const location = response.headers.get('location');
    if (location === null) throw new Error(`The platform showed a page: ${await response.text()}`);
    return location;
  }

  now(): number {
    return this.#clock() + this.#ahead;
  }

  advance(seconds: number): void {
    this.#ahead += seconds * 1000;
  }

  fail(endpoint: PlatformEndpoint, fault: PlatformFault, times = 1): void {
    const queued = this.#faults.get(endpoint) ?? [];
    this.#faults.set(endpoint, queued);
    for (let count = 0; count < times; count++) queued.push(fault);
  }

  recover(): void {
    this.#faults.clear();
  }

  revokeAll(): void {
    this.grants.revokeAll();
  }

  rotateKeys(): void {
    this.key = new SigningKey(this.settings.algorithm);
  }

  verify(accessToken: string): { user: FakeUser; scope: string } | undefined {
    const grant = this.grants.withAccessToken(accessToken);
    return grant && { user: grant.user, scope: grant.scope };
  }

  #cors(request: PlatformRequest, response: Response): Response {
    const origin = request.headers.get('origin');
    response.headers.set('vary', 'origin');
    if (origin !== null && this.settings.allowedOrigins.includes(origin)) {
      response.headers.set('access-control-allow-origin', origin);
      response.headers.set('access-control-expose-headers', 'www-authenticate, retry-after');
    }
    return response;
  }
}

const given = ({ url, method, headers }: PlatformRequest) => ({ url, method, headers });

const preflight = (): Response =>
  new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'authorization, content-type',
    },
  });

function answered({ status, body, headers }: Exclude<PlatformFault, string>): Response {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const type = typeof body === 'string' ? 'text/plain' : 'application/json';
  return new Response(text ?? null, { status, headers: { 'content-type': type, ...headers } });
}

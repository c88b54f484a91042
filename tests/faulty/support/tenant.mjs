/**
 * One tenant of the faulty platform: it behaves as a good provider does until a fault replaces one of its parts.
 * It keeps every request, so that what left the browser can be counted.
 */
import { createHash, randomBytes } from 'node:crypto';
import { compact } from './keys.mjs';

/**
 * @typedef {{ req: import('node:http').IncomingMessage, res: import('node:http').ServerResponse,
 *   tenant: Tenant, form: URLSearchParams, good: () => Promise<object> }} Turn
 * @typedef {(turn: Turn) => unknown} Answer
 * @typedef {{ endpoint: string, method: string, url: string, headers: import('node:http').IncomingHttpHeaders,
 *   body: string, form: URLSearchParams }} Logged
 * @typedef {{ claims: (claims: Record<string, unknown>) => object, sign: (claims: object, tenant: Tenant) => string | Promise<string>,
 *   body: (members: Record<string, unknown>) => object }} TokenResponseSteps
 */

const secret = (kind) => `${kind}~${randomBytes(24).toString('base64url')}`;
export const CLIENT_ID = 'app';
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

export class Tenant {
  /** What each endpoint answers instead: `metadata`, `jwks`, `token`, `refresh`, `revocation`, `end_session`. @type {Record<string, Answer>} */
  answer = {};
  /** @type {Logged[]} */
  requests = [];
  /** What reached this tenant's attacker. @type {Logged[]} */
  stolen = [];
  /** The SDK's time limit passes: called once a request waits in vain. @type {() => unknown} */
  passTimeLimit = () => {};
  /** Where the SDK runs. @type {import('playwright-core').Page | undefined} */
  page;
  #onSteal = () => {};
  /** Every secret of this tenant by its kind, for those who look for them. @type {Map<string, string>} */
  secrets = new Map();
  /** Whether connections are used more than once. */
  keepsConnections = false;
  /** Whether the last token response had a refresh token. */
  refreshable = false;
  #codes = new Map();
  #refreshable = new Map();

  constructor({ id, origin, app, attacker, keys }) {
    this.id = id;
    this.app = app;
    this.origin = origin;
    this.redirectUri = `${app}/callback`;
    this.keys = keys;
    this.issuer = `${origin}/${id}`;
    this.attacker = attacker;
    /** @type {Record<string, unknown>} */
    this.metadata = {
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/oauth2/authorize`,
      token_endpoint: `${this.issuer}/oauth2/token`,
      jwks_uri: `${this.issuer}/jwks`,
      revocation_endpoint: `${this.issuer}/revoke`,
      end_session_endpoint: `${this.issuer}/end`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ALGORITHMS,
      code_challenge_methods_supported: ['S256'],
    };
    /** @type {{ keys: unknown }} */
    const { rsa, ps, ec, ed, rs384, rs512, ps384, ps512, es384, es512 } = keys;
    const published = [rsa, ps, ec, ed, rs384, rs512, ps384, ps512, es384, es512];
    this.jwks = { keys: published.map(({ jwk }) => jwk) };
    const plain = () => ({
      claims: (claims) => claims,
      sign: (claims) => compact({ alg: 'RS256', kid: keys.rsa.jwk.kid }, claims, keys.rsa),
      body: (members) => members,
    });
    /** How the sign-in's answer is made, and how a refresh's is. @type {TokenResponseSteps} */
    this.first = plain();
    /** @type {TokenResponseSteps} */
    this.next = plain();
  }

  keep(kind, value) {
    if (value) this.secrets.set(value, kind);
    return value;
  }

  /** What a user who signs in at `authorizeUrl` brings back. */
  authorize(authorizeUrl) {
    const asked = new URL(authorizeUrl).searchParams;
    const code = this.keep('code', secret('code'));
    this.#codes.set(code, asked);
    this.keep('state', asked.get('state'));
    this.keep('nonce', asked.get('nonce'));
    return new URLSearchParams({ code, state: asked.get('state') ?? '', iss: this.issuer });
  }

  /** The token endpoint's good answer; throws the OAuth error that a good provider gives. */
  async grant(form) {
    const refused = (error) => {
      throw Object.assign(new Error(error), { oauth: error });
    };
    if (form.get('client_id') !== CLIENT_ID) refused('invalid_client');
    if (form.get('grant_type') === 'refresh_token') {
      const past = this.#refreshable.get(form.get('refresh_token'));
      this.#refreshable.delete(form.get('refresh_token'));
      if (!past) refused('invalid_grant');
      return this.#tokens(this.next, past);
    }
    if (form.get('grant_type') !== 'authorization_code') refused('unsupported_grant_type');
    const asked = this.#codes.get(form.get('code'));
    this.#codes.delete(form.get('code'));
    const verifier = this.keep('verifier', form.get('code_verifier') ?? '');
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    if (!asked || asked.get('code_challenge') !== challenge || asked.get('code_challenge_method') !== 'S256')
      refused('invalid_grant');
    if (asked.get('redirect_uri') !== form.get('redirect_uri')) refused('invalid_grant');
    return this.#tokens(this.first, asked);
  }

  async #tokens(making, asked) {
    const now = Math.floor(Date.now() / 1000);
    const access = this.keep('access token', secret('at'));
    const refresh = this.keep('refresh token', secret('rt'));
    this.#refreshable.set(refresh, asked);
    const claims = making.claims({
      iss: this.issuer,
      sub: 'ada',
      aud: CLIENT_ID,
      exp: now + 3600,
      iat: now,
      nonce: asked.get('nonce'),
      at_hash: createHash('sha256').update(access).digest().subarray(0, 16).toString('base64url'),
      name: 'Ada Lovelace',
    });
    const idToken = this.keep('ID token', await making.sign(claims, this));
    const members = making.body({
      access_token: access,
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: refresh,
      id_token: idToken,
      scope: 'openid profile email',
    });
    this.refreshable = Boolean(members?.refresh_token);
    return members;
  }

  /** `form` with credentials that are good here, for a request that another tenant got. */
  renewed(form) {
    const fresh = new URLSearchParams(form);
    if (form.has('code')) {
      const [code, verifier] = [secret('code'), secret('verifier')];
      const challenge = createHash('sha256').update(verifier).digest('base64url');
      const asked = { code_challenge: challenge, code_challenge_method: 'S256' };
      this.#codes.set(
        code,
        new URLSearchParams({ ...asked, redirect_uri: form.get('redirect_uri') ?? '', nonce: '' }),
      );
      fresh.set('code', code);
      fresh.set('code_verifier', verifier);
    }
    if (form.has('refresh_token')) {
      const token = secret('rt');
      this.#refreshable.set(token, new URLSearchParams());
      fresh.set('refresh_token', token);
    }
    return fresh;
  }

  /** A request to the attacker. */
  steal(request) {
    this.stolen.push(request);
    this.#onSteal();
  }

  /** Once the attacker was reached so that `met()`. */
  async stolenUntil(met) {
    while (!met()) {
      await new Promise((resolve) => {
        this.#onSteal = () => resolve(undefined);
      });
    }
  }

  /** How often a code was sent to be exchanged. */
  get codes() {
    return this.requests.filter(({ form }) => form.get('grant_type') === 'authorization_code').length;
  }

  /** How often a refresh token was sent, a revocation's included. */
  get refreshes() {
    return this.requests.filter(({ form }) => form.has('refresh_token') || form.has('token')).length;
  }

  asked(endpoint) {
    return this.requests.filter((request) => request.endpoint === endpoint).length;
  }
}

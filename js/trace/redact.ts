/**
 * Redaction. A value is recorded only if it is known to be harmless: numbers, the protocol's own words, the options.
 * Secrets, claims and whatever an app or a user made up become placeholders, the same for the same value.
 */
import type { Run } from './record.js';
import { hash, tag } from './tags.js';

const words = (text: string) => new Set(text.split(/\s+/));

/** Members that are recorded unchanged: of stored records, messages, and requests' forms and queries. */
const FORM = words(
  `kind v sequence generation refresh_pending after_rejection issued_at expires_at at kept_at max_age issuer client_id iss
   reason check pause failures grant_type token_type_hint response_type response_mode code_challenge_method prompt
   ui_locales acr_values at1 at2 at3 result1 result2 result3`,
);
/** Of addresses of the app's own. */
const ADDRESS = words('iss');
/** Of answers. */
const ANSWER = words(
  `token_type expires_in issuer authorization_endpoint token_endpoint jwks_uri end_session_endpoint revocation_endpoint
   code_challenge_methods_supported id_token_signing_alg_values_supported
   authorization_response_iss_parameter_supported kty kid alg use crv n e x y`,
);

/** Secrets, and other values that must be told apart but not said, by the name of their placeholder. */
const NAMED: Record<string, string> = {
  state: 'state',
  nonce: 'nonce',
  code: 'code',
  verifier: 'verifier',
  code_verifier: 'verifier',
  code_challenge: 'challenge',
  access_token: 'access_token',
  refresh_token: 'refresh_token',
  token: 'refresh_token',
  sid: 'sid',
  mark1: 'mark',
  mark2: 'mark',
  mark3: 'mark',
  login_hint: 'login_hint',
};

const ADDRESSES = ['redirect_uri', 'post_logout_redirect_uri'];
const ID_TOKENS = ['id_token', 'sign_in_id_token', 'id_token_hint'];
const TIMES = ['exp', 'iat', 'nbf', 'auth_time'];
const AUDIENCES = ['aud', 'azp'];

/** Shorter values identify nobody, and would be found everywhere. */
const SHORTEST = 6;

/** How many values are remembered, and described: a tab may be open for weeks. What goes is what was not met for longest. */
const MOST = 2000;

/** Mail addresses, also where they are encoded. */
const MAIL = /[^\s@⟨⟩<>"'/]+(?:@|%40)[^\s@⟨⟩<>"'/]+/gi;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const SHAPED = words('code access_token refresh_token id_token sub');
/** What the core judges a value by, whatever it is: its letters and its length. */
const shape = (kind: string, value: string) => {
  if (/[^\0-\x7f]/.test(value)) return 'odd ';
  if (/[^\x20-\x7e]/.test(value)) return 'broken ';
  return value.includes(' ') ? 'spaced ' : kind === 'sub' && value.length > 255 ? 'long ' : '';
};

/** What is no UTF-8. */
export const OCTETS = '⟨octets⟩';

/** The core refuses deeper ones unread: `core/base/json.rs`. */
const MAX_DEPTH = 32;
const isDeep = (text: string) => {
  let depth = 0;
  for (const letter of text.replace(/"(\\.|[^"\\])*"/g, '')) {
    if (letter === '{' || letter === '[') depth++;
    else if (letter === '}' || letter === ']') depth--;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
};

/** Both halves of a character, as JSON may escape it. */
const PAIR = /\\u[dD][89abAB]\w\w\\u[dD][c-fC-F]\w\w/g;

const literal = (text: string) => text.replace(/[^\w ]/g, '\\$&');

/** What kind of value it is, where it is no text. */
const typed = (value: unknown): string | null => {
  if (value === null) return null;
  if (Array.isArray(value)) return '⟨list⟩';
  // A number that is too large to be one counts as something else.
  return `⟨${Math.abs(value as number) === Infinity ? 'object' : typeof value}⟩`;
};

/** The texts of a list are recorded if the list's name is one of those above. */
const listed = (value: unknown) =>
  Array.isArray(value) ? value.map((item) => (typeof item === 'string' ? item : typed(item))) : value;

const parsed = (text: string): unknown => {
  try {
    // Half a character is refused, too.
    return isDeep(text) || /[\ud800-\udfff]/u.test(text) || /\\u[dD][89a-fA-F]/.test(text.replace(PAIR, ''))
      ? undefined
      : JSON.parse(text);
  } catch {
    return undefined;
  }
};

export class Redactor {
  readonly #key: string;
  readonly #options: Record<string, unknown>;
  readonly #values: Run['values'];
  /** Placeholders by what they stand for. */
  readonly known = new Map<string, string>();

  /** `key` is random, and never leaves the browser. */
  constructor(key: string, options: Record<string, unknown>, values: Run['values']) {
    this.#key = key;
    this.#options = options;
    this.#values = values;
  }

  /** The placeholder for `value`. */
  hide(kind: string, value: string): string {
    const before = this.known.get(value);
    if (value === '') return value;
    const shaped = SHAPED.has(kind) ? shape(kind, value) : '';
    const name = before?.slice(1, -1) ?? `${shaped}${kind} ${tag(this.#key, value)}`;
    this.known.delete(value);
    this.known.set(value, `⟨${name}⟩`);
    if (before !== undefined) return before;
    if (this.known.size > MOST) this.known.delete(this.known.keys().next().value as string);
    // What the core derives from this value is described as derived.
    if (kind === 'state') {
      this.#derived('mark', hash(value, 12), name);
      this.#derived('sid', hash(`sid ${value}`, 12), name);
    } else if (kind === 'verifier') {
      this.#derived('challenge', hash(value, 32), name);
    } else if (kind === 'sid') {
      this.#derived('out', value.slice(4), name);
    }
    return `⟨${name}⟩`;
  }

  #derived(kind: string, value: string, of: string): void {
    const name = /⟨(.*)⟩/.exec(this.hide(kind, value))?.[1];
    if (name) this.#describe(name, { of });
  }

  /** Remembers the description of a value, as the newest. */
  #describe(name: string, said: unknown): void {
    const values = this.#values;
    delete values[name];
    values[name] = said;
    const names = Object.keys(values);
    if (names.length > MOST) delete values[names[0] as string];
  }

  /** The text without known values and without mail addresses. */
  free(text: string): string {
    // Cut between words: a part of a secret would not be recognised.
    let said = text.length > 2000 ? text.slice(0, 2000).replace(/\S*$/, '') : text;
    for (const [value, placeholder] of this.known) {
      if (value.length < SHORTEST) {
        if (placeholder.includes('audience '))
          said = said.replaceAll(new RegExp(`(?<=^| )${literal(value)}(?=$| )`, 'g'), placeholder);
        continue;
      }
      for (const spelt of [value, encoded(value)]) said = said.replaceAll(spelt, placeholder);
    }
    said = said.replace(MAIL, '⟨mail⟩');
    return said.replace(/\bhttps?:\/\/[^\s"'<>]+/g, (url) => this.url(url)).slice(0, 300);
  }

  /** One member, by its name. */
  #member(name: string, value: string, plain: Set<string>): string {
    if (plain.has(name)) return value;
    if (name === 'scope' && plain !== ADDRESS) return this.scope(value);
    if (name === 'error') return /^[\w.-]{1,60}$/.test(value) ? value : this.free(value);
    if (name === 'error_description') return this.free(value);
    if (name === 'error_uri') return this.url(value);
    if (ADDRESSES.includes(name)) return this.address(value);
    if (ID_TOKENS.includes(name)) return this.idToken(value);
    if (name === 'app_state') return this.appState(value);
    if (name === 'page') return this.path(value);
    return this.hide(Object.hasOwn(NAMED, name) ? (NAMED[name] as string) : 'value', value);
  }

  /** A form, a query, a stored record or a message. */
  form(text: string, plain = FORM): string {
    const failing = plain === FORM && /(^|&)kind=failing(&|$)/.test(text);
    const pair = (part: string) => {
      const [name, ...rest] = part.split('=');
      if (rest.length === 0) return this.hide('value', decode(part));
      const shown = this.#parameter(decode(name as string));
      const value = decode(rest.join('='));
      const said = name === 'code' && failing ? value : this.#member(decode(name as string), value, plain);
      return `${encode(shown)}=${encode(said)}`;
    };
    return text.split('&').map(pair).join('&');
  }

  /** A scope may be an API's address. */
  scope(text: string): string {
    return text
      .split(' ')
      .map((part) => (part.includes('/') ? this.hide('scope', part) : part))
      .join(' ');
  }

  /** A parameter's name is the protocol's, or an app's own word. */
  #parameter(name: string): string {
    return /^[\w.-]{0,40}$/.test(name) ? name : this.hide('name', name);
  }

  /** An address of the platform: its path is recorded. */
  url(text: string, plain = FORM): string {
    const [, path, query, fragment] = /^([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(text) as RegExpExecArray;
    const also = (sign: string, part?: string) => (part === undefined ? '' : sign + this.form(part, plain));
    return (
      (path as string).replace(/\/\/[^/@]*@/, '//').replace(MAIL, '⟨mail⟩') +
      also('?', query) +
      also('#', fragment)
    );
  }

  /** An address of the app's: paths other than the redirect URI's may name a user. */
  address(text: string): string {
    const [, origin, path] = /^(\w+:\/\/[^/?#]*)?(.*)$/s.exec(text) as RegExpExecArray;
    return (origin ?? '').replace(/\/\/.*@/, '//') + this.path(path as string);
  }

  path(text: string): string {
    const [, path, rest] = /^([^?#]*)(.*)$/s.exec(text) as RegExpExecArray;
    const redirect = /^\w+:\/\/[^/?#]*([^?#]*)/.exec(String(this.#options.redirectUri))?.[1];
    const known = path === '' || path === '/' || path === redirect;
    const said = known ? path : `/${this.hide('path', (path as string).replace(/^\//, ''))}`;
    return said + this.url(rest as string, ADDRESS);
  }

  /** Where the page goes: within the app, or to the platform. */
  here(url: string): string {
    const origin = /^\w+:\/\/[^/?#]*/.exec(String(this.#options.redirectUri))?.[0];
    const rest = origin !== undefined && url.startsWith(origin) ? url.slice(origin.length) : undefined;
    return rest !== undefined && /^([/?#]|$)/.test(rest) ? this.address(url) : this.url(url);
  }

  appState(text: string): string {
    const placeholder = this.hide('app_state', text);
    const value = parsed(text);
    if (isObject(value) && typeof value.returnTo === 'string') {
      this.#describe(placeholder.slice(1, -1), { returnTo: this.address(value.returnTo) });
    }
    return placeholder;
  }

  /** Of an ID token: how it is signed, its times, and whether what must match does. */
  idToken(text: string, accessToken?: string): string {
    const placeholder = this.hide('id_token', text);
    const name = placeholder.slice(1, -1);
    const before = this.#values[name];
    if (before === undefined) {
      const parts = text.split('.');
      const [header, claims] = parts.slice(0, 2).map((part) => parsed(fromBase64url(part) ?? ''));
      const { alg, kid, typ, crit } = isObject(header) ? header : {};
      const signature = parts[2] ?? '';
      this.#describe(name, {
        parts: parts.length,
        header: isObject(header) ? { alg, kid, typ, crit } : undefined,
        claims: isObject(claims) ? this.claims(claims, String(alg), accessToken) : undefined,
        signature:
          signature === '' ? 'none' : fromBase64url(signature, true) === undefined ? 'odd' : undefined,
        length: text.length > 64 * 1024 ? text.length : undefined,
      });
    } else this.#describe(name, before);
    return placeholder;
  }

  claims(claims: Record<string, unknown>, alg?: string, accessToken?: string): Record<string, unknown> {
    const said: Record<string, unknown> = Object.create(null);
    for (const [name, value] of Object.entries(claims)) {
      if (TIMES.includes(name) && Number.isFinite(value)) said[name] = value;
      else if (name === 'iss' && typeof value === 'string') said[name] = value;
      else if (AUDIENCES.includes(name)) said[name] = this.#audience(value);
      else if (name === 'at_hash' && typeof value === 'string') {
        const right = accessToken !== undefined && value === hash(accessToken, 16);
        const of = right && this.hide('access_token', accessToken).slice(1, -1);
        // Longer hashes are not described, and not checked in a replay.
        if (alg?.endsWith('256')) said[name] = of ? { of } : this.hide('hash', value);
      } else if (typeof value === 'string')
        said[name] = this.hide(name === 'sub' || name === 'nonce' ? name : 'claim', value);
      else {
        said[name] = typed(value);
        this.#learn(value);
      }
    }
    return said;
  }

  /** Left out here, and hidden wherever else it appears. */
  #learn(value: unknown): void {
    if (typeof value === 'string') this.hide('claim', value);
    else if (typeof value === 'object' && value) for (const inner of Object.values(value)) this.#learn(inner);
  }

  #audience(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#audience(item));
    if (value === this.#options.clientId) return value;
    return typeof value === 'string' ? this.hide('audience', value) : typed(value);
  }

  /** An answer's body: a JSON object member by member, of anything else only how long it is. */
  body(text: string): string {
    if (text === OCTETS) return text;
    const value = parsed(text);
    if (!isObject(value)) return text && this.hide(`text of ${text.length} characters`, text);
    const token = typeof value.access_token === 'string' ? value.access_token : undefined;
    if (token) this.hide('access_token', token);
    return JSON.stringify(this.#object(value, token));
  }

  #object(value: Record<string, unknown>, token?: string): Record<string, unknown> {
    const said: Record<string, unknown> = Object.create(null);
    for (const [name, inner] of Object.entries(value)) {
      if (name === 'keys' && Array.isArray(inner)) {
        said[name] = inner.map((key) => (isObject(key) ? this.#object(key) : null));
      } else if (name === 'id_token' && typeof inner === 'string') said[name] = this.idToken(inner, token);
      else if (ANSWER.has(name) && !isObject(inner)) said[name] = listed(inner);
      else if (typeof inner === 'string') said[name] = this.#member(name, inner, ANSWER);
      else said[name] = typed(inner);
    }
    return said;
  }

  /** A key in storage or a lock's name: what follows the client's own prefix. */
  key(text: string): string {
    const [, client, kind, rest] =
      /^(intelliauth\.[^.]*)\.(tx\.|mark\.out\.|mark\.|callback\.)?(.*)$/s.exec(text) ?? [];
    if (client === undefined) return text;
    if (kind === undefined) {
      const slot = ['session', 'attempts', 'sign_out'].includes(rest as string);
      return `${client}.${slot ? rest : this.hide('sid', rest as string)}`;
    }
    const hidden = { 'tx.': 'state', 'mark.out.': 'out' }[kind] ?? 'mark';
    return `${client}.${kind}${this.hide(hidden, rest as string)}`;
  }

  /** What is stored under `key`. */
  stored(key: string, text: string): string {
    if (key.endsWith('.sign_out')) return this.hide('state', text);
    return /^[\d-]+$/.test(text) ? text : this.form(text);
  }

  /** An error's details are words of the core's, and what the platform said. */
  fault({ code, transient, details }: Record<string, unknown>): Record<string, unknown> {
    const said = Object.entries(details ?? {}).map(([name, value]) => [name, this.free(String(value))]);
    return { code, transient, details: Object.fromEntries(said) };
  }

  /** What goes back to the app. */
  answer(value: unknown): unknown {
    if (typeof value === 'string') {
      return /^https?:/.test(value) ? this.url(value) : this.hide('access_token', value);
    }
    if (!isObject(value)) return value;
    const said: Record<string, unknown> = {};
    for (const [name, inner] of Object.entries(value)) {
      if (name === 'user' && isObject(inner)) said[name] = this.claims(inner);
      else if (name === 'appState')
        said[name] = JSON.stringify(inner) === '{}' ? {} : this.hide('app_state', JSON.stringify(inner));
      else if (name === 'returnTo') said[name] = this.path(String(inner));
      else if (name === 'url') said[name] = this.url(String(inner));
      else if (typeof inner === 'string') said[name] = this.free(inner);
    }
    return said;
  }

  /** What an app asks of one sign-in, or sign-out. */
  login(options: Record<string, unknown>): Record<string, unknown> {
    const said: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(options)) {
      if (name === 'scope') said[name] = this.scope(String(value));
      else if (['prompt', 'uiLocales', 'acrValues', 'maxAge', 'localOnly'].includes(name)) said[name] = value;
      else if (name === 'returnTo') said[name] = this.address(String(value));
      else if (name === 'appState' && typeof value === 'string') said[name] = this.appState(value);
      else if (name === 'loginHint') said[name] = this.hide('login_hint', String(value));
      else if (name === 'extraParams') {
        const entries = Object.entries(value as object).map(([name, value]) => [
          name,
          this.hide('value', value),
        ]);
        said[name] = Object.fromEntries(entries);
      }
    }
    return said;
  }

  /** A 401's `WWW-Authenticate`: the protocol's own words only. */
  challenges(text: string): string {
    const said = (all: string, name: string, value: string) =>
      name === 'error' && /^("?)[\w.-]{1,60}\1$/.test(value) ? all : `${name}="${this.hide('value', value)}"`;
    const unnamed = (_: string, scheme: string, value: string) => scheme + this.hide('value', value);
    return text
      .replace(/([\w-]+)\s*=\s*("(?:[^"\\]|\\.)*(?:"|$)|[^\s,"=]+)/g, said)
      .replace(/((?:^|,)\s*[\w-]+ +)([\w.~+/-]+=*)(?=\s*(?:,|$))/g, unnamed);
  }
}

/** The client's options as a trace has them. */
export function options(given: Record<string, unknown>, key: string): Record<string, unknown> {
  const hidden = (kind: string) => (item: unknown) => `⟨${kind} ${tag(key, String(item))}⟩`;
  const each = (kind: string, list: unknown) => (Array.isArray(list) ? list.map(hidden(kind)) : undefined);
  const bare = (url: unknown) =>
    typeof url === 'string' ? url.replace(/[?#].*$/s, '').replace(/\/\/[^/@]*@/, '//') : undefined;
  const { tenantUrl, clientId, redirectUri, scope, tokenStorage, discovery, issuer, endpoints } = given;
  const { clockSkewSeconds, requestTimeoutSeconds, additionalAudiences, allowedOrigins } = given;
  const named = Object.entries(endpoints ?? {}).map(([name, url]) => [name, bare(url)]);
  const scopes = typeof scope === 'string' ? scope.split(' ') : undefined;
  return {
    ...{ tenantUrl: bare(tenantUrl), clientId, redirectUri: bare(redirectUri), tokenStorage, discovery },
    scope: scopes?.map((part) => (part.includes('/') ? hidden('scope')(part) : part)).join(' '),
    ...{ issuer: bare(issuer), endpoints: endpoints ? Object.fromEntries(named) : undefined },
    ...{ clockSkewSeconds, requestTimeoutSeconds },
    additionalAudiences: each('audience', additionalAudiences),
    allowedOrigins: each('origin', allowedOrigins),
  };
}

const decode = (text: string): string => {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
};

/** As forms have it. A claim may hold half a character, which has no encoding. */
const encoded = (text: string): string => {
  try {
    return encodeURIComponent(text);
  } catch {
    return text;
  }
};

/** The same, with placeholders as they are. */
const encode = (text: string): string => encoded(text).replace(/%E2%9F%A8.*?%E2%9F%A9/g, decodeURIComponent);

/** As strictly as the core: no padding, no stray bits, and of text no broken one. */
function fromBase64url(text: string, octets = false): string | undefined {
  try {
    const plain = text.replaceAll('-', '+').replaceAll('_', '/');
    const read = atob(plain);
    if (/[^\w-]/.test(text) || btoa(read).replaceAll('=', '') !== plain) return undefined;
    if (octets) return read;
    const bytes = Uint8Array.from(read, (letter) => letter.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

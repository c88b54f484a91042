/** The fake platform's keys: real signatures, by WebCrypto. */

import { webcrypto } from '../webcrypto.js';
import type { Algorithm } from './platform.js';

const ALGORITHMS = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  RS256: {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  },
};

const encoder = () => new TextEncoder();

export const base64url = (bytes: ArrayBuffer | Uint8Array): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

/** 24 random octets as text. */
export const random = (): string => base64url(webcrypto('subtle').getRandomValues(new Uint8Array(24)));

export const sha256 = (text: string): Promise<ArrayBuffer> =>
  crypto.subtle.digest('SHA-256', encoder().encode(text));

/** OpenID Connect Core §3.1.3.6. */
export const halfHash = async (token: string): Promise<string> =>
  base64url((await sha256(token)).slice(0, 16));

export class SigningKey {
  readonly kid = random();
  readonly #alg: Algorithm;
  #made: Promise<CryptoKeyPair> | undefined;

  constructor(alg: Algorithm) {
    this.#alg = alg;
  }

  #pair(): Promise<CryptoKeyPair> {
    this.#made ??= crypto.subtle.generateKey(ALGORITHMS[this.#alg], true, ['sign', 'verify']);
    return this.#made;
  }

  /** RFC 7517. */
  async jwk(): Promise<JsonWebKey> {
    const { kty, crv, x, y, n, e } = await crypto.subtle.exportKey('jwk', (await this.#pair()).publicKey);
    return { kty, crv, x, y, n, e, alg: this.#alg, use: 'sig', kid: this.kid } as JsonWebKey;
  }

  /** RFC 7515, compact. */
  async sign(claims: object): Promise<string> {
    const part = (value: object) => base64url(encoder().encode(JSON.stringify(value)));
    const signed = `${part({ alg: this.#alg, typ: 'JWT', kid: this.kid })}.${part(claims)}`;
    const { privateKey } = await this.#pair();
    const signature = await crypto.subtle.sign(ALGORITHMS[this.#alg], privateKey, encoder().encode(signed));
    return `${signed}.${base64url(signature)}`;
  }
}

/** What a JWT says. Its signature is not looked at. */
export function claimsOf(jwt: string): Record<string, unknown> {
  try {
    const text = atob((jwt.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'));
    return JSON.parse(decodeURIComponent(text.replace(/./gs, hex))) ?? {};
  } catch {
    return {};
  }
}

const hex = (octet: string) => `%${octet.charCodeAt(0).toString(16).padStart(2, '0')}`;

/** Keys by `jose`, and tokens put together by hand where no library would make such a thing. */
import { exportJWK, generateKeyPair } from 'jose';

/** @typedef {{ privateKey: CryptoKey, jwk: Record<string, unknown>, alg: string }} Key */

async function key(alg, kid, options = {}) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true, ...options });
  const jwk = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' };
  return { alg, jwk, secretJwk: { ...(await exportJWK(privateKey)), kid, alg, use: 'sig' }, privateKey };
}

/** The platform's keys by name, one that comes with a rotation, and the attacker's. */
export async function makeKeys() {
  const [rsa, ps, ec, ed, rotated, evil] = await Promise.all([
    key('RS256', 'rs-1'),
    key('PS256', 'ps-1'),
    key('ES256', 'es-1'),
    key('EdDSA', 'ed-1', { crv: 'Ed25519' }),
    key('RS256', 'rs-2'),
    key('RS256', 'rs-1'),
  ]);
  return { rsa, ps, ec, ed, rotated, evil };
}

export const b64 = (value) =>
  Buffer.from(typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value)).toString(
    'base64url',
  );

/** The signature over `text`. @param {Key} by */
export async function signature(text, by) {
  const data = Buffer.from(text);
  const { subtle } = globalThis.crypto;
  const algorithm = {
    RS256: 'RSASSA-PKCS1-v1_5',
    PS256: { name: 'RSA-PSS', saltLength: 32 },
    ES256: { name: 'ECDSA', hash: 'SHA-256' },
    EdDSA: 'Ed25519',
  }[by.alg];
  return Buffer.from(await subtle.sign(algorithm, /** @type {any} */ (by.privateKey), data));
}

/** A compact JWS of any header and payload. @param {Key} by */
export async function compact(header, payload, by) {
  const signed = `${b64(header)}.${b64(payload)}`;
  return `${signed}.${b64(await signature(signed, by))}`;
}

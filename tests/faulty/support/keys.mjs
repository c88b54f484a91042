/** Keys by `jose`, and tokens put together by hand where no library would make such a thing. */
import { exportJWK, generateKeyPair, importJWK } from 'jose';

/** @typedef {{ privateKey: CryptoKey, jwk: Record<string, unknown>, alg: string }} Key */

async function key(alg, kid, options = {}) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true, ...options });
  const jwk = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' };
  return { alg, jwk, secretJwk: { ...(await exportJWK(privateKey)), kid, alg, use: 'sig' }, privateKey };
}

/** The same RSA key for another algorithm. */
async function also(alg, kid, { jwk, secretJwk }) {
  const [theirs, own] = [jwk, secretJwk].map((known) => ({ ...known, kid, alg }));
  return { alg, jwk: theirs, secretJwk: own, privateKey: await importJWK(own, alg, { extractable: true }) };
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
  const [rs384, rs512, ps384, ps512, es384, es512] = await Promise.all([
    also('RS384', 'rs-384', rsa),
    also('RS512', 'rs-512', rsa),
    also('PS384', 'ps-384', ps),
    also('PS512', 'ps-512', ps),
    key('ES384', 'es-384'),
    key('ES512', 'es-512'),
  ]);
  return { rsa, ps, ec, ed, rs384, rs512, ps384, ps512, es384, es512, rotated, evil };
}

export const b64 = (value) =>
  Buffer.from(typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value)).toString(
    'base64url',
  );

/** The signature over `text`. @param {Key} by */
export async function signature(text, by) {
  const data = Buffer.from(text);
  const { subtle } = globalThis.crypto;
  const bits = Number(by.alg.slice(2));
  const algorithm = {
    RS: 'RSASSA-PKCS1-v1_5',
    PS: { name: 'RSA-PSS', saltLength: bits / 8 },
    ES: { name: 'ECDSA', hash: `SHA-${bits}` },
    Ed: 'Ed25519',
  }[by.alg.slice(0, 2)];
  return Buffer.from(await subtle.sign(algorithm, /** @type {any} */ (by.privateKey), data));
}

/** A compact JWS of any header and payload. @param {Key} by */
export async function compact(header, payload, by) {
  const signed = `${b64(header)}.${b64(payload)}`;
  return `${signed}.${b64(await signature(signed, by))}`;
}

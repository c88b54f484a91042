import { generateKeyPair, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';

const generate = promisify(generateKeyPair);

/** Key types of the signature algorithms, RFC 7518 §3.1 and RFC 8037 §3.1. */
const KEY_OF_ALG = {
  RS256: ['rsa', { modulusLength: 2048 }],
  PS256: ['rsa', { modulusLength: 2048 }],
  ES256: ['ec', { namedCurve: 'P-256' }],
  EdDSA: ['ed25519', {}],
};

/**
 * A new key pair that signs ID tokens; it lives as long as the process.
 *
 * @param {keyof typeof KEY_OF_ALG} alg
 * @returns {Promise<import('oidc-provider').JWKS>} private keys
 */
export async function signingKeys(alg) {
  const kind = KEY_OF_ALG[alg];
  if (!kind)
    throw new RangeError(`idTokenAlg must be one of ${Object.keys(KEY_OF_ALG).join(', ')}: got ${alg}`);
  const { privateKey } = await generate(...kind);
  return { keys: [{ ...privateKey.export({ format: 'jwk' }), alg, use: 'sig', kid: randomUUID() }] };
}

/** An algorithm as SubtleCrypto takes it: each finds what it knows in it. */
export type SignatureAlgorithm = RsaHashedImportParams & EcKeyImportParams & RsaPssParams & EcdsaParams;

/**
 * Whether `key` made the signature; undefined where this browser cannot tell. A key that the browser refuses did not make
 * it. An algorithm that it does not know is another matter; so is a page on plain http, which has no `crypto.subtle`.
 */
export async function verified(
  key: JsonWebKey,
  algorithm: SignatureAlgorithm,
  signature: BufferSource,
  signed: BufferSource,
): Promise<boolean | undefined> {
  try {
    const imported = await crypto.subtle.importKey('jwk', key, algorithm, false, ['verify']);
    return await crypto.subtle.verify(algorithm, imported, signature, signed);
  } catch (error) {
    const { name } = error as DOMException;
    return name === 'NotSupportedError' || name === 'TypeError' ? undefined : false;
  }
}

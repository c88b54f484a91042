import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** What a file weighs on the wire: `[raw, gzip -9, brotli -11]`. */
export function weigh(bytes) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return [bytes.length, gzipSync(bytes, { level: 9 }).length, brotliCompressSync(bytes, { params }).length];
}

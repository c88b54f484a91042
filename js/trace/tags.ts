/** SHA-256 without waiting: a page that is left has no time for `crypto.subtle`. FIPS 180-4 §6.2. */

/** The first 32 bits of the fractional part. */
const fraction = (root: number) => ((root - Math.floor(root)) * 2 ** 32) | 0;

const primes = (count: number) => {
  const found: number[] = [];
  for (let next = 2; found.length < count; next++) if (found.every((prime) => next % prime)) found.push(next);
  return found;
};
const INITIAL = primes(8).map((prime) => fraction(Math.sqrt(prime)));
const ROUNDS = primes(64).map((prime) => fraction(Math.cbrt(prime)));

const turn = (word: number, by: number) => (word >>> by) | (word << (32 - by));
const at = (words: ArrayLike<number>, index: number) => words[index] as number;

function sha256(text: string): Uint8Array {
  const given = new TextEncoder().encode(text);
  const padded = new Uint8Array((((given.length + 8) >> 6) + 1) << 6);
  padded.set(given);
  padded[given.length] = 0x80;
  const message = new DataView(padded.buffer);
  message.setUint32(padded.length - 4, given.length << 3);
  const state = new Int32Array(INITIAL);
  const words = new Int32Array(64);
  for (let block = 0; block < padded.length; block += 64) {
    for (let i = 0; i < 16; i++) words[i] = message.getInt32(block + 4 * i);
    for (let i = 16; i < 64; i++) {
      const [early, late] = [at(words, i - 15), at(words, i - 2)];
      const low = turn(early, 7) ^ turn(early, 18) ^ (early >>> 3);
      const high = turn(late, 17) ^ turn(late, 19) ^ (late >>> 10);
      words[i] = at(words, i - 16) + low + at(words, i - 7) + high;
    }
    let [a, b, c, d, e, f, g, h] = state as unknown as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    for (let i = 0; i < 64; i++) {
      const sum = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
      const first = (h + sum + ((e & f) ^ (~e & g)) + at(ROUNDS, i) + at(words, i)) | 0;
      const second = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
    }
    for (const [i, word] of [a, b, c, d, e, f, g, h].entries()) state[i] = at(state, i) + word;
  }
  const digest = new DataView(new ArrayBuffer(32));
  for (const [i, word] of state.entries()) digest.setInt32(4 * i, word);
  return new Uint8Array(digest.buffer);
}

/** base64url of the first `octets` of the text's SHA-256: with 12 as the core's `fingerprint`, with 16 as `at_hash`. */
export const hash = (text: string, octets: number): string =>
  btoa(String.fromCharCode(...sha256(text).subarray(0, octets)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

/** Six hexadecimal digits that stand for `text` wherever `key` is the same, and say nothing of it where that is not known. */
export const tag = (key: string, text: string): string =>
  [...sha256(`${key}\0${text}`).subarray(0, 3)].map((octet) => octet.toString(16).padStart(2, '0')).join('');

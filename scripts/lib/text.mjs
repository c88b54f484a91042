// Bytes as text inside JavaScript, which brotli and gzip compress as well as the bytes themselves. Base64 of something
// compressed already costs a tenth more on the wire.
import { Failed } from './run.mjs';

/** What stands for a byte: printable, and never escaped or cut by a minifier, a template literal or an HTML parser. */
const CHARACTERS = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).filter(
  (character) => !'"\'`\\$<'.includes(character),
);
/** The last two begin a pair. */
const SINGLES = CHARACTERS.length - 2;

/**
 * A module with the bytes as text and what compiles them: its `compile()` works as soon as this one file is there.
 * `order` is the byte values by their frequency, as base64.
 */
export function textModule(bytes) {
  const count = new Array(256).fill(0);
  for (const byte of bytes) count[byte]++;
  const byRank = [...count.keys()].sort((a, b) => count[b] - count[a]);
  const words = [];
  byRank.forEach((byte, rank) => {
    const more = rank - SINGLES;
    words[byte] =
      more < 0
        ? CHARACTERS[rank]
        : CHARACTERS[SINGLES + Math.floor(more / SINGLES)] + CHARACTERS[more % SINGLES];
  });
  const characters = CHARACTERS.join('');
  const order = Buffer.from(byRank).toString('base64');
  const text = Array.from(bytes, (byte) => words[byte]).join('');
  if (Buffer.compare(decode(characters, order, text), bytes))
    throw new Failed('bytes.js reads back as others', '');
  return `${decode}
export const compile = () => WebAssembly.compile(decode("${characters}", "${order}", "${text}"));
`;
}

/** Its types. */
export const textTypes = 'export declare function compile(): Promise<WebAssembly.Module>;\n';

/** Undoes it. Becomes part of the module: it may use nothing of this file. */
function decode(characters, order, text) {
  const singles = characters.length - 2;
  const byRank = Uint8Array.from(atob(order), (character) => character.charCodeAt(0));
  const ranks = new Uint8Array(128);
  for (let rank = 0; rank < characters.length; rank++) ranks[characters.charCodeAt(rank)] = rank;
  const bytes = new Uint8Array(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    let rank = ranks[text.charCodeAt(at)];
    if (rank >= singles) rank = singles + (rank - singles) * singles + ranks[text.charCodeAt(++at)];
    bytes[length++] = byRank[rank];
  }
  return bytes.subarray(0, length);
}

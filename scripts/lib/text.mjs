// Bytes as text inside JavaScript, which brotli and gzip compress as well as the bytes themselves. Base64 of something
// compressed already costs a tenth more on the wire.

/** What stands for a byte: printable, and never escaped or cut by a minifier, a template literal or an HTML parser. */
const CHARACTERS = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).filter(
  (character) => !'"\'`\\$<'.includes(character),
);
/** The last two begin a pair. */
const SINGLES = CHARACTERS.length - 2;

/** A module of it: `order`, the byte values by their frequency, as base64, and the text. `js/loader.ts` reads it back. */
export function textModule(bytes) {
  const count = new Array(256).fill(0);
  for (const byte of bytes) count[byte]++;
  const order = [...count.keys()].sort((a, b) => count[b] - count[a]);
  const words = [];
  order.forEach((byte, rank) => {
    const more = rank - SINGLES;
    words[byte] =
      more < 0
        ? CHARACTERS[rank]
        : CHARACTERS[SINGLES + Math.floor(more / SINGLES)] + CHARACTERS[more % SINGLES];
  });
  const text = Array.from(bytes, (byte) => words[byte]).join('');
  const parts = {
    order: Buffer.from(order).toString('base64'),
    characters: CHARACTERS.join(''),
    text,
  };
  return Object.entries(parts)
    .map(([name, value]) => `export const ${name} = "${value}";\n`)
    .join('');
}

/** Its types. */
export const textTypes = ['order', 'characters', 'text']
  .map((name) => `export declare const ${name}: string;\n`)
  .join('');

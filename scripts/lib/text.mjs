// A wasm as text inside JavaScript, which brotli compresses better than the bytes themselves, and gzip as well. Base64 of
// something compressed already costs a tenth more on the wire.
import { Failed } from './run.mjs';
import { searched } from './text-search.mjs';

/** What stands for a byte: printable, and never escaped or cut by a minifier, a template literal or an HTML parser. */
const CHARACTERS = Array.from({ length: 95 }, (_, at) => 32 + at).filter(
  (code) => !'"\'`\\$<'.includes(String.fromCharCode(code)),
);
/** These begin a pair, which stands for a byte that is rare. Brotli has a context of its own for what follows either. */
const PAIRED = ['%', '='].map((character) => character.charCodeAt(0));
const SINGLE = CHARACTERS.filter((code) => !PAIRED.includes(code));
/** The bytes of single characters, then those of each character that begins a pair. */
const TABLE = 128;
const TEXT = TABLE * (1 + PAIRED.length);
const PAGE = 65_536;

/**
 * Undoes the text, as a wasm of its own: the same loop in JavaScript is interpreted on a first visit, and is what takes
 * longest there. The tables are at the memory's start. It reads from `TEXT` to `$end` and writes the bytes over what it has
 * read, because they are never more; the answer is where they end.
 */
const decoder = (pages, tables) => `(module
  (memory (export "memory") ${pages})
  (data (i32.const 0) "${tables.map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')}")
  (func (export "decode") (param $end i32) (result i32)
    (local $from i32) (local $to i32) (local $at i32) (local $table i32)
    (local.set $from (local.tee $to (i32.const ${TEXT})))
    (loop $next
      (if (i32.lt_u (local.get $from) (local.get $end)) (then
        (local.set $at (i32.load8_u (local.get $from)))
        (local.set $from (i32.add (local.get $from) (i32.const 1)))
        (if (local.tee $table (i32.add
          (i32.mul (i32.eq (local.get $at) (i32.const ${PAIRED[0]})) (i32.const ${TABLE}))
          (i32.mul (i32.eq (local.get $at) (i32.const ${PAIRED[1]})) (i32.const ${2 * TABLE}))))
        (then
          (local.set $at (i32.add (local.get $table) (i32.load8_u (local.get $from))))
          (local.set $from (i32.add (local.get $from) (i32.const 1)))))
        (i32.store8 (local.get $to) (i32.load8_u (local.get $at)))
        (local.set $to (i32.add (local.get $to) (i32.const 1)))
        (br $next))))
    (local.get $to)))`;

/** A module with the bytes as text and what compiles them: its `compile()` works as soon as this one file is there. */
export async function textModule(bytes) {
  // Imported now: on a fresh machine npm's packages come with this very run.
  const { default: binaryen } = await import('binaryen');
  const count = new Array(256).fill(0);
  for (const byte of bytes) count[byte]++;
  const byFrequency = [...count.keys()].sort((a, b) => count[b] - count[a]);
  const ascending = (a, b) => a - b;
  const order = [
    ...byFrequency.slice(0, SINGLE.length).sort(ascending),
    ...byFrequency.slice(SINGLE.length).sort(ascending),
  ];
  const plain = [];
  order.forEach((byte, rank) => {
    const table = Math.floor(rank / SINGLE.length);
    plain[byte] = [...(table > 0 ? [PAIRED[table - 1]] : []), SINGLE[rank % SINGLE.length]];
  });
  const better = searched(
    Array.from(bytes).flatMap((byte) => plain[byte]),
    SINGLE,
  );
  const tables = new Array(TEXT).fill(0);
  plain.forEach((codes, byte) => {
    plain[byte] = codes.map((code) => better[code]);
    tables[TABLE * (codes.length > 1 ? 1 + PAIRED.indexOf(codes[0]) : 0) + plain[byte].at(-1)] = byte;
  });
  const text = Array.from(bytes, (byte) => String.fromCharCode(...plain[byte])).join('');
  const pages = Math.ceil((TEXT + text.length) / PAGE);
  const wasm = Buffer.from(binaryen.parseText(decoder(pages, tables)).emitBinary()).toString('base64');
  if (Buffer.compare(decode(wasm, TEXT, text), bytes)) throw new Failed('bytes.js reads back as others', '');
  return `${decode}
export const compile = async () => WebAssembly.compile(decode("${wasm}", ${TEXT}, "${text}"));
`;
}

/** Its types. */
export const textTypes = 'export declare function compile(): Promise<WebAssembly.Module>;\n';

/** Has the text undone. Becomes part of the module: it may use nothing of this file. */
function decode(decoder, start, text) {
  const module = new WebAssembly.Module(Uint8Array.from(atob(decoder), (octet) => octet.charCodeAt(0)));
  const { exports } = new WebAssembly.Instance(module);
  const memory = new Uint8Array(exports.memory.buffer);
  memory.set(new TextEncoder().encode(text), start);
  return memory.subarray(start, exports.decode(start + text.length));
}

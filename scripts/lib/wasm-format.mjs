// The parts of a wasm that Binaryen's own interface does not give: https://webassembly.github.io/spec/core/binary.

/** The names of the sections that are read here. */
export const [CUSTOM, IMPORT, CODE, DATA] = [0, 2, 10, 11];

/** Reads a wasm's numbers, texts and octets, one after the other. What it gives of the octets is the wasm's own memory. */
export class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }
  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at++];
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }
  take(length) {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
  text() {
    return this.take(this.number()).toString('utf8');
  }
  get done() {
    return this.at >= this.bytes.length;
  }
}

/**
 * The sections by number, and the names of functions as `names`.
 *
 * @param {Buffer} wasm
 * @returns {Record<number | 'names', Reader | undefined>}
 */
export function sections(wasm) {
  const reader = new Reader(wasm);
  reader.at = 8;
  const found = {};
  while (!reader.done) {
    const id = reader.take(1)[0];
    const body = new Reader(reader.take(reader.number()));
    if (id !== CUSTOM) found[id] = body;
    else if (body.text() === 'name') found.names = body;
  }
  return found;
}

// The parts of a wasm that Binaryen's own interface does not give: https://webassembly.github.io/spec/core/binary.

/** The names of the sections that are read here. */
export const [CUSTOM, IMPORT, FUNCTION, EXPORT, START, ELEMENT, CODE, DATA] = [0, 2, 3, 7, 8, 9, 10, 11];

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
  /** Goes past numbers of whatever length and sign. */
  skip(numbers) {
    for (let left = numbers; left > 0; left--) while (this.bytes[this.at++] >= 0x80);
  }
  take(length) {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
  text() {
    return this.take(this.number()).toString('utf8');
  }
  /** As many as the number that stands first, each as `one` reads it. */
  list(one) {
    return Array.from({ length: this.number() }, one);
  }
  get done() {
    return this.at >= this.bytes.length;
  }
}

/** A number as a wasm holds it. */
export function encoded(number) {
  const bytes = [];
  let rest = number;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}

/** A wasm's sections as they follow one another: their numbers and bodies. */
export function sectionList(wasm) {
  const reader = new Reader(wasm);
  reader.at = 8;
  const found = [];
  while (!reader.done) found.push([reader.take(1)[0], reader.take(reader.number())]);
  return found;
}

/**
 * The sections by number, and the names of functions as `names`.
 *
 * @param {Buffer} wasm
 * @returns {Record<number | 'names', Reader | undefined>}
 */
export function sections(wasm) {
  const found = {};
  for (const [id, bytes] of sectionList(wasm)) {
    const body = new Reader(bytes);
    if (id !== CUSTOM) found[id] = body;
    else if (body.text() === 'name') found.names = body;
  }
  return found;
}

/** How many functions come first in the count because they are imported. */
export function imported(body) {
  let functions = 0;
  for (let left = body?.number() ?? 0; left > 0; left--) {
    body.text();
    body.text();
    const kind = body.take(1)[0];
    if (kind === 0) {
      functions++;
      body.number();
    } else if (kind === 3) body.take(2);
    else {
      if (kind === 1) body.take(1);
      const bounded = body.number() & 1;
      body.number();
      if (bounded) body.number();
    }
  }
  return functions;
}

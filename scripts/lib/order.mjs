// Functions that are alike stand one after the other: what compression has just seen costs it least, and it codes by what
// is near. Nothing else of the wasm changes.
import { Failed } from './run.mjs';
import {
  CODE,
  CUSTOM,
  ELEMENT,
  EXPORT,
  encoded,
  FUNCTION,
  IMPORT,
  imported,
  Reader,
  START,
  sectionList,
} from './wasm-format.mjs';

/** How many octets are compared at a time: an instruction and what it is about, mostly. */
const LENGTH = 3;

/** The wasm with its functions in that order. */
export function ordered(wasm) {
  const list = sectionList(wasm);
  const bodyOf = (wanted) => new Reader(list.find(([id]) => id === wanted)[1]);
  const first = imported(bodyOf(IMPORT));
  const code = bodyOf(CODE);
  const bodies = code.list(() => code.take(code.number()));
  const order = byLikeness(bodies);
  const places = [];
  order.forEach((from, to) => {
    places[from] = to;
  });
  const renumbered = (index) => encoded(index < first ? index : first + places[index - first]);
  const rewrite = {
    [FUNCTION]: (body) => {
      const types = body.list(() => body.number());
      return [encoded(types.length), ...order.map((from) => encoded(types[from]))];
    },
    [EXPORT]: (body) => [
      encoded(body.number()),
      ...until(body, (from) => {
        body.text();
        const isFunction = body.take(1)[0] === 0;
        const before = body.bytes.subarray(from, body.at);
        const index = body.number();
        return [before, isFunction ? renumbered(index) : encoded(index)];
      }),
    ],
    [START]: (body) => [renumbered(body.number())],
    [ELEMENT]: (body) => [
      encoded(body.number()),
      ...until(body, (from) => {
        // Of table 0 or a numbered one: where it goes, and the functions.
        const kind = body.number();
        if (kind !== 0 && kind !== 2) throw new Failed(`an element segment of kind ${kind}`, '');
        if (kind === 2) body.number();
        constant(body);
        if (kind === 2) body.take(1);
        const length = body.number();
        const before = body.bytes.subarray(from, body.at);
        return [before, ...Array.from({ length }, () => renumbered(body.number()))];
      }),
    ],
    [CODE]: () => [
      encoded(bodies.length),
      ...order.flatMap((from) => {
        const body = withCalls(bodies[from], renumbered);
        return [encoded(body.length), body];
      }),
    ],
  };
  const parts = [wasm.subarray(0, 8)];
  for (const [id, bytes] of list) {
    if (id === CUSTOM) throw new Failed('a wasm with names cannot be put in order', '');
    const body = Buffer.concat(rewrite[id]?.(new Reader(bytes)) ?? [bytes]);
    parts.push(Buffer.from([id]), encoded(body.length), body);
  }
  return Buffer.concat(parts);
}

/** From the smallest on, always the one that shares most with the one before. */
function byLikeness(bodies) {
  const pieces = bodies.map((body) => {
    const found = new Set();
    for (let at = 0; at + LENGTH <= body.length; at++) found.add(body.readUIntLE(at, LENGTH));
    return found;
  });
  const users = new Map();
  pieces.forEach((found, at) => {
    for (const piece of found) users.set(piece, [...(users.get(piece) ?? []), at]);
  });
  const left = new Set(bodies.keys());
  let last = [...left].reduce((least, at) => (bodies[at].length < bodies[least].length ? at : least));
  left.delete(last);
  const order = [last];
  while (left.size > 0) {
    const shared = new Array(bodies.length).fill(0);
    for (const piece of pieces[last]) for (const at of users.get(piece)) shared[at]++;
    const likeness = (at) => shared[at] / Math.sqrt(pieces[at].size + 1);
    last = [...left].reduce((best, at) => (likeness(at) > likeness(best) ? at : best));
    left.delete(last);
    order.push(last);
  }
  return order;
}

/** What `one` makes of each part of a body, from where it begins. */
function until(body, one) {
  const parts = [];
  while (!body.done) parts.push(...one(body.at));
  return parts;
}

/** Goes past `i32.const`, its number and `end`. */
function constant(body) {
  const begins = body.take(1)[0];
  body.skip(1);
  if (begins !== 0x41 || body.take(1)[0] !== 0x0b) throw new Failed('an offset of another kind', '');
}

const [CALL, REF_FUNC, BR_TABLE, SELECT, F32_CONST, F64_CONST, MORE] = [
  0x10, 0xd2, 0x0e, 0x1c, 0x43, 0x44, 0xfc,
];

/** How many numbers follow an instruction; `undefined` for one that is not known here. */
function operands(code, body) {
  if (code === MORE) {
    const further = body.number();
    if (further <= 7) return 0;
    return [2, 1, 2, 1, 2, 1, 2, 1, 1, 1][further - 8];
  }
  if (code === BR_TABLE) return body.number() + 1;
  if (code === SELECT) return body.number();
  if ((code >= 0x02 && code <= 0x04) || code === 0x0c || code === 0x0d) return 1;
  if ((code >= 0x20 && code <= 0x26) || code === 0x41 || code === 0x42 || code === 0xd0) return 1;
  if (code === 0x3f || code === 0x40) return 1;
  if (code === 0x11 || (code >= 0x28 && code <= 0x3e)) return 2;
  const plain = code <= 0x01 || code === 0x05 || code === 0x0b || code === 0x0f || code === 0x1a;
  return plain || code === 0x1b || code === 0xd1 || (code >= 0x45 && code <= 0xc4) ? 0 : undefined;
}

/** A function's body with the functions that it names renumbered. */
function withCalls(bytes, renumbered) {
  const body = new Reader(bytes);
  body.list(() => body.skip(2));
  const parts = [];
  let copied = 0;
  while (!body.done) {
    const code = body.take(1)[0];
    if (code === CALL || code === REF_FUNC) {
      parts.push(bytes.subarray(copied, body.at), renumbered(body.number()));
      copied = body.at;
    } else if (code === F32_CONST) body.take(4);
    else if (code === F64_CONST) body.take(8);
    else {
      const numbers = operands(code, body);
      if (numbers === undefined) throw new Failed(`an instruction that is not known: ${code}`, '');
      body.skip(numbers);
    }
  }
  return Buffer.concat([...parts, bytes.subarray(copied)]);
}

// Which character stands for what, so that brotli foresees the next one best. It does so by the kinds of the two characters
// before: RFC 7932 §7.1. What follows alike therefore gets characters of one kind. No formula finds the best; a search of a
// second, the same each time, comes near.

/** The characters that brotli takes for one kind, and as which of four it takes them one place further back. */
const KINDS = [
  [' ', 0],
  ['!#&*+-/?@^_|~', 1],
  ['%', 1],
  ['.', 1],
  ['=', 1],
  ['([{', 1],
  [')]}>', 1],
  [',:;', 1],
  ['0123456789', 2],
  ['AEIOU', 2],
  ['BCDFGHJKLMNPQRSTVWXYZ', 2],
  ['aeiou', 3],
  ['bcdfghjklmnpqrstvwxyz', 3],
].map(([characters, further]) => ({ codes: [...Buffer.from(characters)], further }));

const CODES = 128;
const STEPS = 12_000;
/** What appeared before in as many characters is copied, whatever they are. */
const COPIED = 6;
/** About what each further character in a context costs, in bits, to say how often it appears. */
const LISTED = 5;
/** How much worse a step may be at first, in bits: without, the search ends at the next best there is. */
const LENIENCE = 150;

/** For each code of `text` the one to write instead; only those of `free` change places. */
export function searched(text, free) {
  const places = [];
  KINDS.forEach(({ codes }, kind) => {
    for (const code of codes) places[code] = kind;
  });
  const found = contexts(text);
  const users = Array.from({ length: CODES }, (_, code) =>
    found.filter(({ before, further }) => before === code || further === code),
  );
  const counts = new Int32Array(KINDS.length * 4 * CODES);
  const totals = new Int32Array(KINDS.length * 4);
  const weights = Float64Array.from({ length: text.length + 1 }, (_, n) => (n > 1 ? n * Math.log2(n) : 0));
  let bits = 0;
  const count = ({ before, further, code, times }, sign) => {
    const context = places[before] * 4 + KINDS[places[further]].further;
    const cell = context * CODES + code;
    bits += weights[counts[cell]] - weights[totals[context]] - (counts[cell] > 0 ? LISTED : 0);
    counts[cell] += sign * times;
    totals[context] += sign * times;
    bits += weights[totals[context]] - weights[counts[cell]] + (counts[cell] > 0 ? LISTED : 0);
  };
  for (const one of found) count(one, 1);
  const recount = (a, b, sign) => {
    for (const one of users[a]) count(one, sign);
    for (const one of users[b]) if (one.before !== a && one.further !== a) count(one, sign);
  };
  const exchange = (a, b) => {
    recount(a, b, -1);
    const place = places[a];
    places[a] = places[b];
    places[b] = place;
    recount(a, b, 1);
  };
  const next = numbers();
  for (let step = 0; step < STEPS; step++) {
    const [a, b] = [free[next(free.length)], free[next(free.length)]];
    if (places[a] === places[b]) continue;
    const before = bits;
    exchange(a, b);
    if (bits - before > LENIENCE * (1 - step / STEPS) ** 2) exchange(a, b);
  }
  const instead = Array.from({ length: CODES }, (_, code) => code);
  KINDS.forEach(({ codes }, kind) => {
    const characters = codes.filter((code) => free.includes(code));
    for (const code of free) if (places[code] === kind) instead[code] = characters.shift();
  });
  return instead;
}

/** Each character that is not copied, with the two before it, and how often they stand so. */
function contexts(codes) {
  const text = Buffer.from(codes).toString('latin1');
  const seen = new Map();
  const found = new Map();
  let copied = 0;
  for (let at = 0; at < text.length; at++) {
    const piece = text.substr(at, COPIED);
    const from = seen.get(piece);
    seen.set(piece, at);
    if (at < 2 || at < copied) continue;
    if (from !== undefined) {
      copied = at + COPIED;
      while (copied < text.length && text[copied] === text[from + copied - at]) copied++;
      continue;
    }
    const key = text.substr(at - 2, 3);
    const [further, before, code] = Buffer.from(key);
    found.set(key, { further, before, code, times: (found.get(key)?.times ?? 0) + 1 });
  }
  return [...found.values()];
}

/** Numbers below a bound, the same each time: a linear congruential generator. */
function numbers() {
  let state = 1;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

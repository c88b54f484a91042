// Medians and what they are worth.

/** The value below which the part `at` of `values` lies, between two of them in proportion. */
export function quantile(values, at) {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * at;
  const below = Math.floor(place);
  const next = sorted[Math.min(below + 1, sorted.length - 1)];
  return sorted[below] + (next - sorted[below]) * (place - below);
}

/**
 * @param {number[]} values
 * @returns {{ median: number, low: number, high: number, runs: number } | undefined} the median and the quartiles
 */
export function summary(values) {
  if (values.length === 0) return undefined;
  const [low, median, high] = [0.25, 0.5, 0.75].map((at) => quantile(values, at));
  return { median, low, high, runs: values.length };
}

/** The same order for all would favour some: each round has another. */
export function shuffled(list, random = Math.random) {
  const left = [...list];
  const order = [];
  while (left.length > 0) order.push(...left.splice(Math.floor(random() * left.length), 1));
  return order;
}

/**
 * Whether `a` is less than `b` by more than chance: their middle halves do not meet.
 *
 * @returns {boolean}
 */
export const clearlyLess = (a, b) => a.high < b.low && ![a, b].some(({ runs }) => runs < ENOUGH);

/** Fewer runs have no spread to speak of. What has no runs is exact. */
const ENOUGH = 3;

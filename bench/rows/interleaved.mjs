import { shuffled, summary } from '../lib/stats.mjs';

/**
 * Measures every case once a round, each round in another order, so that what else the machine does hits all alike.
 * A case that failed twice in a row is left alone, and says why.
 *
 * @param {import('./index.mjs').Case[]} cases
 * @param {number} rounds
 * @param {(what: string) => void} onApp
 */
export async function interleaved(cases, rounds, onApp) {
  const found = cases.map(() => ({ samples: [], failures: 0, error: undefined }));
  for (let round = 0; round < rounds; round++) {
    for (const at of shuffled(cases.keys())) {
      const { name, measure } = cases[at];
      const kept = found[at];
      if (kept.failures > 1) continue;
      onApp(`round ${round + 1} of ${rounds}, ${name}`);
      try {
        kept.samples.push(await measure());
        kept.failures = 0;
      } catch (error) {
        kept.failures++;
        kept.error = error.message;
      }
    }
  }
  const values = {};
  for (const [at, { name, condition }] of cases.entries()) {
    values[name] ??= {};
    const { samples, error } = found[at];
    if (error) values[name].error = error;
    for (const [key, numbers] of Object.entries(byKey(samples, condition))) {
      values[name][key] = summary(numbers);
    }
  }
  return values;
}

/** Samples are numbers, or objects of numbers. */
function byKey(samples, condition) {
  const lists = {};
  for (const sample of samples) {
    for (const [key, value] of Object.entries(condition ? { [condition]: sample } : sample)) {
      lists[key] ??= [];
      lists[key].push(value);
    }
  }
  return lists;
}

// Where the milliseconds of a start are: the trace whose total is the median of several.
import { withPage } from '../lib/journey.mjs';
import { traceStart } from '../lib/trace.mjs';
import { LATENCY } from './start.mjs';
import { VARIANTS } from './variants.mjs';

const CASES = [
  { key: 'plain', delay: 0, variant: 'as it is' },
  { key: 'latency', delay: LATENCY, variant: 'as it is' },
  { key: 'hints', delay: LATENCY, variant: 'modulepreload' },
];

/** @type {import('./index.mjs').Row} */
export const trace = {
  async run({ browser, stages, rounds, onApp }) {
    const stage = stages.find(({ app }) => app.ours && !app.react);
    const values = {};
    for (const { key, delay, variant } of CASES) {
      onApp(key);
      const runs = [];
      for (let round = 0; round < Math.min(rounds, 9); round++) {
        stage.configure(...VARIANTS[variant](stage));
        stage.delay(delay);
        stage.reset();
        stage.tenant.user = 'leave';
        const address = `${stage.site.origin}/?go`;
        runs.push(await withPage(browser, (view) => traceStart(browser, view, address, stage.tenant.origin)));
      }
      stage.configure();
      stage.delay(0);
      runs.sort((a, b) => a.ms - b.ms);
      values[key] = runs[Math.floor(runs.length / 2)];
    }
    return values;
  },
};

// One tab, an expired token, and many callers at the same moment.
import { signIn, withPage } from '../lib/journey.mjs';
import { EXPIRED } from './tabs.mjs';

/** @type {import('./index.mjs').Row} */
export const callers = {
  async run({ browser, stages, quick, onApp }) {
    const values = {};
    const counts = quick ? [1, 100, 10_000] : [1, 10, 100, 1000, 10_000];
    for (const stage of stages.filter(({ app }) => app.tabs)) {
      values[stage.app.name] = {};
      for (const count of counts) {
        onApp(`${stage.app.name}, ${count.toLocaleString('en')}`);
        const runs = [];
        for (let round = 0; round < (quick ? 1 : 3); round++) {
          runs.push(
            await withPage(browser, async (view) => {
              await signIn(stage, view);
              stage.reset();
              const found = await view.page.evaluate(([n, ms]) => expire(n, ms), [count, EXPIRED]);
              return { ...found, requests: stage.tenant.refreshes(), wire: stage.tenant.wire() };
            }).catch((error) => ({
              error: error.message,
              failed: count,
              requests: stage.tenant.refreshes(),
            })),
          );
        }
        const [middle] = runs
          .sort((a, b) => (a.ms ?? Infinity) - (b.ms ?? Infinity))
          .slice(Math.floor((runs.length - 1) / 2));
        values[stage.app.name][count] = middle;
        // Who sends one request for each caller would only be made to send more of them.
        if (middle.requests > 1 || middle.failed > 0) break;
      }
    }
    return values;
  },
};

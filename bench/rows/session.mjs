// From the callback to a session, the session on the next page, and its token.
import { restore, signIn, withPage } from '../lib/journey.mjs';

/** How long `getAccessToken()` and its likes are called one after another, in milliseconds. */
const CALLING = 150;

/** @type {import('./index.mjs').Row} */
export const session = {
  async run({ browser, stages, rounds, interleaved }) {
    const requests = {};
    const values = await interleaved(
      stages
        .filter(({ app }) => !app.control)
        .map((stage) => ({
          name: stage.app.name,
          measure: () =>
            withPage(browser, async (view) => {
              const answered = await signIn(stage, view);
              const wire = stage.tenant.wire();
              const restored = await restore(stage, view);
              // What it had to ask the provider to find its user again.
              requests[stage.app.name] = stage.tenant.exchanges.map(
                ({ method, path }) => `${method} ${path}`,
              );
              const found = { callback: answered.ms, processor: Math.max(0, answered.ms - wire) };
              if (restored.what !== 'in') return found;
              const token = await view.page.evaluate((ms) => timeToken(ms), CALLING);
              return { ...found, restored: restored.ms, token };
            }),
        })),
      rounds,
    );
    for (const [name, asked] of Object.entries(requests)) values[name].asked = asked;
    return values;
  },
};

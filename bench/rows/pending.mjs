// A tab in which sign-ins were begun and left, in a browser whose storage is full of others' keys.
import { openPage, openProfile, timeToNavigate } from '../lib/browser.mjs';
import { until, visit } from '../lib/journey.mjs';

const PENDING = 10;
const FOREIGN = 1000;

/** @type {import('./index.mjs').Row} */
export const pending = {
  async run({ stages, rounds, interleaved }) {
    const { profile, close } = await openProfile();
    const leave = async (stage, view) => {
      stage.reset();
      stage.tenant.user = 'leave';
      const ms = await timeToNavigate(view, `${stage.site.origin}/?go`, stage.tenant.origin);
      await view.page.goto('about:blank');
      return ms;
    };
    // As a click begins it: a page that signs in by itself again and again is stopped by some SDKs.
    const click = async (stage, view) => {
      stage.tenant.user = 'leave';
      await visit(stage, view, '/', ['out']);
      stage.reset();
      await view.tools.send('Runtime.evaluate', { expression: 'void client.signIn()', userGesture: true });
      await until(() => stage.tenant.exchanges.some(({ top }) => top));
      await view.page.goto('about:blank');
    };
    const cases = [];
    try {
      for (const stage of stages.filter(({ app }) => !app.control && !app.react && !app.preloaded)) {
        for (const condition of ['clean', 'littered']) {
          const view = await openPage(profile);
          const clear = async () => {
            await view.page.goto(`${stage.site.origin}/silent.html`);
            await view.page.evaluate(() => {
              localStorage.clear();
              sessionStorage.clear();
            });
          };
          const litter = async () => {
            await clear();
            await view.page.evaluate((count) => {
              for (const storage of [localStorage, sessionStorage]) {
                for (let n = 0; n < count; n++) storage.setItem(`foreign.${n}`, 'x'.repeat(100));
              }
            }, FOREIGN);
            for (let n = 0; n < PENDING; n++) await click(stage, view);
          };
          for (let n = 0; n < 3; n++) {
            await clear();
            await leave(stage, view);
          }
          const before = condition === 'clean' ? clear : litter;
          cases.push({
            name: stage.app.name,
            condition,
            // Storage is the origin's: what the other case left goes first.
            measure: async () => {
              await before();
              return leave(stage, view);
            },
          });
        }
      }
      return await interleaved(cases, Math.ceil(rounds / 2));
    } finally {
      await close();
    }
  },
};

// What goes over the wire: files that the browser requested, compressed. React and the bench's own lines are left out.
import { remember, UNRELEASED } from '../../scripts/lib/history.mjs';
import { weigh } from '../../scripts/lib/weigh.mjs';
import { figures } from '../../scripts/size.mjs';
import { restore, signIn, withPage } from '../lib/journey.mjs';
import { openStage } from '../lib/stage.mjs';

/** @type {import('./index.mjs').Row} */
export const bytes = {
  async run({ browser, apps, onApp }) {
    remember(UNRELEASED, await figures());
    const values = {};
    for (const app of apps.filter(({ control }) => !control)) {
      onApp(app.name);
      const stage = await openStage(app, { apart: true });
      const total = (paths) => {
        const weights = stage.bundle.chunks
          .filter(({ path }) => paths.includes(path))
          .map(({ contents }) => weigh(contents));
        return weights.reduce((sum, weight) => sum.map((n, at) => n + weight[at]), [0, 0, 0]);
      };
      try {
        const loaded = await withPage(browser, async (view) => {
          await signIn(stage, view);
          const first = [...stage.site.served];
          await restore(stage, view);
          return [...first, ...stage.site.served];
        });
        values[app.name] = { eager: total(stage.bundle.eager), everything: total(loaded) };
      } catch (error) {
        values[app.name] = { error: error.message };
      } finally {
        await stage.close();
      }
    }
    return values;
  },
};

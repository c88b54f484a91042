// Tokens expire, and every tab of the app asks for one at the same moment.
import { openPage } from '../lib/browser.mjs';
import { signIn, until, withPage } from '../lib/journey.mjs';
import { LIFETIME } from '../lib/tenant.mjs';

/** Pages opened side by side, so that they do not wait for one another's time-outs. */
const AT_ONCE = 5;
/** A second after the tokens' end, in milliseconds. */
export const EXPIRED = (LIFETIME + 1) * 1000;
/** After this what has not answered never will. */
const PATIENCE = 30_000;

/** @type {import('./index.mjs').Row} */
export const tabs = {
  async run({ browser, stages, quick, onApp }) {
    const values = {};
    for (const stage of stages.filter(({ app }) => app.tabs)) {
      values[stage.app.name] = {};
      for (const count of quick ? [1, 10] : [1, 10, 50]) {
        onApp(`${stage.app.name}, ${count}`);
        stage.configure({ shared: true });
        values[stage.app.name][count] = await withPage(browser, (view, profile) =>
          expireIn(stage, view, profile, count),
        ).catch((error) => ({ error: error.message }));
        stage.configure();
      }
    }
    return values;
  },
};

async function expireIn(stage, view, profile, count) {
  await signIn(stage, view);
  let left = count - 1;
  const opened = async () => {
    while (left-- > 0) {
      const tab = await openPage(profile);
      await tab.page.goto(`${stage.site.origin}/?go`, { waitUntil: 'commit' });
      await tab.page.waitForFunction(() => window.client?.signedIn, undefined, { timeout: PATIENCE });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, opened));
  stage.reset();
  const all = until(
    () => stage.site.reports.filter(({ what }) => what === 'token').length >= count - 1,
  ).catch(() => {});
  const own = view.page.evaluate((ms) => expireAll(ms), EXPIRED);
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE).unref());
  const mine = await Promise.race([own, patience]);
  await Promise.race([all, patience]);
  const answers = [...stage.site.reports.filter(({ what }) => what === 'token'), ...(mine ? [mine] : [])];
  return {
    requests: stage.tenant.refreshes(),
    served: answers.filter(({ failed }) => failed === 0).length,
    ms: Math.max(0, ...answers.map(({ ms }) => ms)),
    error: answers.find(({ error }) => error)?.error,
  };
}

// Opens one browser and every app's stage, and runs the rows that were asked for.
import { step } from '../scripts/lib/step.mjs';
import { apps } from './lib/apps.mjs';
import { openBrowser } from './lib/browser.mjs';
import { machine, versions } from './lib/machine.mjs';
import { openStage } from './lib/stage.mjs';
import { ROUNDS, rows } from './rows/index.mjs';
import { interleaved } from './rows/interleaved.mjs';

/** Rows that measure no peer. */
const OURS = ['trace', 'variants'];

export async function measureRows(names, quick, found, keep) {
  const browser = await openBrowser();
  const stages = [];
  // Opening all takes longer than some rows.
  const wanted = names.every((name) => OURS.includes(name)) ? apps.filter(({ ours }) => ours) : apps;
  try {
    await step('apps', async (onLine) => {
      const open = async (app) => {
        const stage = await openStage(app);
        onLine(app.name);
        return stage;
      };
      stages.push(...(await Promise.all(wanted.map(open))));
      return `${stages.length} built`;
    });
    Object.assign(found, { machine: machine(), versions: await versions(browser.version) });
    const rounds = quick ? ROUNDS.quick : ROUNDS.full;
    for (const name of names) {
      await step(name, async (onApp) => {
        const each = (cases, rounds) => interleaved(cases, rounds, onApp);
        const setting = { browser, apps, stages, rounds, quick, onApp, interleaved: each };
        const at = new Date().toISOString().slice(0, 16);
        const values = await rows[name].run(setting);
        found.rows[name] = { at, quick, values };
        keep(found);
        const failed = Object.entries(values).filter(([, value]) => value.error);
        for (const [app, { error }] of failed) onApp(`${app}: ${error}`);
        return failed.length > 0 ? `${failed.length} with errors` : '';
      });
    }
  } finally {
    await Promise.all(stages.map((stage) => stage.close()));
    await browser.close();
  }
}

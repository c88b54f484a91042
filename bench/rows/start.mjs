// From the page's headers to the moment at which the browser asks for the authorize page.
import { openPage, openProfile, throttle, timeToNavigate } from '../lib/browser.mjs';
import { withPage } from '../lib/journey.mjs';

/** How many visits a profile needs until Chromium keeps the compiled code of what they load. */
export const WARMING = 4;
export const LATENCY = 40;
export const SLOWER = 4;

const target = ({ tenant }) => tenant.origin;
export const start = (stage, view) => {
  stage.reset();
  stage.tenant.user = 'leave';
  return timeToNavigate(view, `${stage.site.origin}/?go`, target(stage));
};
export const cold =
  (prepare) =>
  async (stage, { browser }) => {
    try {
      return await withPage(browser, async (view) => {
        await prepare(stage, view);
        return start(stage, view);
      });
    } finally {
      stage.delay(0);
    }
  };

/** @type {import('./index.mjs').Row} */
export const startRow = {
  async run({ browser, stages, rounds, interleaved }) {
    const conditions = {
      plain: cold(() => {}),
      latency: cold((stage) => stage.delay(LATENCY)),
      slow: cold((_, view) => throttle(view, SLOWER)),
    };
    const measuredOnes = stages.filter(({ app }) => !app.control);
    const cases = Object.entries(conditions).flatMap(([condition, measure]) =>
      measuredOnes.map((stage) => ({
        name: stage.app.name,
        condition,
        measure: () => measure(stage, { browser }),
      })),
    );
    const values = await interleaved(cases, rounds);
    const warm = await warmVisits(measuredOnes, interleaved, rounds);
    for (const [name, found] of Object.entries(warm)) Object.assign(values[name], found);
    return values;
  },
};

async function warmVisits(stages, interleaved, rounds) {
  const { profile, close } = await openProfile();
  try {
    const views = new Map();
    for (const stage of stages) {
      const view = await openPage(profile);
      views.set(stage, view);
      for (let n = 0; n < WARMING; n++) await revisit(stage, view);
    }
    return await interleaved(
      stages.map((stage) => ({
        name: stage.app.name,
        condition: 'warm',
        measure: () => revisit(stage, views.get(stage)),
      })),
      rounds,
    );
  } finally {
    await close();
  }
}

/** A visit that leaves nothing behind but what the browser caches. */
export async function revisit(stage, view) {
  const ms = await start(stage, view);
  await view.page.evaluate(() => {
    localStorage.clear();
    sessionStorage.clear();
  });
  await view.page.goto('about:blank');
  return ms;
}

// Time as the pages of a world made with `clock: true` see it: it passes by itself, and in leaps when a test says so.

/** In seconds: so long that on the busiest machine no token comes near its end by itself. */
export const LIFETIME = 3600;

/** The page's own time, and what its session says of its times. In milliseconds since 1970. */
export const times = (page) =>
  page.evaluate(() => {
    const { expiresAt, refreshAt } = auth.getState();
    return { now: Date.now(), expiresAt, refreshAt };
  });

/**
 * Time leaps to `moment` on all pages, as for a machine that slept.
 *
 * @param {import('./world.mjs').World} world
 * @param {number} moment in milliseconds since 1970; minutes ahead, because a clock that is asked to go back fails
 */
export const leap = (world, moment) =>
  leaping(world, async (clock) => {
    await clock.pauseAt(moment);
    await clock.resume();
  });

/** Time leaps by so many seconds: for one page alone, since on a busy machine two would differ afterwards. */
export const leapBy = (world, seconds) => leaping(world, (clock) => clock.fastForward(seconds * 1000));

/** A token request that becomes due is served once all clocks show the same again. */
async function leaping(world, move) {
  const { control } = world.platform;
  const { beforeToken } = control;
  let arrive;
  const arrived = new Promise((resolve) => {
    arrive = resolve;
  });
  control.beforeToken = async (exchange) => {
    await arrived;
    return beforeToken ? beforeToken(exchange) : 'pass';
  };
  await move(world.context.clock);
  control.beforeToken = beforeToken;
  arrive();
}

/** Time leaps to a second before the first of `pages` refreshes, which it then does in its own time. */
export async function leapToRefresh(world, pages) {
  const due = await Promise.all(pages.map(times));
  await leap(world, Math.min(...due.map(({ refreshAt }) => refreshAt)) - 1000);
}

/** Time leaps beyond the refresh of every one of `pages`, and ends before their tokens do. */
export async function leapPastRefresh(world, pages) {
  const [{ expiresAt }] = await Promise.all(pages.map(times));
  // Refreshes are due a minute to half a minute before the end.
  await leap(world, expiresAt - 25_000);
}

/** Time leaps to the end of the page's token, and a second on. */
export async function leapToEnd(world, page) {
  await leap(world, (await times(page)).expiresAt + 1000);
}

/** From now on time stands still on all pages: what happens there comes of no timer. */
export async function stopTime(world) {
  const [page] = world.context.pages();
  await world.context.clock.pauseAt((await page.evaluate(() => Date.now())) + 60_000);
}

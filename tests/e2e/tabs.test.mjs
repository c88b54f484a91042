// One session in many tabs, counted at the provider: real locks, real channels, and time that the test lets pass.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { ask, refusal } from './support/bare.mjs';
import { openBrowser, seen } from './support/browser.mjs';
import {
  duplicate,
  holdTokenAnswers,
  holdTokenRequests,
  queued,
  signIn,
  stored,
  told,
} from './support/flow.mjs';
import { LIFETIME, leapPastRefresh, leapToRefresh, stopTime, times } from './support/time.mjs';
import { bareWorld, ready } from './support/world.mjs';

const browser = await openBrowser();
after(() => browser.close());

/** A signed-in tab and `more` beside it. */
async function tabs(t, more, { tokenStorage = 'local' } = {}) {
  const provider = { accessTokenSeconds: LIFETIME };
  const world = await bareWorld(t, browser, { options: { tokenStorage }, provider, clock: true });
  const first = await world.tab();
  await signIn(first, world);
  const others = await Promise.all(Array.from({ length: more }, () => world.tab()));
  return { world, pages: [first, ...others] };
}

const status = async (page) => (await ask(page, 'getState')).status;
const renewed = (world) => world.refreshes().filter(({ response }) => response?.access_token);
const forced = { forceRefresh: true };
/** Once the page holds a token that lives beyond `end`. */
const renewedBeyond = (page, end) => seen(page, (end) => auth.getState().expiresAt > end, end);

const signedOut = (page) => seen(page, () => !auth.isAuthenticated());

/** Every refresh token was sent once, each being the last answer's; none was refused. */
function assertChain(world) {
  const answers = [...world.exchanges(), ...renewed(world)].map(({ response }) => response.refresh_token);
  const sent = world.refreshes();
  assert.deepEqual(
    sent.map(({ body }) => body.refresh_token),
    answers.slice(0, sent.length),
  );
  assert.ok(sent.every(({ status = 200 }) => status === 200));
}

describe('many tabs', { concurrency: 4, timeout: 600_000 }, () => {
  test('ten tabs refresh exactly once for each expiry, and nobody is signed out', async (t) => {
    const { world, pages } = await tabs(t, 9);
    // In their own time, all at once after a sleep, and in their own time again.
    for (const pass of [leapToRefresh, leapPastRefresh, leapToRefresh]) {
      const all = await Promise.all(pages.map(times));
      for (const { refreshAt, expiresAt } of all) {
        const margin = (expiresAt - refreshAt) / 1000;
        assert.ok(margin > 29 && margin < 61, `due ${margin} s before the end`);
      }
      const before = world.refreshes().length;
      await pass(world, pages);
      await Promise.all(
        pages.map((page) => renewedBeyond(page, Math.max(...all.map((each) => each.expiresAt)))),
      );
      assert.equal(world.refreshes().length, before + 1);
      const tokens = await Promise.all(pages.map((page) => ask(page, 'getAccessToken')));
      assert.equal(new Set(tokens).size, 1, 'all hold the same token');
    }
    assertChain(world);
    assert.equal(renewed(world).length, 3);
    // The tab that sent it says so, and no other tab does.
    const told = await Promise.all(pages.map((page) => page.evaluate(() => events)));
    const own = told.flat().filter(({ type, elsewhere }) => type === 'token_refreshed' && !elsewhere);
    assert.equal(own.length, 3);
    for (const page of pages) assert.equal(await status(page), 'authenticated');
  });

  test('forced refreshes in all tabs at once never send a token twice', async (t) => {
    const { world, pages } = await tabs(t, 3);
    await Promise.all(pages.flatMap((page) => [1, 2, 3].map(() => ask(page, 'getAccessToken', forced))));
    assertChain(world);
    assert.ok(world.refreshes().length <= pages.length, `${world.refreshes().length} refreshes`);
  });

  test('the lock-holding tab is closed before the platform acted: the others go on', async (t) => {
    const { world, pages } = await tabs(t, 2);
    const { arrived } = holdTokenRequests(world);
    ask(pages[0], 'getAccessToken', forced).catch(() => {}); // its page is gone before the answer
    await arrived;
    world.platform.control.beforeToken = undefined;
    const waiting = pages.slice(1).map((page) => ask(page, 'getAccessToken', forced));
    await queued(pages[1], 2);
    await pages[0].close();
    assert.equal(new Set(await Promise.all(waiting)).size, 1);
    for (const page of pages.slice(1)) assert.equal(await status(page), 'authenticated');
    assert.deepEqual(
      world.refreshes().map(({ status }) => status),
      [undefined, 200],
      'the same token again, once, by one of them',
    );
  });

  test('the lock-holding tab is closed after the platform acted: the loss is called session_lost', async (t) => {
    const { world, pages } = await tabs(t, 2);
    const { acted, release } = holdTokenAnswers(world);
    ask(pages[0], 'getAccessToken', forced).catch(() => {}); // its page is gone before the answer
    await acted;
    const waiting = pages.slice(1).map((page) => refusal(page, 'getAccessToken', forced));
    await queued(pages[1], 2);
    await pages[0].close();
    release();
    for (const error of await Promise.all(waiting)) assert.equal(error.code, 'session_lost');
    for (const page of pages.slice(1)) {
      assert.deepEqual(await ask(page, 'getState'), { status: 'unauthenticated', reason: 'session_lost' });
    }
    assert.equal(world.refreshes().length, 2);
  });

  test('by default two tabs that signed in are two sessions, each with its own refresh and sign-out', async (t) => {
    const { world, pages } = await tabs(t, 1, { tokenStorage: 'session' });
    const [first, second] = pages;
    assert.equal(await status(second), 'unauthenticated');
    await signIn(second, world, 'Ada Lovelace', { prompt: 'login' });
    await Promise.all(pages.map((page) => ask(page, 'getAccessToken', forced)));
    assert.equal(renewed(world).length, 2);
    await ask(first, 'logout');
    assert.equal(await status(first), 'unauthenticated');
    // Before it refreshes, a tab has heard what its peers said.
    await ask(second, 'getAccessToken', forced);
    assert.equal(await status(second), 'authenticated');
  });

  test('a duplicated tab stays signed in beside its original over several rotations', async (t) => {
    const { world, pages } = await tabs(t, 0, { tokenStorage: 'session' });
    const twin = await duplicate(pages[0]);
    const both = [pages[0], twin];
    for (let rotation = 1; rotation <= 3; rotation++) {
      const { expiresAt } = await times(twin);
      await leapToRefresh(world, both);
      for (const page of both) await renewedBeyond(page, expiresAt);
      assert.equal(renewed(world).length, rotation);
    }
    assertChain(world);
    for (const page of both) assert.equal(await status(page), 'authenticated');
    // Each stores the rotated tokens in its own tab: both survive a reload, and one alone survives the other.
    for (const page of both) {
      await page.reload();
      await ready(page);
      assert.match(await ask(page, 'getAccessToken'), /./);
    }
    await pages[0].close();
    const { expiresAt } = await times(twin);
    await leapToRefresh(world, [twin]);
    await renewedBeyond(twin, expiresAt);
    assert.equal(renewed(world).length, 4, 'a refresh by the twin alone');
    assertChain(world);
    assert.equal(await status(twin), 'authenticated');
  });

  test('a duplicated tab asks its original as soon as it is there', async (t) => {
    const { pages } = await tabs(t, 0, { tokenStorage: 'session' });
    const [record] = (await stored(pages[0])).filter(({ key }) => key.endsWith('.session'));
    await pages[0].evaluate(
      (name) => {
        window.heard = [];
        new BroadcastChannel(name).onmessage = ({ data }) => heard.push(data);
      },
      record.key.replace('.session', ''),
    );
    await duplicate(pages[0]);
    await pages[0].waitForFunction(() => heard.some((text) => text.startsWith('kind=query&')));
  });

  test('duplicated tabs sign out together', async (t) => {
    const { world, pages } = await tabs(t, 0, { tokenStorage: 'session' });
    const twin = await duplicate(pages[0]);
    await stopTime(world);
    await ask(pages[0], 'logout');
    await signedOut(twin);
    await twin.reload();
    await ready(twin);
    assert.equal(await status(twin), 'unauthenticated');
  });

  test('a sign-out is seen in every tab at once, and no token stays stored', async (t) => {
    const { world, pages } = await tabs(t, 5);
    await stopTime(world);
    await Promise.all([ask(pages[2], 'logout'), ...pages.map(signedOut)]);
    for (const page of pages) {
      const event = await page.evaluate(() => events.find(({ type }) => type === 'signed_out'));
      assert.deepEqual([event.reason, event.elsewhere], ['logout', page !== pages[2]]);
      const left = JSON.stringify([await stored(page), await stored(page, 'localStorage')]);
      for (const secret of ['access_token', 'refresh_token', 'id_token']) {
        assert.ok(!left.includes(world.exchanges()[0].response[secret]), `the ${secret} is still there`);
      }
    }
  });

  test('a sign-out while a refresh is under way is final, in every tab and after a reload', async (t) => {
    const { world, pages } = await tabs(t, 1);
    const { acted, release } = holdTokenAnswers(world);
    const refreshing = refusal(pages[0], 'getAccessToken', forced);
    // Read to its end: now and then Chromium calls that "aborted" though every byte was read.
    const ended = new Promise((resolve) => {
      for (const event of ['requestfinished', 'requestfailed']) {
        pages[0].on(event, (request) => request.url().endsWith('/oauth2/token') && resolve());
      }
    });
    await acted;
    await ask(pages[0], 'logout');
    assert.equal((await refreshing).code, 'signed_out');
    release();
    await ended;
    for (const page of pages) {
      assert.equal(await status(page), 'unauthenticated');
      assert.equal((await refusal(page, 'getAccessToken')).code, 'login_required', 'not under way any more');
      await page.reload();
      await ready(page);
      assert.equal(await status(page), 'unauthenticated');
      assert.equal((await refusal(page, 'getAccessToken')).code, 'login_required');
    }
  });

  test('a sign-in is seen in the other tabs', async (t) => {
    const world = await bareWorld(t, browser, { options: { tokenStorage: 'local' } });
    const [one, two] = [await world.tab(), await world.tab()];
    await signIn(one, world);
    await two.waitForFunction(() => auth.isAuthenticated());
    assert.equal((await ask(two, 'getUser')).name, 'Ada Lovelace');
    assert.equal(world.exchanges().length, 1);
  });

  test('without Web Locks and BroadcastChannel tabs share one session by storage alone', async (t) => {
    const world = await bareWorld(t, browser, { options: { tokenStorage: 'local' }, clock: true });
    await world.context.addInitScript(() => {
      Object.defineProperty(navigator, 'locks', { value: undefined });
      delete window.BroadcastChannel;
    });
    const one = await world.tab();
    await signIn(one, world);
    const two = await world.tab();
    const token = await ask(one, 'getAccessToken', forced);
    await told(two, 'token_refreshed');
    assert.equal(await ask(two, 'getAccessToken'), token);
    await stopTime(world);
    await ask(one, 'logout');
    await signedOut(two);
  });
});

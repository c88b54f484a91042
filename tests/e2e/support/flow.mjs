// What a user does, and what a test waits for.
import { ask } from './bare.mjs';
import { PATIENCE, seen } from './browser.mjs';
import { ready } from './world.mjs';

/** At the provider: chooses a ready account, and waits to be back at the app. */
export async function choose(page, world, account = 'Ada Lovelace') {
  const button = `button[aria-label="Use ${account}"]`;
  await seen(
    page,
    (button) => document.readyState === 'complete' && Boolean(document.querySelector(button)),
    button,
  );
  await page.evaluate((button) => document.querySelector(button).click(), button);
  await page.waitForURL((url) => url.origin === world.origin);
}

/** On a bare page: the whole sign-in. Answers with what `handleCallback` gave. */
export async function signIn(page, world, account, options) {
  await goToCallback(page, world, account, options);
  return ask(page, 'handleCallback');
}

/** On a bare page: signs in at the provider, and is back with a callback that is not answered yet. */
export async function goToCallback(page, world, account, options) {
  await goToProvider(page, options);
  await choose(page, world, account);
  await ready(page);
}

/** On a bare page: to the provider's sign-in page. */
export async function goToProvider(page, options) {
  await page.evaluate((options) => void auth.loginWithRedirect(options), options);
  await atProvider(page);
}

/** Once the tab shows the provider's sign-in page. */
export const atProvider = (page) =>
  seen(
    page,
    () => document.readyState === 'complete' && document.querySelector('h1')?.textContent === 'Sign in',
  );

/** On a bare page: begins a sign-in and answers with its authorize URL instead of going there. */
export function authorizeUrl(page, options) {
  return page.evaluate(async (options) => {
    let given;
    const openUrl = (url) => {
      given = url;
    };
    await auth.loginWithRedirect({ ...options, openUrl });
    return given;
  }, options);
}

/** On a bare page: begins a sign-in, and answers with the callback address that the platform makes of it. */
export async function callbackUrl(page, world, account, options) {
  // The platform may know the user by now; it asks all the same.
  const url = await authorizeUrl(page, { prompt: 'login', ...options });
  const other = await world.context.newPage();
  // Once opened the address may be cleaned, so it is read off the redirect.
  const seen = other.waitForRequest((request) => request.url().startsWith(world.redirectUri));
  await other.goto(url);
  await choose(other, world, account);
  const answer = (await seen).url();
  await other.close();
  return answer;
}

/** On the demo: the whole sign-in. */
export async function signInToDemo(page, world, account = 'Ada Lovelace') {
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await choose(page, world, account);
  await page.getByRole('heading', { name: account }).waitFor();
}

/** Has requests for `pattern` wait until what it answers with is called. */
export async function hold(page, pattern) {
  let release;
  const open = new Promise((resolve) => {
    release = resolve;
  });
  await page.route(pattern, async (route) => {
    await open;
    await route.continue();
  });
  return release;
}

/**
 * Waits until `met()`: asked now and whenever the platform has answered.
 *
 * @template T
 * @param {import('./world.mjs').World} world
 * @param {() => T} met
 * @param {string} what named when the time is up
 * @returns {Promise<T>}
 */
export function until(world, met, what, seconds = PATIENCE / 1000) {
  return new Promise((resolve, reject) => {
    const look = () => {
      const value = met();
      if (!value) return;
      stop();
      clearTimeout(timer);
      resolve(value);
    };
    const stop = world.platform.log.on(look);
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`not within ${seconds} s: ${what}`));
    }, seconds * 1000);
    look();
  });
}

/** Every address in the tab's history, as the browser keeps it. */
export async function history(page) {
  const session = await page.context().newCDPSession(page);
  const { entries } = await session.send('Page.getNavigationHistory');
  await session.detach();
  return entries.map(({ url }) => url);
}

/** The tab's storage of this SDK: what its keys end with, and the records as form fields. */
export async function stored(page, kind = 'sessionStorage') {
  const entries = await page.evaluate((kind) => Object.entries(window[kind]), kind);
  return entries
    .filter(([key]) => key.startsWith('intelliauth.'))
    .map(([key, text]) => ({ key, text, fields: Object.fromEntries(new URLSearchParams(text)) }));
}

/** The sign-ins that the tab has open. */
export const transactions = async (page) =>
  (await stored(page)).filter(({ fields }) => fields.kind === 'transaction');

/** Once the bare page's client has told of an event of this type. */
export const told = (page, type) => seen(page, (type) => events.some((event) => event.type === type), type);

/** Duplicates the tab, as `window.open` without `noopener` does: the new one has a copy of its sessionStorage. */
export async function duplicate(page) {
  const opened = page.context().waitForEvent('page');
  await page.evaluate(() => void window.open('/twin'));
  const twin = await opened;
  await twin.waitForLoadState();
  await ready(twin);
  return twin;
}

/** Once so many of the page's origin's tabs wait for a lock. */
export const queued = (page, count) =>
  seen(page, async (count) => (await navigator.locks.query()).pending.length >= count, count);

/** Has token requests wait before the platform hears of them: `arrived` is the first one's coming, `release` lets all go. */
export function holdTokenRequests({ platform }) {
  let release;
  const held = new Promise((resolve) => {
    release = () => resolve('pass');
  });
  const arrived = new Promise((resolve) => {
    platform.control.beforeToken = () => {
      resolve();
      return held;
    };
  });
  return { arrived, release };
}

/** Holds the token endpoint's answers back, once the platform acted: `acted` is the first one's, `release` lets all go. */
export function holdTokenAnswers({ platform }) {
  let release;
  const held = new Promise((resolve) => {
    release = () => {
      platform.control.afterToken = undefined;
      resolve();
    };
  });
  const acted = new Promise((resolve) => {
    platform.control.afterToken = () => {
      resolve();
      return held;
    };
  });
  return { acted, release };
}

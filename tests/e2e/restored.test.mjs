// Pages that come back from the back/forward cache.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { ask } from './support/bare.mjs';
import { openBrowser } from './support/browser.mjs';
import { signIn, signInToDemo } from './support/flow.mjs';
import { LIFETIME, times } from './support/time.mjs';
import { bareWorld, demoWorld } from './support/world.mjs';

const browser = await openBrowser({ backForwardCache: true });
after(() => browser.close());

const notePersisted = () =>
  addEventListener('pageshow', ({ persisted }) => {
    window.restored = persisted;
  });

describe('restored', { concurrency: 4, timeout: 600_000 }, () => {
  test('a page that the back button restores can start again', async (t) => {
    const world = await demoWorld(t, browser);
    await world.context.addInitScript(notePersisted);
    const page = await world.tab();
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
    await page.goBack({ waitUntil: 'commit' }); // a restored page has no load event
    await page.waitForFunction(() => window.restored === true);
    await page.locator('main[data-status=unauthenticated]').waitFor();
    await signInToDemo(page, world);
    assert.equal(world.exchanges().length, 1);
  });

  test('a signed-in page that the back button restores goes on where it was', async (t) => {
    const world = await demoWorld(t, browser);
    await world.context.addInitScript(notePersisted);
    const page = await world.tab();
    await signInToDemo(page, world);
    await page.goto(`${world.platform.issuer}/.well-known/openid-configuration`);
    await page.goBack({ waitUntil: 'commit' }); // a restored page has no load event
    await page.waitForFunction(() => window.restored === true);
    await page.getByRole('heading', { name: 'Ada Lovelace' }).waitFor();
    await page.getByRole('button', { name: 'Call the API' }).click();
    await page.getByText('"usr_ada"').waitFor();
  });

  test('the overlay is in touch with other tabs again, and shows no tab that has gone meanwhile', async (t) => {
    const world = await bareWorld(t, browser);
    await world.context.addInitScript(notePersisted);
    const tabAt = async (path) => {
      const page = await world.tab(path);
      await page.evaluate(async () => {
        const { showDevtools } = await import('/sdk/devtools/index.js');
        showDevtools(auth);
        document.querySelector('intelliauth-devtools').open = true;
      });
      return page;
    };
    const shows = (page, path) => page.getByText(`${path}: unauthenticated`).waitFor();
    const page = await tabAt('/restored');
    const other = await tabAt('/stays');
    const leaving = await tabAt('/leaves');
    for (const path of ['/stays', '/leaves']) await shows(page, path);
    await shows(other, '/restored');

    await page.goto(`${world.platform.issuer}/.well-known/openid-configuration`);
    await other.getByText('/restored: unauthenticated').waitFor({ state: 'detached' });
    await leaving.goto('about:blank');
    await other.getByText('/leaves: unauthenticated').waitFor({ state: 'detached' });
    await page.goBack({ waitUntil: 'commit' }); // a restored page has no load event
    await page.waitForFunction(() => window.restored === true);
    await shows(other, '/restored');
    await shows(page, '/stays');
    assert.equal(await page.getByText('/leaves: unauthenticated').count(), 0);
  });

  test('a session is looked at again when its page is restored', async (t) => {
    const world = await bareWorld(t, browser, { provider: { accessTokenSeconds: LIFETIME } });
    const page = await world.tab();
    await signIn(page, world);
    const before = await ask(page, 'getAccessToken');
    const { expiresAt } = await times(page);
    // The page comes back after its token's end, by both of its clocks: before anybody on it looks.
    await page.evaluate((end) => {
      const away = end + 1000 - Date.now();
      const restored = ({ persisted }) => {
        window.restored = persisted;
        for (const clock of [Date, performance]) {
          const now = clock.now.bind(clock);
          clock.now = () => now() + away;
        }
      };
      addEventListener('pageshow', restored, { capture: true, once: true });
    }, expiresAt);
    await page.goto(`${world.platform.issuer}/.well-known/openid-configuration`);
    await page.goBack({ waitUntil: 'commit' }); // a restored page has no load event
    await page.waitForFunction(() => window.restored === true);
    assert.notEqual(await ask(page, 'getAccessToken'), before);
    assert.equal(await ask(page, 'isAuthenticated'), true);
    await page.goForward({ waitUntil: 'commit' });
    await page.goBack({ waitUntil: 'commit' });
    assert.match(await ask(page, 'getAccessToken'), /./);
  });
});

// The redirect URI as a path, or none at all.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { refusal } from './support/bare.mjs';
import { openBrowser } from './support/browser.mjs';
import { signIn } from './support/flow.mjs';
import { bareWorld, reactWorld } from './support/world.mjs';

const browser = await openBrowser();
after(() => browser.close());

describe('redirectUri', { concurrency: 2, timeout: 600_000 }, () => {
  for (const [what, redirectUri, path] of [
    ['a path', '/callback', '/callback'],
    ['left out', undefined, '/'],
  ]) {
    const registered = ({ redirectUri }) => [new URL(path, redirectUri).href];

    test(`${what} is one of the page's origin, and signs in`, async (t) => {
      const world = await bareWorld(t, browser, { registered, options: { redirectUri } });
      const page = await world.tab();
      const { user } = await signIn(page, world);
      assert.equal(user.name, 'Ada Lovelace');
      const [{ body }] = world.exchanges();
      assert.equal(body.redirect_uri, world.origin + path);
    });

    test(`${what}: so it is in React`, async (t) => {
      const world = await reactWorld(t, browser, { registered, options: { redirectUri } });
      const page = await world.tab();
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('button', { name: 'Use Ada Lovelace' }).click();
      await page.locator('main').getByText('Ada Lovelace').waitFor();
      assert.equal(world.exchanges()[0].body.redirect_uri, world.origin + path);
      assert.equal(page.url(), `${world.origin}/`);
    });
  }

  test('on localhost the console says once what to register, and elsewhere nothing', async (t) => {
    for (const host of ['localhost', 'app.localhost', 'app.e2e.invalid']) {
      const world = await bareWorld(t, browser, { host, options: { redirectUri: '/callback' } });
      const page = await world.context.newPage();
      const said = [];
      page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`));
      if (host.endsWith('invalid')) {
        await page.route(`${world.origin}/**`, async (route) => {
          const { pathname } = new URL(route.request().url());
          const body = world.files.get(pathname) ?? world.files.get('/index.html');
          const contentType = pathname.endsWith('.js') ? 'text/javascript' : 'text/html';
          await route.fulfill({ body, contentType });
        });
      }
      const uri = `${world.origin}/callback`;
      const heard = host.endsWith('invalid')
        ? page.waitForEvent('console')
        : page.waitForEvent('console', (message) => message.text().endsWith(uri));
      await page.goto(world.origin);
      await page.waitForFunction(() => window.ready?.then(() => true));
      await page.evaluate(() => begin(given));
      await heard;
      const told = `info: IntelliAuth: the redirect URI to register with the platform, character for character, is ${uri}`;
      assert.deepEqual(
        said.filter((line) => !line.startsWith('warning')),
        host.endsWith('invalid') ? [] : [told],
      );
    }
  });

  test('what may be no path of this origin is refused', async (t) => {
    const world = await bareWorld(t, browser, { options: false });
    const page = await world.tab();
    await page.evaluate(() => {
      window.auth = { make: (options) => begin(options) };
    });
    for (const redirectUri of [
      'callback',
      '//evil.example',
      '/\\evil.example',
      '',
      '?',
      '#',
      'javascript:/x',
    ]) {
      const { code, details } = await refusal(page, 'make', { ...world.options, redirectUri });
      assert.deepEqual([code, details.option], ['invalid_config', 'redirectUri'], redirectUri);
    }
  });
});

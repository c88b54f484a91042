// Errors: what is there at once, and what is loaded only then.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { openBrowser } from './support/browser.mjs';
import { bundled, served } from './support/bundle.mjs';
import { bareWorld } from './support/world.mjs';

const browser = await openBrowser();
after(() => browser.close());

const HINTS = '**/*hints*.js';

/** Has the hints' text wait. `asked` resolves when it is requested, `release` lets it come. */
async function holdHints(page) {
  let release;
  const open = new Promise((resolve) => {
    release = resolve;
  });
  let count = 0;
  const asked = new Promise((resolve) =>
    page.route(HINTS, async (route) => {
      count++;
      resolve();
      await open;
      await route.continue();
    }),
  );
  return { asked, release, count: () => count };
}

describe('errors', { concurrency: 4, timeout: 600_000 }, () => {
  test('no rejection waits for the network: code and message are there at once, the hint afterwards', async (t) => {
    const world = await bareWorld(t, browser);
    const page = await world.context.newPage();
    const hints = await holdHints(page);
    await page.goto(world.origin);
    await page.waitForFunction(() => window.ready?.then(() => true));
    assert.equal(hints.count(), 0, 'nobody pays for hints before there is an error');
    const refused = await page.evaluate(async () => {
      window.error = await auth.getAccessToken().catch((error) => error);
      window.explained = error.explain();
      return [error.code, error.message, error.hint, error.transient];
    });
    assert.equal(refused[0], 'login_required');
    assert.match(refused[1], /signed in/);
    assert.deepEqual(refused.slice(2), ['', false]);
    await hints.asked;
    hints.release();
    const hint = await page.evaluate(() => explained);
    assert.match(hint, /loginWithRedirect/);
    assert.equal(await page.evaluate(() => error.hint), hint);
  });

  test('so do wrong options, whose message says what to write', async (t) => {
    const world = await bareWorld(t, browser, { options: false });
    const page = await world.tab();
    const hints = await holdHints(page);
    const { code, message } = await page.evaluate(
      (options) => begin(options).catch(({ code, message }) => ({ code, message })),
      { ...world.options, clockSkewSeconds: 7000 },
    );
    assert.equal(code, 'invalid_config');
    assert.match(message, /clockSkewSeconds.*10 to 600 seconds/);
    hints.release();
  });

  test('hints that cannot be loaded leave the rest as it is', async (t) => {
    const world = await bareWorld(t, browser);
    const page = await world.tab();
    const thrown = [];
    page.on('pageerror', (error) => thrown.push(error));
    await page.route(HINTS, (route) => route.abort());
    const told = await page.evaluate(async () => {
      const error = await auth.getAccessToken().catch((error) => error);
      return [error.code, await error.explain(), error.hint];
    });
    assert.deepEqual(told, ['login_required', '', '']);
    assert.deepEqual(thrown, []);
  });

  test('React shows an error at once, and again with its hint', async (t) => {
    const { files } = await bundled(`
      import { createElement } from 'react';
      import { createRoot } from 'react-dom/client';
      import { IntelliAuthProvider, useIntelliAuth } from '@intelliauth/spa-sdk/react';
      function App() {
        const { status, error } = useIntelliAuth();
        return [status, error?.code, error?.hint].join(' | ');
      }
      const options = { tenantUrl: 'https://tenant.example', clientId: 'app', redirectUri: '/callback' };
      createRoot(document.querySelector('main')).render(createElement(IntelliAuthProvider, options, createElement(App)));`);
    const { origin, page } = await served(t, browser, files);
    const hints = await holdHints(page);
    await page.goto(origin);
    await page.getByText('error | invalid_config |', { exact: true }).waitFor();
    hints.release();
    await page.getByText('error | invalid_config | Write an absolute URL').waitFor();
  });
});

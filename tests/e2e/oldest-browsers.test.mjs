// The oldest browsers that the README names (Chrome 103, Firefox 113, Safari 16.4) lack what came since.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ask } from './support/bare.mjs';
import { openBrowser } from './support/browser.mjs';
import { choose, signIn } from './support/flow.mjs';
import { bareWorld, reactWorld } from './support/world.mjs';

const browser = await openBrowser();
after(() => browser.close());

/** Takes away what any of them lacks. Runs in the page. */
function age() {
  const missing = [
    [URL, 'canParse', 'parse'],
    [Promise, 'withResolvers', 'try'],
    [AbortSignal, 'any'],
    [Response, 'json'],
    [Object, 'groupBy'],
    [Map, 'groupBy'],
    [Array, 'fromAsync'],
    [Array.prototype, 'toSorted', 'toReversed', 'toSpliced', 'with'],
    [Uint8Array.prototype, 'toSorted', 'toReversed', 'with', 'toBase64', 'toHex'],
    [Uint8Array, 'fromBase64', 'fromHex'],
    [String.prototype, 'isWellFormed', 'toWellFormed'],
    [Set.prototype, 'union', 'intersection', 'difference', 'isSubsetOf', 'isSupersetOf', 'isDisjointFrom'],
    [ArrayBuffer.prototype, 'transfer', 'transferToFixedLength', 'resize'],
    [Navigator.prototype, 'userActivation'],
    [ReadableStream, 'from'],
    [ReadableStream.prototype, Symbol.asyncIterator, 'values'],
    [JSON, 'rawJSON'],
    [RegExp, 'escape'],
    [Math, 'sumPrecise'],
    [globalThis, 'Iterator', 'navigation', 'scheduler', 'CookieStore', 'cookieStore'],
  ];
  for (const [owner, ...names] of missing) for (const name of names) delete owner[name];
}

test('a plain page signs in, with addresses of its own too', async (t) => {
  const world = await bareWorld(t, browser);
  await world.context.addInitScript(age);
  const page = await world.tab();
  assert.equal(await page.evaluate(() => 'canParse' in URL || 'userActivation' in navigator), false);
  const { user } = await signIn(page, world);
  assert.equal(user.name, 'Ada Lovelace');
  assert.equal(await ask(page, 'isCallback', '/callback?code=c&state=s'), true);
  const { code, details } = await page.evaluate(() => {
    try {
      return auth.isCallback('https://[');
    } catch ({ code, details }) {
      return { code, details };
    }
  });
  assert.deepEqual([code, details.option, details.problem], ['invalid_config', 'url', 'it is no address']);
  assert.match(await ask(page, 'getAccessToken', { forceRefresh: true }), /./);
  assert.match(await ask(page, 'trace'), /intelliauth-trace/);
  assert.equal((await ask(page, 'logout')).revocation, 'no_endpoint');
});

test('React signs in', async (t) => {
  const world = await reactWorld(t, browser);
  await world.context.addInitScript(age);
  const page = await world.tab();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await choose(page, world);
  await page.getByText('Ada Lovelace').waitFor();
});

// Callbacks: each answers its own sign-in, once, and nothing else.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { ask, refusal } from './support/bare.mjs';
import { openBrowser } from './support/browser.mjs';
import {
  callbackUrl,
  choose,
  duplicate,
  goToProvider,
  holdTokenRequests,
  signIn,
  signInToDemo,
  transactions,
  until,
} from './support/flow.mjs';
import { bareWorld, demoWorld, ready } from './support/world.mjs';

const browser = await openBrowser();
after(() => browser.close());

const alert = (page, name) => page.getByRole('alert', { name });

describe('callbacks', { concurrency: 4, timeout: 600_000 }, () => {
  test('two tabs sign in at once, and each gets its own user and its own appState', async (t) => {
    const world = await bareWorld(t, browser);
    const [one, two] = await Promise.all([world.tab(), world.tab()]);
    await Promise.all([
      goToProvider(one, { prompt: 'login', appState: { tab: 1 } }),
      goToProvider(two, { prompt: 'login', appState: { tab: 2 } }),
    ]);
    const finish = async (page, account) => {
      await choose(page, world, account);
      await ready(page);
      return ask(page, 'handleCallback');
    };
    const second = await finish(two, 'Grace Hopper');
    const first = await finish(one, 'Alan Turing');
    assert.deepEqual([first.user.name, first.appState], ['Alan Turing', { tab: 1 }]);
    assert.deepEqual([second.user.name, second.appState], ['Grace Hopper', { tab: 2 }]);
    assert.deepEqual(
      world.exchanges().map(({ status }) => status),
      [200, 200],
    );
    assert.equal((await ask(one, 'getUser')).name, 'Alan Turing');
    assert.equal((await ask(two, 'getUser')).name, 'Grace Hopper');
  });

  test('two sign-ins begun in one tab, with the back button between: both callbacks are answered', async (t) => {
    const world = await bareWorld(t, browser);
    const page = await world.tab();
    await goToProvider(page, { prompt: 'login', appState: { attempt: 1 } });
    const firstForm = page.url();
    await page.goBack();
    await ready(page);
    await goToProvider(page, { prompt: 'login', appState: { attempt: 2 } });
    await choose(page, world, 'Ada Lovelace');
    await ready(page);
    assert.equal((await transactions(page)).length, 2);
    const second = await ask(page, 'handleCallback');
    assert.deepEqual([second.user.name, second.appState], ['Ada Lovelace', { attempt: 2 }]);

    await page.goto(firstForm);
    await choose(page, world, 'Grace Hopper');
    await ready(page);
    const first = await ask(page, 'handleCallback');
    assert.deepEqual([first.user.name, first.appState], ['Grace Hopper', { attempt: 1 }]);
    assert.deepEqual(
      world.exchanges().map(({ status }) => status),
      [200, 200],
    );
    assert.deepEqual(await transactions(page), []);
  });

  /** Changes a field of the demo's one open sign-in, while its page is at the provider. */
  async function tampered(t, change) {
    const world = await demoWorld(t, browser);
    const page = await world.tab();
    world.files.set('/callback', 'Another page, which holds the answer back.');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await choose(page, world);
    const callback = page.url();
    const [{ key, fields }] = await transactions(page);
    const text = String(new URLSearchParams({ ...fields, ...change(fields, world) }));
    await page.evaluate(([key, text]) => sessionStorage.setItem(key, text), [key, text]);
    world.files.delete('/callback');
    await page.goto(callback);
    await alert(page, 'The sign-in failed').waitFor();
    return { world, page, shown: await alert(page, 'The sign-in failed').innerText() };
  }

  for (const [what, change] of Object.entries({
    'a verifier changed in storage': ({ verifier }) => ({
      verifier: verifier.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A')),
    }),
    'a redirect URI changed between the two requests': (_fields, world) => ({
      redirect_uri: `${world.redirectUri}/`,
    }),
  })) {
    test(`${what} is refused by the token endpoint and shown as code_refused, once`, async (t) => {
      const { world, page, shown } = await tampered(t, change);
      const [exchange, ...more] = world.exchanges();
      assert.equal(exchange.status, 400);
      assert.equal(exchange.response.error, 'invalid_grant');
      assert.deepEqual(more, [], 'a code is never sent twice');
      assert.match(shown, /code_refused/);
      // The hint, whose text comes after the error, names the redirect URI that was sent.
      await alert(page, 'The sign-in failed').getByText(exchange.body.redirect_uri).waitFor();
      assert.equal(await page.locator('main').getAttribute('data-status'), 'unauthenticated');
      assert.deepEqual(await transactions(page), []);
      assert.equal(new URL(page.url()).search, '');

      await alert(page, 'The sign-in failed').getByRole('button', { name: 'Try again' }).click();
      await page.getByRole('heading', { name: 'Ada Lovelace' }).waitFor();
    });
  }

  test('a repeated callback address gives callback_replayed, posts nothing and leaves the session alone', async (t) => {
    const world = await demoWorld(t, browser);
    const page = await world.tab();
    const answered = page.waitForRequest((request) => request.url().startsWith(`${world.redirectUri}?`));
    await signInToDemo(page, world);
    const callback = (await answered).url();
    for (const again of ['typed', 'reloaded']) {
      // What a reload of the callback sends: the same address, in the tab that answered it.
      if (again === 'typed') await page.goto(callback);
      else
        await page.evaluate((callback) => {
          history.replaceState(null, '', callback);
          location.reload();
        }, callback);
      await alert(page, 'The sign-in failed').getByText('callback_replayed').waitFor();
      assert.equal(await page.locator('main').getAttribute('data-status'), 'authenticated', again);
      assert.equal(page.url(), `${world.origin}/`, 'the address is cleaned, away from the callback');
      assert.equal(world.exchanges().length, 1);
      await page.getByRole('link', { name: 'Home' }).click();
      await page.getByRole('heading', { name: 'Ada Lovelace' }).waitFor();
    }
  });

  test('a page that is reloaded while its code is on the way never sends it again', async (t) => {
    const world = await demoWorld(t, browser);
    const page = await world.tab();
    const { arrived, release } = holdTokenRequests(world);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await choose(page, world);
    await arrived;
    await page.reload();
    release();
    await page.getByRole('heading', { name: 'No sign-in to finish' }).waitFor();
    assert.equal(await page.locator('main').getAttribute('data-status'), 'unauthenticated');
    assert.equal(world.exchanges().length, 1);
  });

  test('a callback called for several times at once is exchanged once, with one answer for all', async (t) => {
    const world = await bareWorld(t, browser);
    const page = await world.tab();
    const url = await callbackUrl(page, world);
    const names = await page.evaluate(async (url) => {
      const together = await Promise.all([1, 2, 3].map(() => auth.handleCallback(url)));
      const later = await auth.handleCallback(url);
      return [...together, later].map(({ user }) => user.name);
    }, url);
    assert.deepEqual(names, Array(4).fill('Ada Lovelace'));
    assert.equal(world.exchanges().length, 1);
  });

  test('an unknown state gives state_unknown, posts nothing, and leaves address and session alone otherwise', async (t) => {
    const world = await bareWorld(t, browser);
    const page = await world.tab();
    await signIn(page, world);
    await page.goto(`${world.redirectUri}?view=list&code=foreign&state=${'x'.repeat(43)}#top`);
    await ready(page);
    assert.equal(await ask(page, 'isCallback'), true);
    const error = await refusal(page, 'handleCallback');
    assert.equal(error.code, 'state_unknown');
    assert.equal(error.known, true);
    assert.equal(
      page.url(),
      `${world.redirectUri}?view=list#top`,
      'only the answer’s parameters are taken out',
    );
    assert.equal(world.exchanges().length, 1);
    assert.equal(await ask(page, 'isAuthenticated'), true);
  });

  test('a callback of a sign-in that this tab did not start is refused and shown', async (t) => {
    const world = await demoWorld(t, browser);
    const page = await world.tab(`/callback?code=foreign&state=${'x'.repeat(43)}`);
    await alert(page, 'The sign-in failed').getByText('state_unknown').waitFor();
    assert.equal(page.url(), `${world.origin}/`);
    assert.deepEqual(world.exchanges(), []);
  });

  test('React’s StrictMode, which mounts everything twice, posts once', async (t) => {
    const world = await demoWorld(t, browser, { mode: 'development' });
    const sources = [...world.files.values()].join();
    assert.match(
      sources,
      /Download the React DevTools/,
      'not a development build: StrictMode would do nothing',
    );
    const page = await world.tab();
    await signInToDemo(page, world);
    assert.equal(world.exchanges().length, 1);
    const authorized = world.platform.log.filter(({ path }) => path === '/oauth2/authorize');
    assert.equal(authorized.length, 1);
    assert.equal(await page.locator('li[data-event=signed_in]').count(), 1);
  });

  test('"Deny" gives access_denied, and the page offers to try again', async (t) => {
    const world = await demoWorld(t, browser, { provider: { consent: 'ask' } });
    const page = await world.tab();
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('button', { name: 'Use Ada Lovelace' }).click();
    await page.getByRole('button', { name: 'Deny' }).click();
    const cancelled = alert(page, 'The sign-in was cancelled');
    await cancelled.getByText('access_denied').waitFor();
    assert.deepEqual(world.exchanges(), []);
    assert.equal(new URL(page.url()).search, '');
    assert.deepEqual(await transactions(page), []);

    await cancelled.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByRole('heading', { name: 'Ada Lovelace' }).waitFor();
    assert.equal(await alert(page).count(), 0);
  });

  test('one callback opened in two tabs is exchanged once', async (t) => {
    const world = await bareWorld(t, browser);
    const page = await world.tab();
    const url = await callbackUrl(page, world);
    const twin = await duplicate(page);
    assert.equal((await transactions(twin)).length, 1);
    const answers = await Promise.all(
      [page, twin].map((tab) =>
        ask(tab, 'handleCallback', url).then(
          ({ user }) => user.name,
          ({ code }) => code,
        ),
      ),
    );
    assert.deepEqual(answers.sort(), ['Ada Lovelace', 'callback_replayed']);
    assert.equal(world.exchanges().length, 1);
    // A later call gets the same answer.
    await twin.goto(url);
    await ready(twin);
    assert.equal((await refusal(twin, 'handleCallback')).code, 'callback_replayed');
    assert.equal(world.exchanges().length, 1);
  });

  test('a code that the platform never heard of is sent once, whatever is tried', async (t) => {
    const world = await bareWorld(t, browser);
    const page = await world.tab();
    const url = await callbackUrl(page, world);
    world.platform.control.beforeToken = () => 'drop-before';
    const first = await refusal(page, 'handleCallback', url);
    assert.equal(first.code, 'network_error');
    await until(world, () => world.exchanges().length === 1, 'the code is sent');
    assert.equal((await refusal(page, 'handleCallback', url)).code, 'network_error');
    await page.goto(url);
    await ready(page);
    assert.equal((await refusal(page, 'handleCallback')).code, 'callback_replayed');
    assert.equal(world.exchanges().length, 1);
  });
});

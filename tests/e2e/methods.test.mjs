// The client's methods as apps hand them around: taken from it, as event handlers, and called where a call is not expected.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { refusal } from './support/bare.mjs';
import { openBrowser } from './support/browser.mjs';
import { atProvider, signIn } from './support/flow.mjs';
import { bareWorld } from './support/world.mjs';

const browser = await openBrowser();
after(() => browser.close());

describe('methods', { concurrency: 4, timeout: 600_000 }, () => {
  test('taken from the client they work, and as event handlers', async (t) => {
    const world = await bareWorld(t, browser, { options: { allowedOrigins: [] } });
    const page = await world.tab();
    await signIn(page, world);
    const outcomes = await page.evaluate(async () => {
      const { getAccessToken, getUser, getState, isAuthenticated, isCallback, getIdToken, subscribe } = auth;
      const { fetch: call, getIdTokenClaims, handleCallback, trace } = auth;
      subscribe(() => {})();
      return [
        await getAccessToken(),
        getUser().name,
        getState().status,
        isAuthenticated(),
        isCallback(),
        getIdToken().split('.').length,
        getIdTokenClaims().name,
        (await call('/')).status,
        await handleCallback('/').catch(({ code }) => code),
        typeof (await trace()),
      ];
    });
    assert.deepEqual(outcomes, [
      world.exchanges()[0].response.access_token,
      'Ada Lovelace',
      'authenticated',
      true,
      false,
      3,
      'Ada Lovelace',
      200,
      'callback_invalid',
      'string',
    ]);
    await page.evaluate(() => {
      for (const name of ['logout', 'loginWithRedirect']) {
        const button = document.body.appendChild(document.createElement('button'));
        button.textContent = name;
        button.addEventListener('click', auth[name]);
      }
    });
    await page.getByRole('button', { name: 'logout' }).click();
    await page.waitForFunction(() => auth.getState().reason === 'logout');
    await page.getByRole('button', { name: 'loginWithRedirect' }).click();
    // The provider knows the user by now.
    await page.waitForURL((url) => url.searchParams.has('code'));
  });

  test('the state asked for in the middle of a call is what was known before, and is not kept', async (t) => {
    const world = await bareWorld(t, browser, { options: false });
    for (const before of [undefined, 'unauthenticated']) {
      const page = await world.tab('/callback?code=foreign&state=foreign');
      const states = await page.evaluate(
        async ([options, before]) => {
          const { createIntelliAuth } = await import('/sdk/index.js');
          const auth = await createIntelliAuth(options);
          const states = before ? [auth.getState()] : [];
          const { replaceState } = history;
          history.replaceState = (...args) => {
            states.push(auth.getState());
            replaceState.apply(history, args);
          };
          await auth.handleCallback().catch(() => {});
          return [...states, auth.getState()].map(({ status }) => status);
        },
        [world.options, before],
      );
      const known = 'unauthenticated';
      assert.deepEqual(states, before ? [known, known, known] : ['loading', known]);
      await page.close();
    }
  });

  test('a function that is subscribed twice is called twice, and each subscription ends by itself', async (t) => {
    const world = await bareWorld(t, browser);
    const page = await world.tab();
    const counts = await page.evaluate(async () => {
      let count = 0;
      const listener = (_, event) => {
        if (event) count++;
      };
      const ends = [auth.subscribe(listener), auth.subscribe(listener)];
      const counts = [];
      for (const end of [...ends, () => {}]) {
        await auth.loginWithRedirect({ prompt: 'login', openUrl() {} });
        await new Promise((resolve) => setTimeout(resolve));
        counts.push(count);
        count = 0;
        end();
      }
      return counts;
    });
    assert.deepEqual(counts, [2, 1, 0]);
  });

  test('the user’s click is one where the browser does not tell of activation, as Firefox before 120', async (t) => {
    const world = await bareWorld(t, browser);
    await world.context.addInitScript(() => delete Navigator.prototype.userActivation);
    const page = await world.tab();
    assert.equal(await page.evaluate(() => navigator.userActivation), undefined);
    await page.evaluate(() => {
      window.begin = (prompt) => auth.loginWithRedirect({ prompt, openUrl() {} });
      const handlers = {
        'with options': () => {
          window.pressed = begin('consent').then(
            () => 'begun',
            ({ code }) => code,
          );
        },
        'as it is': auth.loginWithRedirect,
      };
      for (const [name, handler] of Object.entries(handlers)) {
        const button = document.body.appendChild(document.createElement('button'));
        button.textContent = name;
        button.addEventListener('click', handler);
      }
    });
    const press = (name) => page.getByRole('button', { name }).click();
    // What the page does by itself, a click that a script made among it, is no user's.
    for (let count = 0; count < 3; count++) {
      await page.evaluate(() => begin('login'));
    }
    assert.equal((await refusal(page, 'loginWithRedirect')).code, 'sign_in_loop');
    await page.evaluate(() => document.querySelector('button').click());
    assert.equal(await page.evaluate(() => pressed), 'sign_in_loop');
    await press('with options');
    assert.equal(await page.evaluate(() => pressed), 'begun');
    await press('as it is');
    await atProvider(page);
  });
});

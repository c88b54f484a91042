// Where the user goes after a sign-in, and what of it comes back.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { ask } from './support/bare.mjs';
import { openBrowser } from './support/browser.mjs';
import { callbackUrl, goToProvider, signIn, transactions, until } from './support/flow.mjs';
import { bareWorld, reactWorld, ready } from './support/world.mjs';

const browser = await openBrowser();
after(() => browser.close());

const alert = (page, code) => page.getByRole('alert').getByText(code, { exact: true });
const address = (page) => page.url().slice(new URL(page.url()).origin.length);

describe('where the user goes afterwards', { concurrency: 4, timeout: 600_000 }, () => {
  const denied = { provider: { consent: 'ask' } };
  const deny = async (page) => {
    await page.getByRole('button', { name: 'Use Ada Lovelace' }).click();
    await page.getByRole('button', { name: 'Deny' }).click();
  };

  test('a refusal carries appState and returnTo, and handleCallback navigates nowhere', async (t) => {
    const world = await bareWorld(t, browser, denied);
    const page = await world.tab('/shop?item=2');
    await goToProvider(page, { appState: { basket: [1, 2], returnTo: '/checkout' } });
    await deny(page);
    await page.waitForURL((url) => url.origin === world.origin);
    await ready(page);
    const answer = await page.evaluate(() =>
      auth.handleCallback().catch(({ code, appState, returnTo }) => ({ code, appState, returnTo })),
    );
    const appState = { basket: [1, 2], returnTo: '/checkout' };
    assert.deepEqual(answer, { code: 'access_denied', appState, returnTo: '/checkout' });
    assert.equal(address(page), '/callback');
  });

  test('handleCallback answers with the page on which the sign-in began and stays where it is', async (t) => {
    const world = await bareWorld(t, browser);
    const page = await world.tab('/shop?item=2#top');
    const { returnTo, appState } = await signIn(page, world);
    assert.deepEqual([returnTo, appState], ['/shop?item=2#top', {}]);
    assert.equal(address(page), '/callback');
  });

  for (const [began, ends] of [
    ['/shop?item=2#top', '/shop?item=2#top'],
    ['/callback', '/'],
    ['/callback?x=1', '/'],
  ]) {
    test(`in React a sign-in that began on ${began} ends on ${ends}, completed or refused`, async (t) => {
      const world = await reactWorld(t, browser, denied);
      const page = await world.tab(began);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await deny(page);
      await alert(page, 'access_denied').waitFor();
      assert.equal(address(page), ends);
      assert.deepEqual(await page.evaluate(() => heard), [ends]);

      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('button', { name: 'Allow' }).click();
      await page.getByText('Ada Lovelace').waitFor();
      assert.equal(address(page), ends);
    });
  }

  test('in React a sign-in in a sub-folder that names no page ends in that folder', async (t) => {
    const world = await reactWorld(t, browser, {
      registered: ({ redirectUri }) => [new URL('/app/callback', redirectUri).href],
    });
    await world.context.addInitScript(() => {
      window.given.redirectUri = `${location.origin}/app/callback`;
    });
    const page = await world.tab('/app/callback?code=a&state=foreign');
    await alert(page, 'state_unknown').waitFor();
    assert.equal(address(page), '/app/');
  });
});

describe('appState and time', { concurrency: 4, timeout: 600_000 }, () => {
  test('appState that cannot be kept is refused before the user leaves', async (t) => {
    const world = await bareWorld(t, browser);
    const page = await world.tab();
    const codes = await page.evaluate(async () => {
      const circular = {};
      circular.self = circular;
      const odd = { circular, big: { n: 1n }, large: { text: '漢'.repeat(60_000) }, text: 'text', list: [1] };
      const codes = {};
      for (const [name, appState] of Object.entries(odd)) {
        codes[name] = await auth.loginWithRedirect({ appState, openUrl() {} }).then(
          () => 'accepted',
          ({ code, details }) => `${code} ${details.option}`,
        );
      }
      return codes;
    });
    for (const [name, code] of Object.entries(codes)) assert.equal(code, 'invalid_config appState', name);
    assert.deepEqual(await transactions(page), []);
  });

  test('20,000 Chinese characters of appState come back', async (t) => {
    const world = await bareWorld(t, browser);
    const page = await world.tab();
    const { appState } = await signIn(page, world, undefined, { appState: { text: '漢'.repeat(20_000) } });
    assert.equal(appState.text.length, 20_000);
  });

  for (const [minutes, code] of [
    [59, undefined],
    [61, 'transaction_expired'],
  ]) {
    test(`a sign-in that took ${minutes} minutes is ${code ?? 'completed'}`, async (t) => {
      const world = await bareWorld(t, browser);
      const page = await world.tab();
      const url = await callbackUrl(page, world);
      const [{ key, fields }] = await transactions(page);
      const text = String(
        new URLSearchParams({ ...fields, at: String(Number(fields.at) - minutes * 60_000) }),
      );
      await page.evaluate(([key, text]) => sessionStorage.setItem(key, text), [key, text]);
      const answer = await ask(page, 'handleCallback', url).catch((error) => error);
      assert.equal(answer.code, code);
      await until(world, () => world.exchanges().length === (code ? 0 : 1), 'the code is sent or not');
    });
  }
});

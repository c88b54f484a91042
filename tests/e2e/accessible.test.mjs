// The demo’s pages: axe-core finds nothing in any of them, in light and dark, wide and narrow.
import { after, describe, test } from 'node:test';
import { accessible } from './support/axe.mjs';
import { openBrowser } from './support/browser.mjs';
import { signInToDemo } from './support/flow.mjs';
import { demoWorld } from './support/world.mjs';

const browser = await openBrowser();
after(() => browser.close());

const AUTHORIZE =
  'https://tenant.example/oauth2/authorize?response_type=code&client_id=my-app&redirect_uri=https%3A%2F%2Fapp.example%2Fcallback%2F&scope=openid&state=1&code_challenge_method=plain';

describe('axe-core finds nothing', { concurrency: 2, timeout: 600_000 }, () => {
  test('on the start page, before a sign-in, after one, and after one that failed', async (t) => {
    const world = await demoWorld(t, browser);
    const page = await world.tab();
    await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    await accessible(page, 'signed out');
    await signInToDemo(page, world);
    await accessible(page, 'signed in');
    await page.goto(`${world.redirectUri}?error=access_denied&state=unknown`);
    await page.getByRole('alert').first().waitFor();
    await accessible(page, 'a callback that was refused');
  });

  test('in /explain, empty and with findings', async (t) => {
    const world = await demoWorld(t, browser);
    const page = await world.tab('/explain');
    const input = page.getByLabel('What you have');
    await input.waitFor();
    await accessible(page, 'empty');
    await input.fill(AUTHORIZE);
    await page.locator('.findings [data-code]').first().waitFor();
    await accessible(page, 'findings');
  });

  test('in /mistakes, before and after one was made', async (t) => {
    const world = await demoWorld(t, browser);
    const page = await world.tab('/mistakes');
    const mistake = page.locator('[data-mistake=trailing-slash]');
    await mistake.waitFor();
    await accessible(page, 'none made');
    const opened = page.waitForEvent('popup');
    await mistake.getByRole('button').click();
    const popup = await opened;
    await popup.getByRole('heading', { name: 'This request was refused' }).waitFor();
    await popup.close();
    await mistake.locator('[data-code]').first().waitFor();
    await accessible(page, 'one made');
  });

  test('in /lab, at the start and after a course', async (t) => {
    const world = await demoWorld(t, browser);
    const page = await world.tab('/lab');
    await page.locator('.lanes li').first().waitFor();
    await accessible(page, 'the start');
    await page.locator('.lanes .caption', { hasText: 'sends the refresh token of A0' }).click();
    await page
      .getByRole('button', { name: 'Lose the requests and answers on their way', exact: true })
      .click();
    await page.locator('.lanes .you', { hasText: 'You lose every request' }).waitFor();
    await accessible(page, 'a request that was lost');
  });
});

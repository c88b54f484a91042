// The demo as a user uses it, built for production and under its own Content-Security-Policy.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { openBrowser } from './support/browser.mjs';
import { choose, signInToDemo, transactions, until } from './support/flow.mjs';
import { LIFETIME, leapBy, stopTime } from './support/time.mjs';
import { demoWorld } from './support/world.mjs';

const browser = await openBrowser();
after(() => browser.close());

const signInButton = (page) => page.getByRole('button', { name: 'Sign in', exact: true });
const status = (page, status) => page.locator(`main[data-status=${status}]`).waitFor();

describe('the demo', { concurrency: 4, timeout: 600_000 }, () => {
  test('sign in, see who it is and what the SDK did, reload, sign out', async (t) => {
    const world = await demoWorld(t, browser, { provider: { consent: 'ask' } });
    const page = await world.tab();
    const problems = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(String(error)));
    await signInButton(page).click();
    await page.getByRole('button', { name: 'Use Ada Lovelace' }).click();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByRole('heading', { name: 'Ada Lovelace' }).waitFor();
    assert.deepEqual(
      await page.getByRole('list', { name: 'Scopes' }).getByRole('listitem').allTextContents(),
      ['openid', 'profile', 'email'],
    );
    assert.match(await page.getByRole('timer').innerText(), /^in 0:\d\d$/);
    const told = await page
      .locator('li[data-event]')
      .evaluateAll((items) => items.map((item) => item.dataset.event));
    assert.deepEqual(told, [
      'sign_in_started',
      'callback_received',
      'code_exchanged',
      'id_token_checked',
      'signed_in',
    ]);
    const [{ response, body }] = world.exchanges();
    const shown = await page.content();
    for (const secret of [...Object.values(response), body.code, body.code_verifier]) {
      if (String(secret).length > 20) assert.ok(!shown.includes(secret), 'a secret is on the page');
    }

    const answered = world.platform.log.length;
    await world.context.addInitScript(() => {
      window.shown = [];
      new MutationObserver(() => {
        const status = document.querySelector('main')?.dataset.status;
        if (status && status !== window.shown.at(-1)) window.shown.push(status);
      }).observe(document, { subtree: true, childList: true, attributes: true });
    });
    await page.reload();
    await page.getByRole('heading', { name: 'Ada Lovelace' }).waitFor();
    assert.deepEqual(await page.evaluate(() => window.shown), ['loading', 'authenticated']);
    assert.equal(world.platform.log.length, answered, 'a reload asks the platform nothing');

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('You signed out.', { exact: true }).waitFor();
    await signInButton(page).waitFor();
    assert.deepEqual(problems, [], 'the console stays silent, and nothing violates the policy');
  });

  test('the whole of the demo works under a strict Content-Security-Policy', async (t) => {
    const world = await demoWorld(t, browser);
    const policy = world.headers['content-security-policy'];
    for (const part of [
      "default-src 'none'",
      "script-src 'self' 'wasm-unsafe-eval'",
      "style-src 'self'",
      `connect-src ${world.platform.issuer}`,
      "require-trusted-types-for 'script'",
    ]) {
      assert.ok(policy.includes(part), part);
    }
    const violations = [];
    let violated;
    const violation = new Promise((resolve) => {
      violated = resolve;
    });
    await world.context.exposeFunction('reportViolation', (what) => {
      violations.push(what);
      violated();
    });
    await world.context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        window.reportViolation(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`);
      });
    });
    const page = await world.tab();
    await signInToDemo(page, world);
    await page.getByRole('button', { name: 'Call the API' }).click();
    await page.getByText('"usr_ada"').waitFor();
    await page.goto(`${world.redirectUri}?code=x&state=y`);
    await page.getByRole('alert').getByText('state_unknown').waitFor();
    assert.deepEqual(violations, []);
    // Not silent because nobody listens.
    await page.evaluate(() => void fetch('https://elsewhere.invalid/').catch(() => {}));
    await violation;
    assert.equal(violations.length, 1);
  });

  test('it works by keyboard alone', async (t) => {
    const world = await demoWorld(t, browser, { provider: { consent: 'ask' } });
    const page = await world.tab();
    await status(page, 'unauthenticated');
    const reach = async (name) => {
      for (let presses = 0; presses < 25; presses++) {
        await page.keyboard.press('Tab');
        const at = await page.evaluate(() => {
          const { ariaLabel, textContent } = document.activeElement;
          return ariaLabel ?? textContent.trim();
        });
        if (at === name) return page.keyboard.press('Enter');
      }
      throw new Error(`no way to "${name}" by Tab`);
    };
    await reach('Sign in');
    await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
    await reach('Use Grace Hopper');
    await page.getByRole('heading', { name: 'Allow' }).waitFor();
    await reach('Allow');
    await page.getByRole('heading', { name: 'Grace Hopper' }).waitFor();
    await reach('Call the API');
    await page.getByText('"usr_grace"').waitFor();
    await reach('Sign out');
    await page.getByText('You signed out.', { exact: true }).waitFor();
  });

  test('a protected page sends a visitor to sign in, and brings them back with the query', async (t) => {
    const world = await demoWorld(t, browser);
    const page = await world.tab('/reports?year=2026');
    await choose(page, world, 'Alan Turing');
    await page.getByRole('heading', { name: 'Reports' }).waitFor();
    await page.getByText('2026', { exact: true }).waitFor();
    assert.equal(page.url(), `${world.origin}/reports?year=2026`);
    assert.equal(world.exchanges().length, 1);
  });

  test('the API is called with the token, and with a renewed one after it ran out', async (t) => {
    const world = await demoWorld(t, browser, { provider: { accessTokenSeconds: LIFETIME }, clock: true });
    const page = await world.tab();
    await signInToDemo(page, world);
    const call = async () => {
      await page.getByRole('button', { name: 'Call the API' }).click();
      await page.getByRole('status', { name: 'The API’s answer' }).getByText('"usr_ada"').waitFor();
      return world.platform.log.filter(({ path, method }) => path === '/api/me' && method === 'GET').at(-1);
    };
    const [{ response }] = world.exchanges();
    assert.equal((await call()).headers.authorization, `Bearer ${response.access_token}`);
    // Refreshed by itself, ahead of its end, and seen so on the page.
    await stopTime(world);
    const [{ at }] = world.exchanges();
    const left = at + LIFETIME * 1000 - (await page.evaluate(() => Date.now()));
    await leapBy(world, left / 1000 - 25);
    await page.locator('li[data-event=token_refreshed]').first().waitFor();
    const renewed = world.refreshes()[0];
    assert.notEqual(renewed.response.access_token, response.access_token);
    const { status, headers } = await call();
    assert.equal(status, 200);
    const latest = world.refreshes().findLast(({ response }) => response)?.response.access_token;
    assert.equal(headers.authorization, `Bearer ${latest}`);
  });

  test('a trailing slash in the redirect URI: the provider says so, and back at the demo it says what to check', async (t) => {
    const world = await demoWorld(t, browser);
    const page = await world.tab(`/?redirectUri=${encodeURIComponent(`${world.redirectUri}/`)}`);
    assert.equal(page.url(), `${world.origin}/`);
    await signInButton(page).click();
    await page.getByRole('heading', { name: 'This request was refused' }).waitFor();
    assert.ok((await page.locator('main').innerText()).includes(`${world.redirectUri}/`));
    await page.goBack({ waitUntil: 'commit' });
    const notReturned = page.getByRole('alert', { name: 'The sign-in did not return' });
    const advice = await notReturned.innerText();
    assert.ok(advice.includes(`${world.redirectUri}/`) && advice.includes('trailing slash'), advice);
    assert.deepEqual(world.exchanges(), []);

    // The advice followed, the same tab signs in.
    await page.goto(`${world.origin}/?redirectUri=`);
    await notReturned.getByRole('button', { name: 'Try again' }).click();
    await choose(page, world);
    await page.getByRole('heading', { name: 'Ada Lovelace' }).waitFor();
  });

  test('a double click starts one sign-in', async (t) => {
    const world = await demoWorld(t, browser);
    const page = await world.tab();
    const asked = [];
    // An answer without content leaves the page where it is, so that its storage can be read.
    await page.route(`${world.platform.issuer}/oauth2/authorize**`, (route) => {
      asked.push(route.request().url());
      return route.fulfill({ status: 204 });
    });
    const first = page.waitForRequest((request) => request.url().includes('/oauth2/authorize'));
    await signInButton(page).dblclick();
    await first;
    // A second one would have begun with the second click; it is given the time of another round trip.
    await page.evaluate(() => Object.assign(new Image(), { src: '/favicon.svg?again' }).decode());
    assert.equal(asked.length, 1);
    assert.equal((await transactions(page)).length, 1);
  });

  test('with discovery, signing out signs out at the provider too, and comes back', async (t) => {
    const world = await demoWorld(t, browser);
    const page = await world.tab('/?discovery=1');
    await signInToDemo(page, world);
    const [{ response }] = world.exchanges();
    assert.ok(
      world.platform.log.some(({ path }) => path === '/oauth2/jwks'),
      'the ID token’s signature was checked',
    );
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign out here too?' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(`${world.origin}/`);
    await signInButton(page).waitFor();
    const revoked = await until(
      world,
      () => world.platform.log.find(({ path, status }) => path === '/oauth2/revoke' && status),
      'the refresh token is revoked',
    );
    assert.equal(revoked.body.token, response.refresh_token);
    assert.equal(revoked.body.client_id, world.platform.clientId);
    const logout = world.platform.log.find(({ path }) => path === '/oauth2/logout');
    assert.equal(logout.query.id_token_hint, response.id_token);
    assert.equal(logout.query.client_id, world.platform.clientId);
    assert.equal(logout.query.post_logout_redirect_uri, `${world.origin}/`);
  });
});

// The demo's page /explain: what is pasted is taken apart in the page, and goes nowhere.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { openBrowser } from './support/browser.mjs';
import { demoWorld } from './support/world.mjs';

const browser = await openBrowser();
after(() => browser.close());

const CODE = 'Qm9yaW5nQ29kZVRoYXRJc1BsYW50ZWQ';
const VERIFIER = 'PlantedVerifierPlantedVerifierPlantedVerifier1';
const STATE = 'PlantedStatePlantedStatePlanted';

const AUTHORIZE =
  'https://tenant.example/oauth2/authorize?response_type=code&client_id=my-app&redirect_uri=https%3A%2F%2Fapp.example%2Fcallback%2F&scope=openid&state=PlantedStatePlantedStatePlanted&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=plain';

describe('the demo’s explain', { concurrency: 2, timeout: 600_000 }, () => {
  test('an authorize URL is taken apart, with the findings in place and the broken step marked', async (t) => {
    const world = await demoWorld(t, browser);
    const page = await world.tab();
    await page.getByRole('main').getByRole('link', { name: 'What is wrong with this sign-in?' }).click();
    await page.getByLabel('What you have').fill(AUTHORIZE);
    await page.getByText('What you know besides').click();
    await page.getByLabel('Registered redirect URIs').fill('https://app.example/callback');
    const codes = page.locator('.findings [data-code]');
    await codes.filter({ hasText: 'redirect_uri_trailing_slash' }).waitFor();
    const link = page.getByRole('link', { name: 'redirect_uri_trailing_slash' });
    assert.match(await link.getAttribute('href'), /docs\/explain\.md#redirect_uri_trailing_slash$/);
    assert.match(await page.locator('.in-place mark.error').allInnerTexts().then(String), /redirect_uri=/);
    const broken = page.locator('.flow [aria-current=step]');
    assert.match(await broken.innerText(), /The authorization request: it breaks here/);
    const finding = page.getByRole('link', { name: 'Finding 1', exact: true }).first();
    await finding.press('Enter');
    await page.locator('#finding-1:target').waitFor();

    await page.getByRole('button', { name: 'An error answer' }).click();
    await page.getByRole('heading', { name: /error of the token endpoint/ }).waitFor();
    assert.match(await broken.innerText(), /The tokens: it breaks here/);
    await page.getByRole('button', { name: 'A curl line' }).click();
    await page.getByRole('heading', { name: /^This is a token request/ }).waitFor();
    assert.match(await broken.innerText(), /The token request: it breaks here/);
    await page.setViewportSize({ width: 380, height: 780 });
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
  });

  test('a request in which nothing is wrong says what was not checked, until it is given; a callback without a code has none', async (t) => {
    const world = await demoWorld(t, browser);
    const page = await world.tab('/explain');
    const good = AUTHORIZE.replace('%2Fcallback%2F', '%2Fcallback').replace('=plain', '=S256');
    await page.getByLabel('What you have').fill(good);
    await page.getByRole('heading', { name: /Nothing is wrong in what could be checked/ }).waitFor();
    const codes = page.locator('.findings [data-code]');
    assert.deepEqual(await codes.allInnerTexts(), ['redirect_uri_not_compared']);
    await page.getByText('What you know besides', { exact: true }).click();
    await page.getByLabel('Registered redirect URIs').fill('https://app.example/callback');
    await page.getByRole('heading', { name: /and nothing is wrong with it/ }).waitFor();
    assert.equal(await codes.count(), 0);
    await page
      .getByLabel('What you have')
      .fill('https://app.example/callback#access_token=planted-planted&token_type=bearer');
    const heading = page.getByRole('heading', { name: /^This is a callback, with/ });
    await heading.waitFor();
    assert.doesNotMatch(await heading.innerText(), /code/);
  });

  test('what is pasted reaches no address, no storage and no network', async (t) => {
    const world = await demoWorld(t, browser);
    const page = await world.tab('/explain');
    const told = [];
    world.context.on('request', (request) => {
      told.push(`${request.url()}\n${JSON.stringify(request.headers())}\n${request.postData() ?? ''}`);
    });
    page.on('websocket', (socket) => told.push(socket.url()));
    world.context.on('console', (message) => told.push(message.text()));
    const secrets = [CODE, VERIFIER, STATE, 'tenant.example'];
    const nothingKept = async () => {
      const kept = await page.evaluate(async () => {
        const databases = await indexedDB.databases();
        const cached = await caches.keys();
        const stores = [localStorage, sessionStorage].map((store) => Object.entries(store));
        return JSON.stringify([
          stores,
          databases,
          cached,
          document.cookie,
          history.state,
          location.href,
          name,
        ]);
      });
      for (const secret of secrets) assert.ok(!kept.includes(secret), kept);
    };
    const input = page.getByLabel('What you have');
    for (const text of [
      `${world.redirectUri}?code=${CODE}&state=${STATE}`,
      `curl -d grant_type=authorization_code -d code=${CODE} -d code_verifier=${VERIFIER} https://tenant.example/oauth2/token`,
      AUTHORIZE,
    ]) {
      await input.fill(text);
      await page
        .locator('.in-place')
        .filter({ hasText: text.slice(0, 20) })
        .waitFor();
      const shown = await page.locator('.explained').innerText();
      for (const secret of [CODE, VERIFIER]) assert.ok(!shown.includes(secret), shown);
      await nothingKept();
    }
    // Away and back: neither the history nor the browser's memory of forms has it.
    await page.getByRole('link', { name: 'Home' }).click();
    await input.waitFor({ state: 'detached' });
    await page.goBack();
    await input.waitFor();
    assert.equal(await input.inputValue(), '');
    await page.reload();
    await input.waitFor();
    assert.equal(await input.inputValue(), '');
    await nothingKept();
    for (const secret of secrets) {
      assert.ok(!told.some((text) => text.includes(secret)), secret);
    }
    assert.ok(told.length > 0, 'what is asked for is seen');
  });
});

/** The demo, as a person uses it: React in StrictMode, the real provider. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { choose, launch, startDemo, tokenRequests } from './stage/stage.mjs';

let stage;
let browser;
before(async () => {
  [stage, browser] = await Promise.all([
    startDemo({ accessTokenSeconds: 4, consent: 'ask' }),
    launch({ ignoreDefaultArgs: ['--disable-back-forward-cache'] }),
  ]);
  // Vite makes its dependencies ready at the first visit, and reloads the page for it.
  const page = await browser.newPage();
  await page.goto(stage.origin);
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  await page.close();
});
after(async () => {
  await browser.close();
  await stage.close();
});

const visit = async () => (await browser.newContext()).newPage();
const signInButton = (page) => page.getByRole('button', { name: 'Sign in', exact: true });
const heading = (page, name) => page.getByRole('heading', { name, exact: true });
const codes = () => tokenRequests(stage.provider, 'authorization_code').length;

async function signedIn(page, path = '/') {
  await page.goto(stage.origin + path);
  await signInButton(page).click();
  await choose(page);
  await page.getByRole('button', { name: 'Allow' }).click();
  await heading(page, 'Ada Lovelace').waitFor();
}

test('Sign in, the name, the scopes, the journal, the API, a silent refresh, Sign out', async () => {
  const page = await visit();
  stage.provider.log.length = 0;
  await signedIn(page);
  assert.equal(page.url(), `${stage.origin}/`);
  assert.equal(codes(), 1, 'StrictMode posts once');
  assert.deepEqual(await page.getByRole('list', { name: 'Scopes' }).getByRole('listitem').allInnerTexts(), [
    'openid',
    'profile',
    'email',
  ]);
  for (const event of ['sign_in_started', 'callback_received', 'code_exchanged', 'id_token_checked', 'signed_in']) {
    await page.locator(`li[data-event="${event}"]`).first().waitFor();
  }
  await page.getByRole('button', { name: 'Call the API' }).click();
  await page.getByText('"sub": "usr_ada"').waitFor();
  await page.locator('li[data-event="token_refreshed"]').first().waitFor();
  assert.ok(tokenRequests(stage.provider, 'refresh_token', 200).length >= 1);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await signInButton(page).waitFor();
  await page.reload();
  await signInButton(page).waitFor();
  await page.context().close();
});

test('a reload keeps the session, and the page never shows anything else on the way', async () => {
  const page = await visit();
  await signedIn(page);
  await page.addInitScript(() => {
    window.seen = new Set();
    const note = () => {
      const status = document.querySelector('main')?.dataset.status;
      if (status) window.seen.add(status);
    };
    new MutationObserver(note).observe(document, { subtree: true, childList: true, attributes: true });
  });
  await page.reload();
  await heading(page, 'Ada Lovelace').waitFor();
  const seen = await page.evaluate(() => [...window.seen]);
  assert.ok(!seen.includes('unauthenticated') && seen.includes('authenticated'), String(seen));
  await page.context().close();
});

test('a protected page brings an anonymous visitor back to where they were', async () => {
  const page = await visit();
  await page.goto(`${stage.origin}/reports?year=2025`);
  await choose(page, 'Grace Hopper');
  await page.getByRole('button', { name: 'Allow' }).click();
  await heading(page, 'Reports').waitFor();
  assert.equal(page.url(), `${stage.origin}/reports?year=2025`);
  await page.context().close();
});

test('Deny is access_denied, and the page offers to try again', async () => {
  const page = await visit();
  await page.goto(stage.origin);
  await signInButton(page).click();
  await choose(page);
  await page.getByRole('button', { name: 'Deny' }).click();
  const alert = page.getByRole('alert', { name: 'The sign-in was cancelled' });
  await alert.getByText('access_denied').waitFor();
  assert.ok(!page.url().includes('error='), page.url());
  await alert.getByRole('button', { name: 'Try again' }).click();
  await page.waitForURL(`${stage.provider.issuer}/**`);
  await page.context().close();
});

test('a reloaded callback is callback_replayed on the page, posts nothing and leaves the session alone', async () => {
  const page = await visit();
  const callbacks = [];
  page.on('request', (request) => {
    if (request.url().startsWith(`${stage.origin}/callback?`)) callbacks.push(request.url());
  });
  await signedIn(page);
  stage.provider.log.length = 0;
  await page.goto(callbacks[0]);
  await page.getByText('callback_replayed').waitFor();
  assert.equal(codes(), 0);
  assert.equal(page.url(), `${stage.origin}/callback`);
  await page.goto(stage.origin);
  await heading(page, 'Ada Lovelace').waitFor();
  await page.context().close();
});

test("a trailing slash is refused by the provider's own page, and the demo says that the sign-in did not return", async () => {
  const page = await visit();
  const wrong = `${stage.origin}/callback/`;
  await page.goto(`${stage.origin}/?redirectUri=${encodeURIComponent(wrong)}`);
  await signInButton(page).click();
  await heading(page, 'This request was refused').waitFor();
  assert.ok(page.url().startsWith(stage.provider.issuer));
  await page.goBack({ waitUntil: 'commit' });
  const alert = page.getByRole('alert', { name: 'The sign-in did not return' });
  await alert.waitFor();
  const said = await alert.innerText();
  assert.ok(said.includes(wrong), said);
  assert.match(said, /trailing slash/i);
  await page.context().close();
});

test('a double click starts one sign-in', async () => {
  const page = await visit();
  await page.goto(stage.origin);
  // The platform is slow to answer, so that the page is still there for the second click.
  await page.route(`${stage.provider.issuer}/oauth2/authorize**`, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    await route.continue();
  });
  const asked = [];
  page.on('request', (request) => request.url().includes('/oauth2/authorize?') && asked.push(request.url()));
  await signInButton(page).dblclick();
  await page.getByRole('button', { name: 'Use Ada Lovelace' }).waitFor();
  assert.equal(asked.length, 1);
  await page.context().close();
});

test('a page that the back button restores from the cache can start again', async () => {
  const page = await visit();
  await page.goto(stage.origin);
  await page.evaluate(() => {
    addEventListener('pageshow', ({ persisted }) => {
      window.persisted = persisted;
    });
  });
  await signInButton(page).click();
  await page.getByRole('button', { name: 'Use Ada Lovelace' }).waitFor();
  await page.goBack({ waitUntil: 'commit' });
  await page.waitForFunction('window.persisted === true');
  await page.getByRole('button', { name: /Sign in|Try again/ }).first().click();
  await choose(page);
  await page.getByRole('button', { name: 'Allow' }).click();
  await heading(page, 'Ada Lovelace').waitFor();
  await page.context().close();
});

test('the keyboard alone signs in and out', async () => {
  const page = await visit();
  await page.goto(stage.origin);
  await signInButton(page).waitFor();
  const press = async (name) => {
    for (let tries = 0; tries < 40; tries++) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate(() => document.activeElement?.textContent?.trim());
      if (focused === name) return page.keyboard.press('Enter');
    }
    assert.fail(`${name} is out of the keyboard's reach`);
  };
  await press('Sign in');
  await page.getByLabel('Email').fill('ada@example.com');
  await page.getByLabel('Password').fill('analytical-engine');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Allow' }).waitFor();
  await press('Allow');
  await heading(page, 'Ada Lovelace').waitFor();
  await press('Sign out');
  await signInButton(page).waitFor();
  await page.context().close();
});

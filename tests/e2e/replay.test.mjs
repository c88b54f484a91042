// Failures made for real, taken as traces and replayed: the core decides again as it did in the browser.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ask, refusal } from './support/bare.mjs';
import { openBrowser } from './support/browser.mjs';
import { authorizeUrl, callbackUrl, duplicate, signIn, stored, told } from './support/flow.mjs';
import { bareWorld } from './support/world.mjs';

const browser = await openBrowser();
after(() => browser.close());

const { replay, fixture } = await import('../../pkg/dist/replay/replay.js');

const traced = (page) => page.evaluate(() => auth.trace());

/** Replays it, holds it to be what the page did, and, asked to, keeps it where `tests/replay` finds it. */
async function replayed(text, name) {
  const found = await replay(text);
  assert.equal(found.difference, undefined, found.text);
  assert.deepEqual(found.replayed, found.recorded);
  if (process.env.KEEP_TRACES) {
    mkdirSync(process.env.KEEP_TRACES, { recursive: true });
    writeFileSync(
      join(process.env.KEEP_TRACES, `${name.replaceAll(' ', '-')}.json`),
      await fixture(text, name),
    );
  }
  return found;
}

const options = { trace: true, scope: 'openid profile email offline_access' };

test('a code that was used before', async (t) => {
  const world = await bareWorld(t, browser, { options });
  const page = await world.tab();
  const url = await callbackUrl(page, world);
  const code = new URL(url).searchParams.get('code');
  const [transaction] = (await stored(page)).filter(({ fields }) => fields.kind === 'transaction');
  const form = {
    grant_type: 'authorization_code',
    client_id: world.platform.clientId,
    code,
    redirect_uri: world.redirectUri,
    code_verifier: transaction.fields.verifier,
  };
  const used = await fetch(`${world.platform.issuer}/oauth2/token`, {
    method: 'POST',
    headers: { origin: world.origin },
    body: new URLSearchParams(form),
  });
  assert.equal(used.status, 200);
  const error = await refusal(page, 'handleCallback', url);
  const {
    surprise,
    replayed: outcomes,
    text,
  } = await replayed(await traced(page), 'a code that was used before');
  assert.match(surprise, /platform → SDK +POST \/oauth2\/token: 400 invalid_grant/);
  assert.ok(outcomes.includes(`handleCallback: refused, ${error.code}`), text);
});

test("another tab's code, whose verifier this tab does not have", async (t) => {
  const world = await bareWorld(t, browser, { options });
  const [page, other] = [await world.tab(), await world.tab()];
  const url = new URL(await callbackUrl(page, world));
  const others = new URL(await callbackUrl(other, world));
  url.searchParams.set('code', others.searchParams.get('code'));
  const error = await refusal(page, 'handleCallback', url.href);
  // Shown that the two are one: the other tab's record has it too.
  await refusal(other, 'handleCallback', `${others.href}x`);
  const [here, there] = [await traced(page), await traced(other)];
  const [code] = here.match(/⟨code \w+⟩/);
  assert.ok(there.includes(code));
  const verifiers = [here, there].map((text) => text.match(/⟨verifier \w+⟩/)[0]);
  assert.notEqual(verifiers[0], verifiers[1]);
  const { surprise, replayed: outcomes } = await replayed(here, 'the code of another tab');
  assert.match(surprise, /400 invalid_grant/);
  assert.ok(outcomes.includes(`handleCallback: refused, ${error.code}`));
});

test('a refresh token that another tab has spent', async (t) => {
  const world = await bareWorld(t, browser, { options });
  const page = await world.tab();
  await signIn(page, world);
  // From now on: the two tabs cannot hear each other.
  await world.context.addInitScript(() => {
    delete window.BroadcastChannel;
  });
  const twin = await duplicate(page);
  await ask(page, 'getAccessToken', { forceRefresh: true });
  const error = await refusal(twin, 'getAccessToken', { forceRefresh: true });
  await told(twin, 'signed_out');
  const found = await replayed(await traced(twin), 'a refresh token that another tab has spent');
  assert.match(found.surprise, /400 invalid_grant/);
  assert.ok(found.replayed.includes(`getAccessToken: refused, ${error.code}`), found.text);
  // The tab that has spent it signed in and refreshed, and nothing was odd.
  const good = await replayed(await traced(page), 'a sign-in and a refresh');
  assert.equal(good.surprise, undefined, good.text);
  assert.ok(good.recorded.includes('event token_refreshed'));
});

test('every option, discovery and signatures, storage that is full, and an app state with its way back', async (t) => {
  const world = await bareWorld(t, browser, {
    options: {
      ...options,
      discovery: true,
      tokenStorage: 'local',
      clockSkewSeconds: 60,
      allowedOrigins: ['https://api.example.com'],
      additionalAudiences: ['https://api.example.com'],
    },
  });
  await world.context.addInitScript(() => {
    const { setItem } = Storage.prototype;
    Storage.prototype.setItem = function (key, text) {
      if (key.includes('.mark.')) throw new DOMException('full', 'QuotaExceededError');
      return setItem.call(this, key, text);
    };
  });
  const page = await world.tab('/reports/7?year=2026#top');
  await signIn(page, world, undefined, {
    appState: { returnTo: '/reports/7?month=2', basket: [1, 2] },
    loginHint: 'ada@example.com',
    maxAge: 3600,
    uiLocales: 'en',
    extraParams: { tenant_hint: 'acme' },
  });
  await ask(page, 'getAccessToken', { forceRefresh: true });
  await ask(page, 'getAccessToken', { minValidity: 10 });
  await ask(page, 'logout', { localOnly: true });
  await refusal(page, 'getAccessToken');
  const found = await replayed(await traced(page), 'everything');
  assert.match(found.text, /localStorage is full or blocked/);
  assert.match(found.text, /the signature is right/);
});

test('a changed core differs, and what is no trace is refused in words', async (t) => {
  const world = await bareWorld(t, browser, { options });
  const page = await world.tab();
  await authorizeUrl(page);
  const text = await traced(page);
  await replayed(text, 'a sign-in that is begun');
  const other = await replay(text.replace('"sign_in_started"', '"sign_in_begun"'));
  assert.match(
    other.difference,
    /step 2, loginWithRedirect:\n +recorded: .*sign_in_begun.*\n +replayed: .*sign_in_started/,
  );
  for (const [odd, said] of [
    ['', /no JSON/],
    ['{}', /no trace/],
    [text.replace('"format":1', '"format":9'), /format 9/],
  ]) {
    await assert.rejects(replay(odd), said);
  }
});

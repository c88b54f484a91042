// The record of what happened, and what it must never say.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { root } from '../../scripts/lib/run.mjs';
import { ask, refusal } from './support/bare.mjs';
import { openBrowser } from './support/browser.mjs';
import { callbackUrl, choose, goToCallback, goToProvider, signIn, stored } from './support/flow.mjs';
import { bareWorld, ready } from './support/world.mjs';

const browser = await openBrowser();
after(() => browser.close());

const traced = (page) => page.evaluate(async () => JSON.parse(await auth.trace()));
const inputs = (run) => run.steps.map(({ input }) => input);

/** How a secret might be spelt: a reader could turn each back into it, or recognise it. */
function spellings(secret) {
  const octets = Buffer.from(secret);
  const digest = createHash('sha256').update(secret).digest();
  const inner = [0, 1, 2].map((shift) => {
    // Within a longer text, wherever it begins: without the letters that depend on its neighbours.
    const text = Buffer.concat([Buffer.alloc(shift), octets]).toString('base64url');
    return text.slice(shift === 0 ? 0 : shift + 1, -2);
  });
  return [
    secret,
    encodeURIComponent(secret),
    encodeURIComponent(encodeURIComponent(secret)),
    JSON.stringify(secret).slice(1, -1),
    [...secret].reverse().join(''),
    octets.toString('hex'),
    octets.toString('base64'),
    ...inner,
    digest.toString('hex'),
    digest.toString('base64').replace(/=*$/, ''),
    digest.toString('base64url'),
    // What the SDK's own marks are made of.
    digest.toString('base64url').slice(0, 16),
  ];
}

/** Fails where `text` says one of `secrets`, in whichever spelling. */
function assertUnsaid(text, secrets) {
  for (const [name, secret] of Object.entries(secrets)) {
    assert.ok(secret?.length > 4, `${name}: nothing to look for`);
    for (const spelt of spellings(secret)) {
      const at = text.indexOf(spelt);
      assert.equal(at, -1, `${name} as ${spelt}: …${text.slice(Math.max(0, at - 80), at + 80)}…`);
    }
  }
}

/** The parts of an ID token, too: its claims are one text in base64url. */
const jwt = (name, token) =>
  Object.fromEntries([token, ...token.split('.')].map((part, at) => [`${name}, ${at || 'whole'}`, part]));

test('a bundle has both pages of a sign-in, and no secret, claim, hint, address or state of the app', async (t) => {
  const api = 'https://payroll.acme-corp.example';
  const world = await bareWorld(t, browser, {
    options: {
      trace: true,
      scope: 'openid profile email offline_access',
      allowedOrigins: [api],
      discovery: true,
    },
  });
  const page = await world.tab('/people/jane-roe?case=case-4711-secret#note-for-jane');
  await goToProvider(page, {
    loginHint: 'jane.roe@acme-corp.example',
    appState: { returnTo: '/reports/salary-of-jane', basket: 'three-red-herrings' },
    extraParams: { organisation: 'acme-corp-holding' },
  });
  const sent = world.platform.log.find(({ path }) => path === '/oauth2/authorize').query;
  await choose(page, world);
  await ready(page);
  const used = await page.evaluate(() => location.href);
  const { code, state } = Object.fromEntries(new URL(used).searchParams);
  await ask(page, 'handleCallback');
  await ask(page, 'getAccessToken', { forceRefresh: true });
  await ask(page, 'fetch', `${api}/salaries`).catch(() => {});
  const again = await refusal(page, 'handleCallback', used.replace(state, `${state}x`));
  assert.equal(again.code, 'state_unknown');
  const text = await page.evaluate(() => auth.trace());
  const bundle = JSON.parse(text);

  const [exchange] = world.exchanges();
  const [refresh] = world.refreshes();
  const secrets = {
    state: sent.state,
    nonce: sent.nonce,
    challenge: sent.code_challenge,
    code,
    verifier: exchange.body.code_verifier,
    'access token': exchange.response.access_token,
    'refresh token': exchange.response.refresh_token,
    'second access token': refresh.response.access_token,
    'second refresh token': refresh.response.refresh_token,
    ...jwt('ID token', exchange.response.id_token),
    ...jwt('second ID token', refresh.response.id_token),
    subject: 'usr_ada',
    name: 'Ada Lovelace',
    family: 'Lovelace',
    mail: 'ada@example.com',
    hint: 'jane.roe@acme-corp.example',
    'hint, a part': 'jane.roe',
    appState: 'three-red-herrings',
    returnTo: 'salary-of-jane',
    parameter: 'acme-corp-holding',
    path: 'people/jane',
    query: 'case-4711-secret',
    fragment: 'note-for-jane',
    api: 'payroll.acme-corp.example',
    'api, by name': 'payroll',
    'api, its path': 'salaries',
  };
  assertUnsaid(text, secrets);
  // Nor does what is kept for the next page.
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide')));
  const kept = await page.evaluate(() => sessionStorage.getItem('intelliauth.trace'));
  assertUnsaid(kept, secrets);

  assert.deepEqual([bundle.kind, bundle.format, bundle.runs.length], ['intelliauth-trace', 1, 2]);
  const { version } = JSON.parse(readFileSync(join(root, 'pkg/package.json'), 'utf8'));
  assert.equal(bundle.sdk, version);
  const [first, second] = bundle.runs;
  assert.deepEqual(inputs(first).slice(0, 2), ['start', 'loginWithRedirect']);
  assert.ok(inputs(first).includes('pageHidden'));
  for (const input of ['start', 'handleCallback', 'granted', 'answered', 'getToken']) {
    assert.ok(inputs(second).includes(input), input);
  }
  assert.ok(!text.includes('unreadable'), 'every step is told');
  // The same secret is the same placeholder, on both pages.
  const states = (run) => new Set(JSON.stringify(run.steps).match(/⟨state \w+⟩/g));
  assert.equal(states(first).size, 1);
  assert.ok([...states(first)].every((state) => states(second).has(state)));
  const verifiers = new Set(text.match(/⟨verifier \w+⟩/g));
  assert.equal(verifiers.size, 1);
  const { options } = second;
  assert.deepEqual(
    [options.tenantUrl, options.clientId, options.redirectUri],
    [world.platform.issuer, world.platform.clientId, world.redirectUri],
  );
});

test('nothing is recorded, loaded or kept unasked; trace() has the tab record from its next page on', async (t) => {
  const world = await bareWorld(t, browser);
  const page = await world.tab();
  const requested = () =>
    page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
  await ask(page, 'getState');
  assert.deepEqual(
    (await requested()).filter((url) => url.includes('/trace/')),
    [],
  );
  assert.deepEqual(await stored(page, 'localStorage'), []);
  const nothing = await traced(page);
  assert.deepEqual(nothing.runs, []);
  assert.match(nothing.note, /next page/);
  await page.reload();
  await ready(page);
  await signIn(page, world);
  const { runs, note } = await traced(page);
  assert.equal(note, undefined);
  assert.deepEqual(
    runs.map((run) => inputs(run)[1]),
    ['loginWithRedirect', 'handleCallback'],
  );
  // Another tab was not asked.
  const other = await world.tab();
  assert.deepEqual((await traced(other)).runs, []);
});

test('a sign-out takes the record of the pages before it away; an hour does, too', async (t) => {
  const world = await bareWorld(t, browser, { options: { trace: true }, clock: true });
  const page = await world.tab();
  await signIn(page, world);
  assert.equal((await traced(page)).runs.length, 2);
  await ask(page, 'logout', { localOnly: true });
  const kept = () => page.evaluate(() => JSON.parse(sessionStorage.getItem('intelliauth.trace')).runs.length);
  assert.equal(await kept(), 0);
  // What happened since belongs to nobody.
  await page.reload();
  await ready(page);
  assert.equal((await traced(page)).runs.length, 1 + (await kept()));
  await goToCallback(page, world, undefined, { prompt: 'login' });
  assert.ok((await traced(page)).runs.length > 1);
  await world.context.clock.fastForward(3601 * 1000);
  assert.equal((await traced(page)).runs.length, 1);
});

test('the record is bounded', async (t) => {
  const world = await bareWorld(t, browser, { options: { trace: true } });
  const page = await world.tab();
  await page.evaluate(() => {
    for (let at = 0; at < 3000; at++) dispatchEvent(new Event('focus'));
  });
  const text = await page.evaluate(() => auth.trace());
  assert.ok(text.length < 200_000, `${text.length} characters`);
  const [run] = JSON.parse(text).runs;
  assert.ok(run.dropped > 1000 && run.steps.length > 100, `${run.dropped} dropped, ${run.steps.length} kept`);
});

test('a sign-in does not fail for want of the recorder, nor with it where storage is blocked or full', async (t) => {
  const without = await bareWorld(t, browser, { options: { trace: true } });
  without.broken.add('/sdk/trace/trace.js');
  const tab = await without.tab();
  assert.equal((await signIn(tab, without)).user.name, 'Ada Lovelace');
  const { message } = await refusal(tab, 'trace');
  assert.equal(message, 'The SDK could not be loaded.');

  const full = await bareWorld(t, browser, { options: { trace: true, tokenStorage: 'memory' } });
  await full.context.addInitScript(() => {
    const { setItem } = Storage.prototype;
    Storage.prototype.setItem = function (key, text) {
      if (key.includes('.mark.') || key === 'intelliauth.trace')
        throw new DOMException('full', 'QuotaExceededError');
      return setItem.call(this, key, text);
    };
    Object.defineProperty(window, 'localStorage', {
      get: () => {
        throw new DOMException('denied', 'SecurityError');
      },
    });
  });
  const page = await full.tab();
  assert.equal((await signIn(page, full)).user.name, 'Ada Lovelace');
  const { runs } = await traced(page);
  const did = runs.flatMap(({ steps }) => steps.flatMap(({ did }) => did.map(([name]) => name)));
  assert.ok(did.includes('full'), 'that storage is full is told');
  const found = runs.flatMap(({ steps }) => steps.flatMap(({ found = [] }) => found));
  assert.ok(
    found.some(([area, , text]) => area === 'origin' && text === false),
    'so it is that it is blocked',
  );
});

test("two tabs' records name a secret alike", async (t) => {
  const world = await bareWorld(t, browser, { options: { trace: true } });
  const [one, other] = [await world.tab(), await world.tab()];
  const url = await callbackUrl(one, world);
  await refusal(other, 'handleCallback', url);
  const state = (bundle) => JSON.stringify(bundle).match(/state=(⟨state \w+⟩)/)[1];
  assert.equal(state(await traced(other)), state(await traced(one)));
});

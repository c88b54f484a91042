/** One session in many tabs, counted at the provider: tokens of a few seconds, real locks, real channels. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { attempt, launch, openClient, signIn, startBare, startClient, tokenRequests } from './stage/stage.mjs';

const LIFETIME = 4;
const local = { tokenStorage: 'local' };

let stage;
let browser;
before(async () => {
  [stage, browser] = await Promise.all([
    startBare({ provider: { accessTokenSeconds: LIFETIME } }),
    launch({ ignoreDefaultArgs: ['--disable-back-forward-cache'] }),
  ]);
});
after(async () => {
  await browser.close();
  await stage.close();
});
beforeEach(() => {
  stage.provider.log.length = 0;
  Object.assign(stage.provider.control, { beforeToken: undefined, delayToken: undefined });
});

const status = (page) => page.evaluate(() => window.auth.getState().status);
const refreshes = (code) => tokenRequests(stage.provider, 'refresh_token', code);
const happened = (page, type) =>
  page.waitForFunction((name) => window.events.some((event) => event.type === name), type, { timeout: 15_000 });

async function until(condition, what) {
  for (const end = Date.now() + 15_000; Date.now() < end; ) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`${what} did not happen in time`);
}

/** A signed-in tab and `more` beside it. */
async function tabs(more, options = local) {
  const context = await browser.newContext();
  const first = await context.newPage();
  await signIn(first, stage, { options });
  const others = [];
  for (let n = 0; n < more; n++) {
    const page = await context.newPage();
    await openClient(page, stage, { options });
    others.push(page);
  }
  return { context, pages: [first, ...others] };
}

test('ten tabs refresh once for each expiry, and nobody is signed out', async () => {
  const { context, pages } = await tabs(9);
  await until(() => refreshes(200).length >= 4, 'four refreshes');
  const times = refreshes(200).map(({ at }) => at);
  const generations = new Set(refreshes().map(({ body }) => body.refresh_token));
  assert.equal(refreshes().length, generations.size, 'no refresh token was sent twice');
  assert.equal(refreshes(200).length, refreshes().length, 'none was refused');
  for (let n = 1; n < times.length; n++) {
    const gap = times[n] - times[n - 1];
    // A refresh is due when a quarter to an eighth of the lifetime is left.
    assert.ok(gap > LIFETIME * 1000 * 0.7, `refreshed again after ${gap} ms`);
  }
  for (const page of pages) assert.equal(await status(page), 'authenticated');
  const tokens = await Promise.all(pages.map((page) => page.evaluate(() => window.auth.getAccessToken())));
  assert.equal(new Set(tokens).size, 1, 'all tabs hold the same token');
  await context.close();
});

test('callers at once in all tabs share one forced refresh each at most, and never a token twice', async () => {
  const { context, pages } = await tabs(3);
  await Promise.all(
    pages.flatMap((page) =>
      [1, 2, 3].map(() => page.evaluate(() => window.auth.getAccessToken({ forceRefresh: true }))),
    ),
  );
  const sent = refreshes().map(({ body }) => body.refresh_token);
  assert.equal(new Set(sent).size, sent.length);
  assert.ok(sent.length <= pages.length, `${sent.length} refreshes`);
  await context.close();
});

test('the tab that holds the lock is closed in the middle of its request, and the others go on', async () => {
  const { context, pages } = await tabs(2);
  stage.provider.control.delayToken = 60_000;
  void pages[0].evaluate(() => window.auth.getAccessToken({ forceRefresh: true })).catch(() => {});
  await until(() => refreshes().length === 1, 'the request');
  stage.provider.control.delayToken = 0;
  await pages[0].close();
  // The platform acted and the answer is lost: what was spent cannot come back, and that is told as what it is.
  const outcomes = await Promise.all(
    pages.slice(1).map((page) => attempt(page, () => window.auth.getAccessToken({ forceRefresh: true }))),
  );
  for (const { code, value } of outcomes) assert.ok(value || code === 'session_lost', code);
  for (const page of pages.slice(1)) {
    const state = await page.evaluate(() => window.auth.getState());
    assert.ok(state.status === 'authenticated' || state.reason === 'session_lost', JSON.stringify(state));
  }
  await context.close();
});

test('the tab that holds the lock is closed before the platform acted, and nobody is signed out', async () => {
  const { context, pages } = await tabs(2);
  let held = 0;
  stage.provider.control.beforeToken = () => (held++ === 0 ? new Promise(() => {}) : 'pass');
  void pages[0].evaluate(() => window.auth.getAccessToken({ forceRefresh: true })).catch(() => {});
  await until(() => held === 1, 'the request');
  await pages[0].close();
  for (const page of pages.slice(1)) {
    assert.ok(await page.evaluate(() => window.auth.getAccessToken({ forceRefresh: true })));
    assert.equal(await status(page), 'authenticated');
  }
  await context.close();
});

test('a duplicated tab lives on beside its original over several rotations', async () => {
  const { context, pages } = await tabs(0, {});
  // window.open without noopener copies sessionStorage, as duplicating a tab does.
  const [twin] = await Promise.all([
    context.waitForEvent('page'),
    pages[0].evaluate((url) => void window.open(url), `${stage.origin}/twin`),
  ]);
  await startClient(twin, stage.options);
  await until(() => refreshes(200).length >= 3, 'three refreshes');
  assert.equal(refreshes().length, new Set(refreshes().map(({ body }) => body.refresh_token)).size);
  assert.equal(refreshes(400).length, 0);
  const both = [pages[0], twin];
  assert.deepEqual(await Promise.all(both.map(status)), ['authenticated', 'authenticated']);
  // Each stores the rotated tokens in its own tab: both survive a reload.
  for (const page of both) {
    await page.reload();
    await startClient(page, stage.options);
    assert.ok(await page.evaluate(() => window.auth.getAccessToken()));
  }
  await context.close();
});

test('a sign-out is seen in every tab within a second, and no stored token is left', async () => {
  const { context, pages } = await tabs(4);
  const secrets = await pages[0].evaluate(() => window.auth.getAccessToken());
  const began = Date.now();
  await pages[2].evaluate(() => window.auth.logout());
  for (const page of pages) {
    await page.waitForFunction(() => window.auth.getState().status === 'unauthenticated', undefined, { timeout: 1000 });
  }
  assert.ok(Date.now() - began < 1000, `${Date.now() - began} ms`);
  const told = await pages[0].evaluate(() => window.events.find(({ type }) => type === 'signed_out'));
  assert.equal(told.reason, 'logout');
  assert.equal(told.elsewhere, true);
  const stored = await pages[0].evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  assert.ok(!stored.includes(secrets) && !/refresh_token|id_token/.test(stored), 'tokens are left');
  await context.close();
});

test('a sign-out while a refresh is in flight is final', async () => {
  const { context, pages } = await tabs(1);
  stage.provider.control.delayToken = 800;
  const refreshing = attempt(pages[0], () => window.auth.getAccessToken({ forceRefresh: true }));
  await until(() => refreshes().length === 1, 'the request');
  await pages[0].evaluate(() => window.auth.logout());
  assert.equal((await refreshing).code, 'signed_out');
  await until(() => refreshes(200).length === 1, 'the late answer');
  await new Promise((resolve) => setTimeout(resolve, 300));
  for (const page of pages) assert.equal(await status(page), 'unauthenticated');
  await pages[0].reload();
  await startClient(pages[0], { ...stage.options, ...local });
  assert.equal(await status(pages[0]), 'unauthenticated');
  await context.close();
});

test('a sign-in is seen in the other tabs', async () => {
  const context = await browser.newContext();
  const [one, two] = [await context.newPage(), await context.newPage()];
  await openClient(two, stage, { options: local });
  await signIn(one, stage, { options: local });
  await two.waitForFunction(() => window.auth.isAuthenticated(), undefined, { timeout: 1000 });
  assert.equal(await two.evaluate(() => window.auth.getUser().name), 'Ada Lovelace');
  await context.close();
});

test('offline waits for online and signs nobody out', async () => {
  const { context, pages } = await tabs(0);
  await context.setOffline(true);
  await new Promise((resolve) => setTimeout(resolve, LIFETIME * 1000 + 500));
  assert.equal(await status(pages[0]), 'authenticated');
  const outcome = await attempt(pages[0], () => window.auth.getAccessToken());
  assert.equal(outcome.code, 'network_error');
  assert.equal(outcome.transient, true);
  assert.equal(refreshes().length, 0);
  await context.setOffline(false);
  await happened(pages[0], 'token_refreshed');
  assert.ok(await pages[0].evaluate(() => window.auth.getAccessToken()));
  await context.close();
});

test('a platform in trouble keeps the session, is asked with growing pauses, and recovers', async () => {
  const { context, pages } = await tabs(0);
  stage.provider.control.beforeToken = () => ({ status: 503, body: 'down' });
  await happened(pages[0], 'refresh_failing');
  await until(() => refreshes(503).length >= 2, 'a second try');
  const [first, second] = refreshes(503).map(({ at }) => at);
  assert.ok(second - first >= 1000, `asked again after ${second - first} ms`);
  assert.equal(await status(pages[0]), 'authenticated');
  assert.equal(await pages[0].evaluate(() => window.auth.getState().failing.code), 'platform_unavailable');
  stage.provider.control.beforeToken = undefined;
  await happened(pages[0], 'token_refreshed');
  assert.equal(await pages[0].evaluate(() => window.auth.getState().failing), undefined);
  await context.close();
});

test('an answer that was lost after the platform acted ends as session_lost', async () => {
  const { context, pages } = await tabs(0);
  let lost = 0;
  stage.provider.control.beforeToken = () => (lost++ === 0 ? 'drop-after' : 'pass');
  const first = await attempt(pages[0], () => window.auth.getAccessToken({ forceRefresh: true }));
  assert.equal(first.code, 'network_error');
  assert.equal(await status(pages[0]), 'authenticated');
  await happened(pages[0], 'signed_out');
  assert.equal(await pages[0].evaluate(() => window.auth.getState().reason), 'session_lost');
  await context.close();
});

test('a request that was lost before the platform acted costs nothing', async () => {
  const { context, pages } = await tabs(0);
  let lost = 0;
  stage.provider.control.beforeToken = () => (lost++ === 0 ? 'drop-before' : 'pass');
  const first = await attempt(pages[0], () => window.auth.getAccessToken({ forceRefresh: true }));
  assert.equal(first.code, 'network_error');
  await happened(pages[0], 'token_refreshed');
  assert.equal(await status(pages[0]), 'authenticated');
  await context.close();
});

test('a refresh token that the platform revoked ends as session_expired', async () => {
  const { context, pages } = await tabs(0);
  stage.provider.control.beforeToken = () => ({ status: 400, body: { error: 'invalid_grant' } });
  const outcome = await attempt(pages[0], () => window.auth.getAccessToken({ forceRefresh: true }));
  assert.equal(outcome.code, 'session_expired');
  assert.equal(await pages[0].evaluate(() => window.auth.getState().reason), 'session_expired');
  await context.close();
});

test('an abort ends its own call and nothing else', async () => {
  const { context, pages } = await tabs(0);
  stage.provider.control.delayToken = 500;
  const outcomes = await pages[0].evaluate(async () => {
    const abort = new AbortController();
    const calls = [
      window.auth.getAccessToken({ forceRefresh: true, signal: abort.signal }),
      window.auth.getAccessToken({ forceRefresh: true }),
    ];
    setTimeout(() => abort.abort(), 100);
    const [aborted, served] = await Promise.allSettled(calls);
    return { aborted: aborted.reason?.name, served: served.status };
  });
  assert.deepEqual(outcomes, { aborted: 'AbortError', served: 'fulfilled' });
  assert.equal(refreshes().length, 1);
  await context.close();
});

test('bfcache back and forward: the session is looked at again, and no expired token is served', async () => {
  const { context, pages } = await tabs(0, {});
  const [page] = pages;
  await page.evaluate(() => {
    addEventListener('pageshow', ({ persisted }) => {
      window.persisted = persisted;
    });
  });
  const before = await page.evaluate(() => window.auth.getAccessToken());
  await page.goto(`${stage.provider.issuer}/.well-known/openid-configuration`);
  await new Promise((resolve) => setTimeout(resolve, LIFETIME * 1000 + 200));
  await page.goBack({ waitUntil: 'commit' });
  await page.waitForFunction('window.persisted === true');
  const after = await page.evaluate(() => window.auth.getAccessToken());
  assert.notEqual(after, before);
  assert.equal(await status(page), 'authenticated');
  await context.close();
});

const failing = (area, method) => `
  const real = Storage.prototype.${method};
  Storage.prototype.${method} = function (...args) {
    if (window.fail && this === ${area}) throw new DOMException('full', 'QuotaExceededError');
    return real.apply(this, args);
  };`;

test('full storage keeps the session in memory over a rotation, and says so', async () => {
  const { context, pages } = await tabs(0, {});
  await pages[0].evaluate(failing('sessionStorage', 'setItem'));
  await pages[0].evaluate(() => {
    window.fail = true;
  });
  const before = await pages[0].evaluate(() => window.auth.getAccessToken());
  const after = await pages[0].evaluate(() => window.auth.getAccessToken({ forceRefresh: true }));
  assert.notEqual(after, before);
  assert.equal(await status(pages[0]), 'authenticated');
  await happened(pages[0], 'storage_failed');
  const again = await pages[0].evaluate(() => window.auth.getAccessToken({ forceRefresh: true }));
  assert.notEqual(again, after);
  await context.close();
});

test('full storage at the sign-in is storage_unavailable, before anything is sent', async () => {
  const page = await (await browser.newContext()).newPage();
  await page.addInitScript(`window.fail = true; ${failing('sessionStorage', 'setItem')}`);
  await openClient(page, stage);
  const outcome = await attempt(page, () => window.auth.loginWithRedirect());
  assert.equal(outcome.code, 'storage_unavailable');
  assert.equal(page.url(), `${stage.origin}/`);
  await page.context().close();
});

test('blocked storage throws nothing raw', async () => {
  const page = await (await browser.newContext()).newPage();
  await page.addInitScript(() => {
    for (const area of ['localStorage', 'sessionStorage']) {
      Object.defineProperty(window, area, {
        get() {
          throw new DOMException('blocked', 'SecurityError');
        },
      });
    }
  });
  assert.equal(await openClient(page, stage), undefined);
  assert.equal(await status(page), 'unauthenticated');
  assert.equal((await attempt(page, () => window.auth.getAccessToken())).code, 'login_required');
  assert.equal((await attempt(page, () => window.auth.loginWithRedirect())).code, 'storage_unavailable');
  await page.evaluate(() => window.auth.logout());
  await page.context().close();
});

test('without Web Locks and BroadcastChannel two tabs share one session by storage alone', async () => {
  const context = await browser.newContext();
  await context.addInitScript(() => {
    Object.defineProperty(navigator, 'locks', { value: undefined });
    delete window.BroadcastChannel;
  });
  const [one, two] = [await context.newPage(), await context.newPage()];
  await signIn(one, stage, { options: local });
  await openClient(two, stage, { options: local });
  await until(() => refreshes(200).length >= 2, 'two refreshes');
  assert.deepEqual(await Promise.all([one, two].map(status)), ['authenticated', 'authenticated']);
  await one.evaluate(() => window.auth.logout());
  await two.waitForFunction(() => !window.auth.isAuthenticated(), undefined, { timeout: 1000 });
  await context.close();
});

test('auth.fetch: the token for allowed origins alone; a 401 refreshes once and sends once more, body and all', async () => {
  const { context, pages } = await tabs(0, {});
  const { issuer } = stage.provider;
  const me = await pages[0].evaluate(async (url) => (await window.auth.fetch(url)).json(), `${issuer}/api/me`);
  assert.equal(me.sub, 'usr_ada');
  const seen = [];
  await context.route('**/elsewhere', (route) => {
    seen.push(route.request().headers());
    return route.fulfill({ body: '', headers: { 'access-control-allow-origin': '*' } });
  });
  await pages[0].evaluate(() => window.auth.fetch('/elsewhere'));
  assert.equal(seen[0].authorization, undefined);
  let refused = 0;
  const sent = [];
  await context.route(`${issuer}/api/echo`, async (route) => {
    if (route.request().method() === 'POST') sent.push(route.request());
    if (route.request().method() === 'POST' && refused++ === 0) {
      return route.fulfill({ status: 401, headers: { 'access-control-allow-origin': stage.origin } });
    }
    return route.continue();
  });
  stage.provider.log.length = 0;
  const echoed = await pages[0].evaluate(
    async (url) => (await window.auth.fetch(url, { method: 'POST', body: 'once more' })).text(),
    `${issuer}/api/echo`,
  );
  assert.ok(echoed.includes('once more'), echoed);
  assert.equal(sent.length, 2);
  assert.notEqual(sent[0].headers().authorization, sent[1].headers().authorization);
  assert.equal(refreshes(200).length, 1);
  await context.close();
});

test('discovery: the ID token is verified, and logout revokes and leaves for the end-session endpoint', async () => {
  const page = await (await browser.newContext()).newPage();
  const options = { discovery: true };
  await signIn(page, stage, { options });
  assert.ok(stage.provider.log.some(({ path }) => path === '/oauth2/jwks'), 'the keys were read');
  await page.evaluate(() => void window.auth.logout({ returnTo: `${location.origin}/` }));
  await page.waitForURL(`${stage.provider.issuer}/oauth2/logout**`);
  const revoked = stage.provider.log.filter(({ path, method }) => path === '/oauth2/revoke' && method === 'POST');
  assert.equal(revoked.length, 1);
  assert.equal(revoked[0].status, 200);
  const { searchParams } = new URL(page.url());
  assert.equal(searchParams.get('client_id'), stage.options.clientId);
  assert.ok(searchParams.get('id_token_hint'));
  await page.context().close();
});

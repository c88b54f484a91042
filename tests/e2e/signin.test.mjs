/** Signing in without React: exactly the contract's requests, and nothing left behind. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { attempt, choose, launch, openClient, root, signIn, startBare, startClient, tokenRequests } from './stage/stage.mjs';

let stage;
let browser;
before(async () => {
  [stage, browser] = await Promise.all([startBare(), launch()]);
});
after(async () => {
  await browser.close();
  await stage.close();
});

const visit = async () => (await browser.newContext()).newPage();
const authorizeUrl = (page, login = {}) =>
  page.evaluate(async (given) => {
    let url;
    await window.auth.loginWithRedirect({ ...given, openUrl: (asked) => void (url = asked) });
    return url;
  }, login);
/** Signs in at the provider by `url` in a tab of its own, and answers with the callback it would have opened. */
async function answerOf(page, url, name) {
  const tab = await page.context().newPage();
  await tab.goto(url);
  if (!tab.url().startsWith(stage.origin)) await choose(tab, name);
  // The bare page answers no callback by itself.
  await tab.waitForURL(`${stage.origin}/callback?**`);
  const callback = tab.url();
  await tab.close();
  return callback;
}

test('the wasm module exports loginWithRedirect and handleCallback', async () => {
  const module = await WebAssembly.compile(readFileSync(join(root, 'pkg/dist/intelliauth.wasm')));
  const names = WebAssembly.Module.exports(module).map(({ name }) => name);
  for (const name of ['loginWithRedirect', 'handleCallback']) assert.ok(names.includes(name), name);
});

test("the authorize request holds exactly the contract's parameters and the nonce, each once", async () => {
  const page = await visit();
  await openClient(page, stage);
  const url = new URL(await authorizeUrl(page));
  assert.equal(url.origin + url.pathname, `${stage.provider.issuer}/oauth2/authorize`);
  const names = [...url.searchParams.keys()];
  assert.deepEqual(names.toSorted(), [
    'client_id',
    'code_challenge',
    'code_challenge_method',
    'nonce',
    'redirect_uri',
    'response_type',
    'scope',
    'state',
  ]);
  const { code_challenge, nonce, state, ...fixed } = Object.fromEntries(url.searchParams);
  assert.deepEqual(fixed, {
    response_type: 'code',
    client_id: stage.options.clientId,
    redirect_uri: stage.options.redirectUri,
    scope: 'openid profile email',
    code_challenge_method: 'S256',
  });
  for (const random of [code_challenge, nonce, state]) assert.match(random, /^[\w-]{43}$/);
  await page.context().close();
});

test('login options reach the platform, and the protocol cannot be overridden', async () => {
  const page = await visit();
  await openClient(page, stage);
  const url = new URL(
    await authorizeUrl(page, {
      prompt: 'login',
      loginHint: 'ada@example.com',
      uiLocales: 'en de',
      acrValues: 'mfa',
      maxAge: 60,
      scope: 'openid',
      extraParams: { audience: 'api' },
    }),
  );
  const sent = Object.fromEntries(url.searchParams);
  assert.equal(sent.prompt, 'login');
  assert.equal(sent.login_hint, 'ada@example.com');
  assert.equal(sent.ui_locales, 'en de');
  assert.equal(sent.acr_values, 'mfa');
  assert.equal(sent.max_age, '60');
  assert.equal(sent.scope, 'openid');
  assert.equal(sent.audience, 'api');
  const refused = await attempt(page, () =>
    window.auth.loginWithRedirect({ extraParams: { redirect_uri: 'https://evil.example' }, openUrl() {} }),
  );
  assert.equal(refused.code, 'invalid_config');
  assert.equal(refused.details.option, 'extraParams');
  await page.context().close();
});

test('the token request is one bare form post, and nothing is left behind', async () => {
  const page = await visit();
  // A platform's own cookie must not travel with it.
  await page.context().addCookies([{ name: 'sso', value: '1', url: stage.provider.issuer }]);
  stage.provider.log.length = 0;
  await openClient(page, stage, { path: '/start?kept=1' });
  const login = { appState: { returnTo: '/reports?year=2026', n: [1, { deep: true }] } };
  const verifier = await page.evaluate(async (given) => {
    let url;
    await window.auth.loginWithRedirect({ ...given, openUrl: (asked) => void (url = asked) });
    window.authorizeUrl = url;
    const key = Object.keys(sessionStorage).find((name) => name.includes('.tx.'));
    return new URLSearchParams(sessionStorage.getItem(key)).get('verifier');
  }, login);
  await page.goto(await page.evaluate('window.authorizeUrl'));
  await choose(page);
  await page.waitForURL(`${stage.origin}/callback?**`);
  const code = new URL(page.url()).searchParams.get('code');
  const state = new URL(page.url()).searchParams.get('state');
  await startClient(page, stage.options);
  const result = await page.evaluate(() => window.auth.handleCallback());
  assert.equal(result.user.name, 'Ada Lovelace');
  assert.deepEqual(result.appState, login.appState);

  const posts = tokenRequests(stage.provider, 'authorization_code');
  assert.equal(posts.length, 1);
  const [{ body, headers }] = posts;
  assert.deepEqual(Object.entries(body), [
    ['grant_type', 'authorization_code'],
    ['client_id', stage.options.clientId],
    ['code', code],
    ['redirect_uri', stage.options.redirectUri],
    ['code_verifier', verifier],
  ]);
  assert.equal(headers['content-type'], 'application/x-www-form-urlencoded');
  assert.equal(headers.cookie, undefined);
  assert.equal(headers.referer, undefined);
  assert.equal(headers.authorization, undefined);
  // A custom header would have asked for leave first.
  assert.equal(stage.provider.log.filter(({ method }) => method === 'OPTIONS').length, 0);

  assert.equal(page.url(), `${stage.origin}/callback`);
  const session = await page.context().newCDPSession(page);
  const { entries } = await session.send('Page.getNavigationHistory');
  for (const { url } of entries) assert.ok(!url.includes(code), url);
  assert.ok(!entries.some(({ url }) => url.startsWith(stage.origin) && url.includes(state)));
  const stored = await page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }));
  assert.ok(!stored.includes(verifier) && !stored.includes(code) && !stored.includes(state));
  await page.context().close();
});

test('restoring a session on load sends no request', async () => {
  const page = await visit();
  await signIn(page, stage);
  stage.provider.log.length = 0;
  await openClient(page, stage);
  assert.equal(await page.evaluate(() => window.auth.getState().status), 'authenticated');
  assert.ok(await page.evaluate(() => window.auth.getAccessToken()));
  assert.equal(stage.provider.log.length, 0);
  await page.context().close();
});

test('two sign-ins at once in two tabs are both right', async () => {
  const context = await browser.newContext();
  const tabs = [await context.newPage(), await context.newPage()];
  const urls = [];
  for (const [at, tab] of tabs.entries()) {
    await openClient(tab, stage);
    urls.push(await authorizeUrl(tab, { appState: { tab: at }, prompt: 'login' }));
  }
  const callbacks = [];
  callbacks[1] = await answerOf(tabs[1], urls[1], 'Grace Hopper');
  callbacks[0] = await answerOf(tabs[0], urls[0], 'Ada Lovelace');
  for (const [at, tab] of tabs.entries()) {
    const { user, appState } = await tab.evaluate((url) => window.auth.handleCallback(url), callbacks[at]);
    assert.equal(user.name, ['Ada Lovelace', 'Grace Hopper'][at]);
    assert.equal(appState.tab, at);
  }
  // Neither ended the other.
  assert.deepEqual(await Promise.all(tabs.map((tab) => tab.evaluate(() => window.auth.getUser().name))), [
    'Ada Lovelace',
    'Grace Hopper',
  ]);
  await context.close();
});

test('two sign-ins begun in one tab are both answered', async () => {
  const page = await visit();
  await openClient(page, stage);
  const first = await authorizeUrl(page, { appState: { n: 1 }, prompt: 'login' });
  const second = await authorizeUrl(page, { appState: { n: 2 }, prompt: 'login' });
  const answers = [await answerOf(page, first, 'Ada Lovelace'), await answerOf(page, second, 'Grace Hopper')];
  for (const [at, name] of [
    [1, 'Grace Hopper'],
    [0, 'Ada Lovelace'],
  ]) {
    const result = await page.evaluate((url) => window.auth.handleCallback(url), answers[at]);
    assert.equal(result.user.name, name);
    assert.equal(result.appState.n, at + 1);
  }
  await page.context().close();
});

/** A callback with its stored transaction changed before it is answered. */
async function tampered(change) {
  const page = await visit();
  await openClient(page, stage);
  const callback = await answerOf(page, await authorizeUrl(page));
  stage.provider.log.length = 0;
  await page.evaluate(
    ([field, value]) => {
      const key = Object.keys(sessionStorage).find((name) => name.includes('.tx.'));
      const record = new URLSearchParams(sessionStorage.getItem(key));
      record.set(field, value);
      sessionStorage.setItem(key, String(record));
    },
    change,
  );
  const outcome = await attempt(page, (url) => window.auth.handleCallback(url), callback);
  const again = await attempt(page, (url) => window.auth.handleCallback(url), callback);
  assert.equal(again.code, outcome.code, 'a second call gets the same answer');
  assert.equal(tokenRequests(stage.provider, 'authorization_code').length, 1, 'one code, one exchange');
  await page.context().close();
  return outcome;
}

test('a tampered verifier is refused by the provider and told as code_refused', async () => {
  const outcome = await tampered(['verifier', 'x'.repeat(43)]);
  assert.equal(outcome.code, 'code_refused');
  assert.equal(outcome.details.error, 'invalid_grant');
  assert.equal(outcome.transient, false);
});

test('a redirect URI changed between the two requests is refused at the token endpoint', async () => {
  const changed = `${stage.options.redirectUri}/`;
  const outcome = await tampered(['redirect_uri', changed]);
  assert.equal(outcome.code, 'code_refused');
  assert.ok(outcome.hint.includes(changed), outcome.hint);
});

test('a repeated callback after a reload is callback_replayed, posts nothing and leaves the session alone', async () => {
  const page = await visit();
  await openClient(page, stage);
  const callback = await answerOf(page, await authorizeUrl(page));
  await page.evaluate((url) => window.auth.handleCallback(url), callback);
  stage.provider.log.length = 0;
  await page.goto(callback);
  await startClient(page, stage.options);
  const outcome = await attempt(page, () => window.auth.handleCallback());
  assert.equal(outcome.code, 'callback_replayed');
  assert.equal(page.url(), stage.options.redirectUri, 'the address is cleaned all the same');
  assert.equal(stage.provider.log.length, 0);
  assert.equal(await page.evaluate(() => window.auth.isAuthenticated()), true);
  await page.context().close();
});

test('state of another browser profile is state_unknown, posts nothing and leaves the session alone', async () => {
  const [mine, theirs] = [await visit(), await visit()];
  await signIn(mine, stage);
  await openClient(theirs, stage);
  const callback = await answerOf(theirs, await authorizeUrl(theirs), 'Grace Hopper');
  stage.provider.log.length = 0;
  await mine.goto(callback);
  await startClient(mine, stage.options);
  assert.equal(await mine.evaluate(() => window.auth.isCallback()), false);
  const outcome = await attempt(mine, () => window.auth.handleCallback());
  assert.equal(outcome.code, 'state_unknown');
  assert.equal(mine.url(), stage.options.redirectUri);
  assert.equal(stage.provider.log.length, 0);
  assert.equal(await mine.evaluate(() => window.auth.getUser().name), 'Ada Lovelace');
  await mine.context().close();
  await theirs.context().close();
});

test('handleCallback called three times at once exchanges once and answers all', async () => {
  const page = await visit();
  await openClient(page, stage);
  const callback = await answerOf(page, await authorizeUrl(page));
  stage.provider.log.length = 0;
  const names = await page.evaluate(async (url) => {
    const results = await Promise.all([1, 2, 3].map(() => window.auth.handleCallback(url)));
    return results.map(({ user }) => user.name);
  }, callback);
  assert.deepEqual(names, ['Ada Lovelace', 'Ada Lovelace', 'Ada Lovelace']);
  assert.equal(tokenRequests(stage.provider, 'authorization_code').length, 1);
  await page.context().close();
});

test('a callback opened in two tabs exchanges once', async () => {
  const page = await visit();
  await openClient(page, stage);
  const callback = await answerOf(page, await authorizeUrl(page));
  // window.open without noopener copies sessionStorage, as duplicating a tab does.
  const [twin] = await Promise.all([
    page.context().waitForEvent('page'),
    page.evaluate((url) => void window.open(url), `${stage.origin}/twin`),
  ]);
  await startClient(twin, stage.options);
  stage.provider.log.length = 0;
  const outcomes = await Promise.all(
    [page, twin].map((tab) => attempt(tab, (url) => window.auth.handleCallback(url), callback)),
  );
  assert.equal(tokenRequests(stage.provider, 'authorization_code').length, 1);
  assert.deepEqual(outcomes.map(({ code }) => code ?? 'signed in').toSorted(), ['callback_replayed', 'signed in']);
  await page.context().close();
});

test('bad options are invalid_config with the option and what to write', async () => {
  const page = await visit();
  await page.goto(stage.origin);
  for (const [option, value] of [
    ['tenantUrl', 'http://tenant.example'],
    ['tenantUrl', 7],
    ['redirectUri', '/callback'],
    ['redirectUri', 'https://app.example/cb#x'],
    ['clientId', ''],
    ['scope', 'profile'],
    ['scope', ['openid']],
    ['tokenStorage', 'cookie'],
  ]) {
    const error = await startClient(page, { ...stage.options, [option]: value });
    assert.equal(error?.code, 'invalid_config', option);
    assert.equal(error.details.option, option);
    assert.ok(error.message.includes(option) && error.hint.length > 8, error.hint);
  }
  await page.context().close();
});

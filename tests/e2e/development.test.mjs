// What the console tells while an app is developed, and that a production build has none of it.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { refusal } from './support/bare.mjs';
import { openBrowser } from './support/browser.mjs';
import { bundled, served } from './support/bundle.mjs';
import { goToCallback, goToProvider, signIn } from './support/flow.mjs';
import { reactApp } from './support/react-app.mjs';
import { bareWorld, ready } from './support/world.mjs';

const browser = await openBrowser();
after(() => browser.close());

/** A page's warnings of the SDK, and a wait for the next one that has `text` in it. */
function warningsOf(page) {
  const all = [];
  page.on('console', (message) => {
    const [, text] = message.text().match(/^IntelliAuth: (.*)/) ?? [];
    if (message.type() === 'warning' && text) all.push(text);
  });
  const next = (text) =>
    page
      .waitForEvent('console', (message) => message.text().includes(text))
      .then((message) => message.text());
  return { all, next };
}

/** A world whose `tenantUrl` has a slash after the issuer that the platform names, and the two as they are. */
async function withSlash(t, options) {
  const world = await bareWorld(t, browser, { options: false });
  const { issuer } = world.platform;
  const tenantUrl = `${issuer}/`;
  await world.context.addInitScript((given) => Object.assign(window, { given }), {
    ...world.options,
    tenantUrl,
    ...options,
  });
  return { world, issuer, tenantUrl };
}

describe('the console in development', { concurrency: 2, timeout: 600_000 }, () => {
  test('an issuer that differs by its slash is named as soon as metadata is read, with what to write', async (t) => {
    const { world, issuer, tenantUrl } = await withSlash(t, { discovery: true });
    const page = await world.tab();
    const warnings = warningsOf(page);
    const said = warnings.next('names itself');
    const error = await refusal(page, 'loginWithRedirect');
    const text = await said;
    for (const part of [`names itself ${issuer},`, `expects ${tenantUrl}:`, `write issuer: '${issuer}'`])
      assert.ok(text.includes(part), text);
    assert.equal(error.code, 'metadata_invalid');
    assert.ok(error.hint.includes(`write \`issuer: '${issuer}'\``), error.hint);
    await refusal(page, 'loginWithRedirect');
    assert.equal(warnings.all.length, 1, warnings.all.join('\n'));
    // What is told to be written helps.
    await page.evaluate((options) => begin(options), { ...world.options, tenantUrl, issuer });
    await goToProvider(page);
  });

  test('without metadata, a tenantUrl with a slash at its end is told at the start, and the mismatch at the callback', async (t) => {
    const { world, issuer, tenantUrl } = await withSlash(t);
    const page = await world.context.newPage();
    const atStart = warningsOf(page).next('tenantUrl ends with a slash');
    await page.goto(world.origin);
    const text = await atStart;
    for (const part of [`tenantUrl: '${issuer}'`, `issuer: '${tenantUrl}'`])
      assert.ok(text.includes(part), text);
    await goToCallback(page, world);
    const atCallback = warningsOf(page).next('names itself');
    const error = await refusal(page, 'handleCallback');
    assert.ok((await atCallback).includes(`write issuer: '${issuer}'`));
    assert.equal(error.code, 'issuer_mismatch');
    assert.ok(error.hint.includes(`write \`issuer: '${issuer}'\``), error.hint);
  });

  test('a tenantUrl with a slash is no matter where issuer is written, or metadata will tell', async (t) => {
    for (const named of [(issuer) => ({ issuer }), () => ({ discovery: true })]) {
      const world = await bareWorld(t, browser, { options: false });
      const page = await world.tab();
      const { all, next } = warningsOf(page);
      const last = next('sends no access token');
      const { issuer } = world.platform;
      await page.evaluate((options) => begin(options), {
        ...world.options,
        tenantUrl: `${issuer}/`,
        ...named(issuer),
      });
      await page.evaluate(() => auth.fetch('/other'));
      await last;
      assert.equal(all.length, 1, all.join('\n'));
    }
  });

  test('names the origin that fetch sends no token to, once, and the option that would change it', async (t) => {
    const world = await bareWorld(t, browser);
    const page = await world.tab();
    const warnings = warningsOf(page);
    const said = warnings.next('sends no access token');
    await page.evaluate(async () => {
      for (const path of ['/one', '/two']) await auth.fetch(path);
    });
    const { origin } = world;
    assert.match(
      await said,
      new RegExp(`to ${origin}, which is not among allowedOrigins: write .*'${origin}'`),
    );
    const other = warnings.next('https://other.example');
    await page.evaluate(() => auth.fetch('https://other.example/').catch(() => {}));
    await other;
    assert.equal(warnings.all.length, 2, warnings.all.join('\n'));
  });

  test('says nothing of an origin that gets the token, nor of a session that lasts', async (t) => {
    const world = await bareWorld(t, browser, { options: false });
    const { issuer } = world.platform;
    await world.context.addInitScript((given) => Object.assign(window, { given }), {
      ...world.options,
      allowedOrigins: [issuer],
    });
    const page = await world.tab();
    const { all, next } = warningsOf(page);
    await signIn(page, world);
    await page.evaluate((issuer) => auth.fetch(`${issuer}/api/me`), issuer);
    const last = next('sends no access token');
    await page.evaluate(() => auth.fetch('/other'));
    await last;
    assert.equal(all.length, 1, all.join('\n'));
  });

  test('says that the session ends with its access token where there is no refresh token', async (t) => {
    const world = await bareWorld(t, browser);
    await world.context.route(`${world.platform.issuer}/oauth2/token`, async (route) => {
      const response = await route.fetch();
      const { refresh_token: _, ...json } = await response.json();
      await route.fulfill({ response, json });
    });
    const page = await world.tab();
    const said = warningsOf(page).next('no refresh token');
    await signIn(page, world);
    assert.match(await said, /write scope: 'openid profile email offline_access'/);
  });

  test('a session that began before `scope` was changed keeps what it was granted, and the console says what is missing', async (t) => {
    const world = await bareWorld(t, browser, { options: false });
    const page = await world.tab();
    const before = { ...world.options, scope: 'openid profile' };
    await page.evaluate((options) => begin(options), before);
    await goToCallback(page, world);
    await page.evaluate((options) => begin(options).then(() => auth.handleCallback()), before);

    // The next deploy.
    await page.goto(world.origin);
    await ready(page);
    const warnings = warningsOf(page);
    const said = warnings.next('was granted');
    const now = { ...world.options, scope: 'openid profile email offline_access' };
    await page.evaluate((options) => begin(options), now);
    const text = await said;
    for (const part of ["'openid profile'", 'without email:', `'${now.scope}'`, 'getState().scope']) {
      assert.ok(text.includes(part), text);
    }
    const state = () => page.evaluate(() => [auth.getState().status, auth.getState().scope]);
    assert.deepEqual(await state(), ['authenticated', 'openid profile']);
    await page.evaluate(() => auth.getAccessToken({ forceRefresh: true }));
    assert.deepEqual(await state(), ['authenticated', 'openid profile']);
    assert.equal(world.refreshes().at(-1).body.scope, undefined);

    // A sign-in is what grants more; then nothing is missing.
    // The provider knows the user: it shows no page.
    const back = page.waitForURL((url) => url.pathname === '/callback');
    await page.evaluate(() => void auth.loginWithRedirect());
    await back;
    await ready(page);
    await page.evaluate((options) => begin(options).then(() => auth.handleCallback()), now);
    assert.match((await state())[1], /\bemail\b/);
    await page.goto(world.origin);
    await ready(page);
    const after = warningsOf(page);
    await page.evaluate((options) => begin(options), now);
    const last = after.next('sends no access token');
    await page.evaluate(() => auth.fetch('/other'));
    await last;
    assert.deepEqual(
      after.all.filter((text) => text.includes('was granted')),
      [],
    );
  });

  test('says where appState.returnTo is not followed', async (t) => {
    const world = await bareWorld(t, browser);
    const page = await world.tab();
    const said = warningsOf(page).next('returnTo');
    await page.evaluate(() =>
      auth.loginWithRedirect({ openUrl() {}, appState: { returnTo: 'https://other.example/page' } }),
    );
    assert.match(await said, /at https:\/\/other\.example and is not followed/);
  });

  for (const [what, options, wanted] of [
    [
      'another origin than the page’s',
      { redirectUri: 'http://127.0.0.1:5173/callback' },
      ['redirectUri is at http://127.0.0.1:5173 and this page at', "write redirectUri: '/callback'"],
    ],
    [
      'a navigate that nothing calls',
      { handleCallbackAutomatically: false, navigate: 'call' },
      ['navigate is never called, because handleCallbackAutomatically is false'],
    ],
    [
      'a navigate beside two callbacks that replace it',
      { onSignedIn: 'call', onSignInError: 'call', navigate: 'call' },
      ['navigate is never called, because onSignedIn and onSignInError'],
    ],
  ]) {
    test(`warns of ${what}`, async (t) => {
      const props = Object.entries(options).map(([name, value]) =>
        value === 'call' ? `${name}={() => {}}` : `${name}={${JSON.stringify(value)}}`,
      );
      const world = await reactApp(
        t,
        browser,
        `mount(<IntelliAuthProvider {...given} ${props.join(' ')}><main /></IntelliAuthProvider>);`,
      );
      const page = await world.context.newPage();
      const said = warningsOf(page).next(wanted[0]);
      await page.goto(world.origin);
      const text = await said;
      for (const part of wanted) assert.ok(text.includes(part), text);
    });
  }

  test('a ready client: warns of what is ignored beside it, and of a callback that nothing calls', async (t) => {
    const world = await reactApp(
      t,
      browser,
      `const client = await createIntelliAuth(given);
      mount(
        <IntelliAuthProvider client={client} scope="openid" clientID="app" onSignedIn={() => {}} handleCallbackAutomatically={false}>
          <main />
        </IntelliAuthProvider>,
      );`,
    );
    const page = await world.context.newPage();
    const warnings = warningsOf(page);
    const idle = warnings.next('onSignedIn');
    await page.goto(world.origin);
    assert.match(await idle, /onSignedIn is never called, because handleCallbackAutomatically is false/);
    assert.deepEqual(
      warnings.all.map((text) => text.split(' ').slice(0, 3).join(' ')),
      ['scope is ignored,', 'clientID is ignored,', 'onSignedIn is never'],
      warnings.all.join('\n'),
    );
    assert.match(warnings.all[0], /because a client is given.* by createIntelliAuth, or leave it out/);
  });

  test('a ready client whose callbacks are called is warned of nothing', async (t) => {
    const world = await reactApp(
      t,
      browser,
      `const client = await createIntelliAuth(given);
      // The advice comes in order: what is told of the first provider is told before that of the second.
      mount(
        <>
          <IntelliAuthProvider client={client} onSignedIn={() => {}} navigate={() => {}}><main /></IntelliAuthProvider>
          <IntelliAuthProvider client={client} tokenStorage="memory"><main /></IntelliAuthProvider>
        </>,
      );`,
    );
    const page = await world.context.newPage();
    const { all, next } = warningsOf(page);
    const last = next('tokenStorage is ignored');
    await page.goto(world.origin);
    await last;
    assert.equal(all.length, 1, all.join('\n'));
  });

  test('a production build on localhost says nothing, and has none of the texts', async (t) => {
    const world = await bareWorld(t, browser);
    const { files } = await bundled(
      `import { createIntelliAuth } from '@intelliauth/spa-sdk';
      window.ready = createIntelliAuth(${JSON.stringify(world.options)}).then((auth) => { window.auth = auth; });`,
    );
    const texts = /redirect URI to register|among allowedOrigins|is never called|is ignored|names itself/;
    assert.deepEqual(
      [...files].filter(([, text]) => texts.test(text)).map(([path]) => path),
      [],
    );
    const { page, origin } = await served(t, browser, files);
    const said = [];
    page.on('console', (message) => said.push(message.text()));
    await page.goto(origin);
    await page.waitForFunction(() => window.ready?.then(() => true));
    await page.evaluate(() => auth.fetch('/other'));
    assert.deepEqual(said, []);
  });
});

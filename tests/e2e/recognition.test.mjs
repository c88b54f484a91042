// What is a callback and what is not, and what a page does that never gets an answer.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { ask, refusal } from './support/bare.mjs';
import { openBrowser, seen } from './support/browser.mjs';
import { callbackUrl, choose, goToCallback, stored, transactions } from './support/flow.mjs';
import { bareWorld, reactWorld, ready } from './support/world.mjs';

const browser = await openBrowser();
after(() => browser.close());

const authorized = ({ platform }) => platform.log.filter(({ path }) => path === '/oauth2/authorize');
const alert = (page, code) => page.getByRole('alert').getByText(code, { exact: true });
const status = (page, name) => page.locator(`main[data-status=${name}]`).waitFor();
const address = (page) => page.url().slice(new URL(page.url()).origin.length);

/** README's page: signs in by itself when it is opened. */
const README = `
  import { createIntelliAuth } from '/sdk/index.js';
  window.auth = await createIntelliAuth(given);
  try {
    if (auth.isCallback()) await auth.handleCallback();
    if (!auth.isAuthenticated()) await auth.loginWithRedirect();
  } catch (error) {
    window.failure = error;
  }
`;

/** Ways to write a redirect URI that the browser's address bar shows in another way. */
const WRITTEN = {
  'location.origin': (origin) => origin,
  'an upper-case scheme and host': (origin) =>
    `${origin.replace('http://localhost', 'HTTP://LOCALHOST')}/callback`,
  'a path with dots': (origin) => `${origin}/a/../callback`,
  'a path with an umlaut': (origin) => `${origin}/cällback`,
};

describe('recognising a callback', { concurrency: 4, timeout: 600_000 }, () => {
  for (const [what, write] of Object.entries(WRITTEN)) {
    const options = (world) => ({ redirectUri: write(world.origin) });
    const registered = ({ redirectUri }) => [write(new URL(redirectUri).origin)];

    test(`README's page with ${what} as redirectUri signs in with one authorize request`, async (t) => {
      const world = await bareWorld(t, browser, { registered, options: false });
      const { issuer: tenantUrl, clientId } = world.platform;
      const given = { tenantUrl, clientId, ...options(world) };
      world.files.set('/bare.js', `window.given = ${JSON.stringify(given)};${README}`);
      const page = await world.context.newPage();
      await page.goto(world.origin);
      await choose(page, world);
      await page.waitForFunction(() => window.auth?.isAuthenticated() || window.failure);
      assert.equal(await page.evaluate(() => window.failure?.code), undefined);
      assert.equal(authorized(world).length, 1);
      assert.equal(world.exchanges()[0].body.redirect_uri, given.redirectUri, 'sent as written');
      assert.equal(new URL(page.url()).search, '');
    });

    test(`React with ${what} as redirectUri shows the user, and the code leaves the address`, async (t) => {
      const world = await reactWorld(t, browser, { registered });
      await world.context.addInitScript((redirectUri) => {
        window.given.redirectUri = redirectUri;
      }, write(world.origin));
      const page = await world.tab('/start?tab=2');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await choose(page, world);
      await page.getByText('Ada Lovelace').waitFor();
      assert.equal(address(page), '/start?tab=2');
    });
  }

  test('a default port in redirectUri is that of an address without one', async (t) => {
    const world = await bareWorld(t, browser, {
      options: { redirectUri: 'https://app.example:443/callback' },
    });
    const page = await world.tab();
    const answer = '?code=a&state=b';
    assert.equal(await ask(page, 'isCallback', `https://app.example/callback${answer}`), true);
    for (const other of [
      'https://app.example:444/callback',
      'http://app.example/callback',
      'https://app.example/',
    ]) {
      assert.equal(await ask(page, 'isCallback', other + answer), false, other);
    }
  });

  /** Begins a sign-in in the page's tab without leaving it, and answers with its state. */
  async function pending(page) {
    await page.evaluate(
      () =>
        new Promise((resolve) => {
          clients[0].loginWithRedirect({ openUrl: resolve });
        }),
    );
    const [{ fields }] = await transactions(page);
    return fields.state;
  }

  for (const [what, tail, code, when] of [
    ['a code that came to the wrong tab', () => '?code=a&state=foreign', 'state_unknown'],
    ['a refusal that came to the wrong tab', () => '?error=access_denied&state=foreign', 'state_unknown'],
    ['the same in the fragment', () => '#code=a&state=foreign', 'callback_invalid'],
    ['a code twice', () => '?code=a&code=b&state=foreign', 'callback_invalid'],
    ['a code without its state', () => '?code=a', 'state_unknown', 'while pending'],
    ['a state without its code', (state) => `?state=${state}`, 'callback_invalid', 'while pending'],
    ['an error without a state', () => '?error=server_error', 'state_unknown', 'while pending'],
    ['a repeated state', (state) => `?code=a&state=${state}&state=b`, 'callback_invalid', 'while pending'],
    ['a response in the fragment', (state) => `#code=a&state=${state}`, 'callback_invalid', 'while pending'],
  ]) {
    test(`React shows ${what} as ${code} and cleans the address`, async (t) => {
      const world = await reactWorld(t, browser);
      const page = await world.tab();
      await status(page, 'unauthenticated');
      const state = await pending(page);
      if (!when) await page.evaluate(() => sessionStorage.clear());
      await page.goto(`${world.redirectUri}${tail(state)}`);
      await alert(page, code).waitFor();
      assert.equal(address(page), '/', 'away from the callback, without its parameters');
      assert.deepEqual(world.exchanges(), []);
      assert.deepEqual(
        await page.evaluate(() => heard),
        ['/'],
        'the app’s router is asked, and told nothing else',
      );
    });
  }

  test("a parameter of the app's own is left alone: no callback, no error, no change of the address", async (t) => {
    const world = await reactWorld(t, browser, {
      registered: ({ redirectUri }) => [new URL('/', redirectUri).href],
    });
    await world.context.addInitScript(() => {
      window.given.redirectUri = location.origin;
    });
    const page = await world.tab();
    for (const own of ['/?code=SUMMER', '/?state=CA', '/?error=404', '/#code=SUMMER']) {
      await page.goto('about:blank');
      await page.goto(world.origin + own);
      await status(page, 'unauthenticated');
      assert.equal(address(page), own);
      assert.equal(await page.getByRole('alert').count(), 0, own);
    }
  });

  test('handleCallbackAutomatically: false leaves the response to the app', async (t) => {
    const world = await reactWorld(t, browser, { options: { handleCallbackAutomatically: false } });
    const page = await world.tab('/callback?code=a&state=b');
    await status(page, 'unauthenticated');
    assert.equal(address(page), '/callback?code=a&state=b');
    const code = await page.evaluate(() => clients[0].handleCallback().catch((error) => error.code));
    assert.equal(code, 'state_unknown');
    assert.equal(address(page), '/callback');
  });

  for (const [what, refused] of Object.entries({
    'in the fragment': (params) => `#${params}`,
    'with another state beside it': (params) => `?${params}&state=other`,
    'with a state in the fragment': (params) => `?${params}#state=${params.get('state')}`,
    "in a hash router's route": (params) => `#/callback?${params}`,
  })) {
    test(`a code that was refused ${what} does not succeed afterwards in another form`, async (t) => {
      const world = await bareWorld(t, browser);
      const page = await world.tab();
      const url = new URL(await callbackUrl(page, world));
      const again = url.origin + url.pathname + refused(url.searchParams);
      assert.equal((await refusal(page, 'handleCallback', again)).code, 'callback_invalid');
      assert.deepEqual(await transactions(page), [], 'the sign-in is spent');
      await page.goto(url.href);
      await ready(page);
      assert.equal((await refusal(page, 'handleCallback')).code, 'callback_replayed');
      assert.deepEqual(world.exchanges(), []);
    });
  }

  test('an unknown state is refused before any request, with discovery too', async (t) => {
    const world = await bareWorld(t, browser, { options: { discovery: true } });
    const page = await world.tab('/callback?code=a&state=foreign');
    assert.equal((await refusal(page, 'handleCallback')).code, 'state_unknown');
    assert.deepEqual(
      world.platform.log.filter(({ path }) => path !== '/favicon.ico').map(({ path }) => path),
      [],
    );
  });

  test('handleCallback takes a relative string and a URL, and cleans the address if it is this page’s', async (t) => {
    const world = await bareWorld(t, browser);
    const page = await world.tab();
    for (const form of ['relative', 'URL']) {
      const { pathname, search } = new URL(await callbackUrl(page, world));
      const name = await page.evaluate(
        async ([form, there]) => {
          history.replaceState(null, '', there);
          const url = form === 'URL' ? new URL(location.href) : there;
          const { user } = await auth.handleCallback(url);
          return user.name;
        },
        [form, pathname + search],
      );
      assert.equal(name, 'Ada Lovelace', form);
      assert.equal(address(page), '/callback', form);
    }
    const [elsewhere] = [await callbackUrl(page, world)];
    await page.evaluate(() => history.replaceState(null, '', '/?code=SUMMER'));
    await ask(page, 'handleCallback', elsewhere);
    assert.equal(address(page), '/?code=SUMMER', 'another address than this page’s is not cleaned');
  });

  test('handleCallback with anything else is invalid_config and changes nothing', async (t) => {
    const world = await bareWorld(t, browser);
    const page = await world.tab();
    for (const odd of ['http://[', 42, {}, true]) {
      const error = await refusal(page, 'handleCallback', odd);
      assert.deepEqual([error.code, error.details.option], ['invalid_config', 'url'], String(odd));
    }
  });
});

describe('two clients on a page', { timeout: 600_000 }, () => {
  const second = {
    client_id: 'second-app',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  };

  test('each answers its own callback, and a call to the wrong one spoils nothing', async (t) => {
    const world = await bareWorld(t, browser, {
      registered: ({ redirectUri }) => {
        second.redirect_uris = [redirectUri];
        return [redirectUri];
      },
      provider: { extraClients: [second] },
    });
    const page = await world.tab();
    await goToCallback(page, world);
    const answers = await page.evaluate(async () => {
      const { createIntelliAuth } = await import('/sdk/index.js');
      const other = await createIntelliAuth({ ...given, clientId: 'second-app' });
      const before = location.href;
      const recognised = [auth.isCallback(), other.isCallback()];
      const wrong = await other.handleCallback().catch((error) => error.code);
      const untouched = location.href === before;
      const { user } = await auth.handleCallback();
      return { recognised, wrong, untouched, name: user.name, left: location.pathname + location.search };
    });
    assert.deepEqual(answers, {
      recognised: [true, false],
      wrong: 'state_unknown',
      untouched: true,
      name: 'Ada Lovelace',
      left: '/callback',
    });
  });

  test('two of one client id share one session: one code is sent, one refresh, and both end with it', async (t) => {
    const world = await bareWorld(t, browser);
    const page = await world.tab();
    await goToCallback(page, world);
    const answers = await page.evaluate(async () => {
      const { createIntelliAuth } = await import('/sdk/index.js');
      window.other = await createIntelliAuth(given);
      const outcome = (promise) =>
        promise.then(
          ({ user }) => user.name,
          ({ code }) => code,
        );
      return Promise.all([auth, other].map((client) => outcome(client.handleCallback())));
    });
    assert.deepEqual(answers.sort(), ['Ada Lovelace', 'callback_replayed']);
    const tokens = (options) =>
      page.evaluate(
        (options) => Promise.all([auth, other].map((client) => client.getAccessToken(options))),
        options,
      );
    const { access_token: first } = world.exchanges()[0].response;
    assert.deepEqual(await tokens(), [first, first]);
    const [one, same] = await tokens({ forceRefresh: true });
    assert.equal(one, same);
    assert.notEqual(one, first);
    assert.deepEqual([world.exchanges().length, world.refreshes().length], [1, 1]);
    await ask(page, 'logout', { localOnly: true });
    await seen(page, () => [auth, other].every((client) => client.getState().reason === 'logout'));
  });

  test('in React both end signed in', async (t) => {
    const world = await reactWorld(t, browser, {
      registered: ({ redirectUri }) => {
        second.redirect_uris = [redirectUri];
        return [redirectUri];
      },
      provider: { extraClients: [second] },
    });
    await world.context.addInitScript(() => {
      window.given = [window.given, { ...window.given, clientId: 'second-app' }];
    });
    const page = await world.tab();
    const client = (at) => page.locator(`main[data-client="${at}"]`);
    for (const [at, account] of ['Ada Lovelace', 'Grace Hopper'].entries()) {
      await client(at).getByRole('button', { name: 'Sign in' }).click();
      // The provider knows the first user by now.
      await page.waitForURL((url) => url.origin !== world.origin || url.pathname === '/');
      if (at === 0) await choose(page, world, account);
      await client(at).getByText('Ada Lovelace').waitFor();
    }
    assert.deepEqual(await page.getByRole('alert').allInnerTexts(), []);
    assert.equal(world.exchanges().length, 2);
  });
});

describe('nothing loops', { concurrency: 4, timeout: 600_000 }, () => {
  /** A page that signs in by itself whenever it is opened, and never answers its callback unless told to. */
  const LOOP = `
    import { createIntelliAuth } from '/sdk/index.js';
    window.auth = await createIntelliAuth(given);
    if (given.answers && auth.isCallback()) await auth.handleCallback().catch(() => {});
    if (!auth.isAuthenticated()) {
      auth.loginWithRedirect(given.login).catch((error) => {
        window.failure = error;
        console.log('refused');
      });
    }
  `;
  /** Opens it. What Playwright evaluates counts as the user's activation, so nothing is asked before the page has said. */
  const looping = async (t, { answers = false, ...login } = {}) => {
    const world = await bareWorld(t, browser, { options: false });
    const { issuer: tenantUrl, clientId } = world.platform;
    const given = { tenantUrl, clientId, redirectUri: world.redirectUri };
    const script = LOOP.replaceAll('given.answers', answers).replaceAll('given.login', JSON.stringify(login));
    world.files.set('/bare.js', `window.given = ${JSON.stringify(given)};${script}`);
    const page = await world.context.newPage();
    const refused = page.waitForEvent('console', (message) => message.text() === 'refused');
    await page.goto(world.origin);
    const failure = async () => {
      await refused;
      return page.evaluate(() => ({ code: failure.code, details: failure.details }));
    };
    return { world, page, failure };
  };

  test('a page that signs in by itself and never answers its callback stops at the fourth', async (t) => {
    const { world, page, failure } = await looping(t);
    await page.waitForURL((url) => url.origin !== world.origin);
    await page.getByRole('button', { name: 'Use Ada Lovelace' }).click();
    const { code, details } = await failure();
    assert.equal(code, 'sign_in_loop');
    assert.equal(details.results, 'nothing, nothing, nothing');
    assert.equal(authorized(world).length, 3);
  });

  test('one whose callback is refused each time stops, and the error says what came back', async (t) => {
    const { world, failure } = await looping(t, { answers: true, prompt: 'none' });
    const { code, details } = await failure();
    assert.equal(code, 'sign_in_loop');
    assert.equal(details.results, 'login_required, login_required, login_required');
    assert.equal(authorized(world).length, 3);
  });

  test('the user’s own click is never refused, and a completed sign-in resets the count', async (t) => {
    const { page, world, failure } = await looping(t, { answers: true, prompt: 'none' });
    await failure();
    await page.evaluate(() => {
      const button = document.body.appendChild(document.createElement('button'));
      button.textContent = 'Sign in';
      button.onclick = () => auth.loginWithRedirect();
    });
    await page.getByRole('button', { name: 'Sign in' }).click();
    await choose(page, world);
    await page.waitForFunction(() => window.auth?.isAuthenticated());
    const kinds = (await stored(page)).map(({ fields }) => fields.kind);
    assert.ok(!kinds.includes('attempts'), kinds.join());
  });
});

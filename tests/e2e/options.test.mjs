// Options: own members only, each of its kind and known by name.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { ask } from './support/bare.mjs';
import { openBrowser } from './support/browser.mjs';
import { signIn, stored } from './support/flow.mjs';
import { bareWorld, reactWorld } from './support/world.mjs';

const browser = await openBrowser();
after(() => browser.close());

const ATTACKER = 'https://attacker.e2e.invalid';

/** What a polluted page's `Object.prototype` holds. Runs in the page. */
function pollute(attacker) {
  window.stolen = [];
  const members = {
    tenantUrl: attacker,
    clientId: 'attacker',
    redirectUri: `${attacker}/callback`,
    issuer: attacker,
    discovery: true,
    endpoints: { authorization: `${attacker}/authorize`, token: `${attacker}/token` },
    authorization: `${attacker}/authorize`,
    token: `${attacker}/token`,
    endSession: `${attacker}/end`,
    revocation: `${attacker}/revoke`,
    jwks: `${attacker}/jwks`,
    allowedOrigins: [attacker],
    tokenStorage: 'local',
    scope: 'openid everything',
    wasm: `${attacker}/own.wasm`,
    prompt: 'none',
    loginHint: 'attacker',
    extraParams: { audience: attacker },
    appState: { returnTo: '/attacker' },
    openUrl: (url) => void window.stolen.push(url),
    onSignedIn: (result) => void window.stolen.push(result),
    handleCallbackAutomatically: false,
    returnTo: '/attacker',
    localOnly: true,
    forceRefresh: true,
    minValidity: 1e9,
    signal: AbortSignal.abort('polluted'),
    steal: true,
    headers: { 'x-polluted': '1' },
    body: 'polluted',
    method: 'PUT',
    mode: 'no-cors',
    credentials: 'include',
    referrer: location.href,
    referrerPolicy: 'unsafe-url',
    integrity: 'sha256-AAAA',
    user: { sub: 'attacker' },
  };
  for (const [name, value] of Object.entries(members)) {
    Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
  }
}

async function pollutes(world) {
  await world.context.addInitScript({
    content: `if (location.origin === ${JSON.stringify(world.origin)}) (${pollute})(${JSON.stringify(ATTACKER)});`,
  });
  const stolen = [];
  await world.context.route(`${ATTACKER}/**`, (route) => {
    stolen.push(route.request().url());
    return route.fulfill({ body: '{}', headers: { 'access-control-allow-origin': '*' } });
  });
  return stolen;
}

describe('options', { concurrency: 4, timeout: 600_000 }, () => {
  test('a polluted Object.prototype moves neither endpoints nor storage nor allowed origins', async (t) => {
    const world = await bareWorld(t, browser);
    const stolen = await pollutes(world);
    const page = await world.tab();
    assert.equal(await page.evaluate(() => auth.getUser()), undefined);
    const { user, returnTo } = await signIn(page, world);
    assert.equal(user.name, 'Ada Lovelace');
    assert.equal(returnTo, '/');
    const authorize = world.platform.log.find(({ path }) => path === '/oauth2/authorize');
    assert.deepEqual(
      ['client_id', 'scope', 'prompt', 'login_hint', 'audience'].map((name) => authorize.query[name]),
      [world.options.clientId, 'openid profile email', undefined, undefined, undefined],
    );
    const token = await ask(page, 'getAccessToken');
    assert.equal(token, world.exchanges()[0].response.access_token);
    assert.equal(world.refreshes().length, 0);
    await ask(page, 'getAccessToken', { forceRefresh: true });

    for (const { headers, method } of [...world.exchanges(), ...world.refreshes()]) {
      assert.equal(method, 'POST');
      assert.equal(headers['content-type'], 'application/x-www-form-urlencoded');
      assert.deepEqual(
        [headers['x-polluted'], headers.cookie, headers.referer],
        [undefined, undefined, undefined],
      );
    }
    // The page's own request is as the page's changed prototype has it, but it carries no token.
    const sent = page.waitForRequest(`${ATTACKER}/api`);
    await page.evaluate((url) => auth.fetch(new URL(url)).catch(() => {}), `${ATTACKER}/api`);
    assert.equal(await (await sent).headerValue('authorization'), null);
    assert.deepEqual(stolen.splice(0), [`${ATTACKER}/api`]);

    assert.deepEqual(
      (await stored(page, 'localStorage')).filter(({ fields }) => fields.kind === 'session'),
      [],
    );
    await ask(page, 'logout');
    assert.equal(new URL(page.url()).pathname, '/callback');
    assert.deepEqual([stolen, await page.evaluate(() => window.stolen)], [[], []]);
  });

  test('nor does it read metadata or keys in another way than asked', async (t) => {
    const world = await bareWorld(t, browser, { options: { discovery: true } });
    const stolen = await pollutes(world);
    const page = await world.tab();
    const { user } = await signIn(page, world);
    assert.equal(user.name, 'Ada Lovelace');
    const documents = world.platform.log.filter(({ path }) => /well-known|jwks/.test(path));
    assert.ok(documents.length >= 2);
    for (const { method, headers } of documents)
      assert.deepEqual([method, headers['x-polluted']], ['GET', undefined]);
    assert.deepEqual(stolen, []);
  });

  test('nor React’s provider', async (t) => {
    const world = await reactWorld(t, browser);
    const stolen = await pollutes(world);
    const page = await world.tab();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Use Ada Lovelace' }).click();
    await page.locator('main').getByText('Ada Lovelace').waitFor();
    assert.deepEqual([stolen, await page.evaluate(() => window.stolen)], [[], []]);
  });

  /** What comes of `work`, a function of the page's: the facts of its error. */
  const refused = (page, work, ...args) =>
    page.evaluate(
      `attempt(() => (${work})(...${JSON.stringify(args)})).then(({ error }) =>
        error && [error.code, error.details.option, error.message])`,
    );

  test('an unknown option is refused, and the one that was probably meant is named', async (t) => {
    const world = await bareWorld(t, browser);
    const page = await world.tab();
    const right = world.options;
    const make = (options) => begin(options);
    for (const [given, option, meant] of [
      [{ tenantURL: 'x' }, 'tenantURL', 'tenantUrl'],
      [{ tenant: 'x' }, 'tenant', 'tenantUrl'],
      [{ client_id: 'x' }, 'client_id', 'clientId'],
      [{ redirect_uri: 'x' }, 'redirect_uri', 'redirectUri'],
      [{ scopes: 'x' }, 'scopes', 'scope'],
      [{ storage: 'x' }, 'storage', 'tokenStorage'],
      [{ clockSkew: 60 }, 'clockSkew', 'clockSkewSeconds'],
      [{ tenancy: 'x' }, 'tenancy', /one of tenantUrl, clientId, redirectUri, .*wasm/],
      // What other SDKs have by another name.
      [{ audience: 'x' }, 'audience', /Write extraParams: \{ audience: '…' \} at the sign-in\./],
      [{ resource: 'x' }, 'resource', /Write extraParams: \{ resource: '…' \}/],
      [{ domain: 'x' }, 'domain', 'tenantUrl'],
      [{ authority: 'x' }, 'authority', 'tenantUrl'],
      [{ issuerUri: 'x' }, 'issuerUri', 'tenantUrl'],
      [{ cacheLocation: 'x' }, 'cacheLocation', 'tokenStorage'],
      [{ __proto__: null, constructor: 'x' }, 'constructor', /one of/],
      [{ endpoints: { tokens: 'https://tenant.example' } }, 'endpoints.tokens', 'token'],
      [{ endpoints: { userinfo: 'x' } }, 'endpoints.userinfo', /one of authorization, token/],
    ]) {
      const [code, named, message] = await refused(page, make, { ...right, ...given });
      assert.deepEqual([code, named], ['invalid_config', option]);
      assert.match(message, /there is no such option/);
      assert.match(message, meant instanceof RegExp ? meant : new RegExp(`Write ${meant}\\.`), option);
    }
    for (const [work, option, meant] of [
      [() => auth.loginWithRedirect({ returnTo: '/' }), 'returnTo', /one of .*appState/],
      [() => auth.loginWithRedirect({ login_hint: 'ada' }), 'login_hint', /Write loginHint/],
      [() => auth.loginWithRedirect({ audience: 'x' }), 'audience', /Write extraParams: \{ audience: '…' \}/],
      [() => auth.logout({ domain: 'x' }), 'domain', /Write one of returnTo, localOnly/],
      [() => auth.getAccessToken({ forceRefesh: true }), 'forceRefesh', /Write forceRefresh/],
      [() => auth.handleCallback(undefined, { sign: 1 }), 'sign', /Write signal/],
      [() => auth.logout({ returnto: '/' }), 'returnto', /Write returnTo/],
    ]) {
      const [code, named, message] = await refused(page, work);
      assert.deepEqual([code, named], ['invalid_config', option]);
      assert.match(message, meant);
    }
  });

  test('a value that cannot work is refused at once, with what to write', async (t) => {
    const world = await bareWorld(t, browser);
    const page = await world.tab();
    const make = (options) => begin(options);
    for (const [given, option, said] of [
      [
        { tenantUrl: 'https://tenant.example?env=dev' },
        'tenantUrl',
        /has a query or a fragment\. Write https:\/\/<your-tenant>\./,
      ],
      [
        { tenantUrl: 'https://tenant.example/#/' },
        'tenantUrl',
        /has a query or a fragment\. Write https:\/\/<your-tenant>\./,
      ],
      [{ tenantUrl: 'https://ada:s3cret@tenant.example' }, 'tenantUrl', /or has a user name or password/],
      [{ tenantUrl: ' https://tenant.example' }, 'tenantUrl', /not an absolute https URL/],
      [{ issuer: 'https://tenant.example?x' }, 'issuer', /has a query or a fragment/],
      [{ clientId: ' demo-app' }, 'clientId', /, or has spaces around it\./],
      [{ clientId: 'demo-app\n' }, 'clientId', /, or has spaces around it\./],
      [{ clientId: '' }, 'clientId', /is empty/],
      [{ scope: 'profile' }, 'scope', /does not contain `openid`.* Write openid profile email\./],
      [
        { scope: ['openid', 'profile'] },
        'scope',
        /wrong type\. Write a string such as 'openid profile email'\./,
      ],
    ]) {
      const [code, named, message] = await refused(page, make, { ...world.options, ...given });
      assert.deepEqual([code, named], ['invalid_config', option], JSON.stringify(given));
      assert.match(message, said);
      assert.doesNotMatch(message, /s3cret/);
    }
    const work = () => auth.loginWithRedirect({ scope: ['openid'] });
    assert.match((await refused(page, work))[2], /'openid profile email'/);
    // An empty parameter counts as not sent, RFC 6749 §3.1.
    const url = await page.evaluate(async () => {
      let given;
      const openUrl = (url) => {
        given = url;
      };
      await auth.loginWithRedirect({ extraParams: { audience: '' }, openUrl });
      return given;
    });
    assert.equal(new URL(url).searchParams.get('audience'), null);
  });

  test('undefined counts as absent, of unknown names too', async (t) => {
    const world = await bareWorld(t, browser, {
      options: { scope: undefined, endpoints: { token: undefined, other: undefined }, other: undefined },
    });
    const page = await world.tab();
    const nothing = {
      appState: undefined,
      prompt: undefined,
      extraParams: { a: undefined },
      signal: undefined,
      b: undefined,
    };
    const url = await page.evaluate(
      async (names) => {
        const nothing = Object.fromEntries(names.map((name) => [name, undefined]));
        let given;
        await auth.loginWithRedirect({
          ...nothing,
          extraParams: { a: undefined },
          openUrl: (url) => {
            given = url;
          },
        });
        return given;
      },
      Object.keys(nothing).filter((name) => name !== 'extraParams'),
    );
    assert.equal(new URL(url).searchParams.get('a'), null);
    assert.equal(new URL(url).searchParams.get('scope'), 'openid profile email');
  });

  test('a method as an event handler takes the event for no options', async (t) => {
    const world = await bareWorld(t, browser);
    const page = await world.tab();
    const answers = await page.evaluate(async () => {
      const event = new MouseEvent('click');
      const synthetic = { nativeEvent: event, currentTarget: document.body, isDefaultPrevented: () => false };
      const answers = [];
      for (const given of [event, synthetic]) {
        for (const method of ['getAccessToken', 'handleCallback', 'logout']) {
          answers.push(
            await auth[method](given).then(
              () => 'done',
              ({ code }) => code,
            ),
          );
        }
      }
      const button = document.body.appendChild(document.createElement('button'));
      button.textContent = 'Sign in';
      button.onclick = auth.loginWithRedirect.bind(auth);
      return answers;
    });
    assert.deepEqual(new Set(answers), new Set(['login_required', 'callback_invalid', 'done']));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Use Ada Lovelace' }).waitFor();
  });

  test('a mistake is told to the console once, and React shows it', async (t) => {
    const world = await reactWorld(t, browser, { options: { tokenstorage: 'memory' } });
    const page = await world.context.newPage();
    const said = [];
    page.on('console', (message) => message.type() === 'error' && said.push(message.text()));
    await page.goto(world.origin);
    await page.locator('main[data-status=error]').getByRole('alert').getByText('invalid_config').waitFor();
    // The caller gets the error again; the console has it already.
    for (let count = 0; count < 2; count++) {
      const code = await page.evaluate(() => clients[0].getAccessToken().catch(({ code }) => code));
      assert.equal(code, 'invalid_config');
    }
    assert.deepEqual(said, [
      'IntelliAuth: The option tokenstorage cannot be used: there is no such option. Write tokenStorage.',
    ]);
  });

  test('React shows a mistake of any call’s, and names the provider’s own properties', async (t) => {
    const world = await reactWorld(t, browser);
    const page = await world.tab();
    await page.locator('main[data-status=unauthenticated]').waitFor();
    await page.evaluate(() => clients[0].getAccessToken({ minvalidity: 3 }).catch(() => {}));
    await page.getByRole('alert').getByText('invalid_config').waitFor();
    await page.addInitScript(() => {
      window.given = { ...window.given, onSignedin: () => {} };
    });
    const said = page.waitForEvent('console', (message) => message.type() === 'error');
    await page.reload();
    assert.match((await said).text(), /Write onSignedIn\./);
    await page.locator('main[data-status=error]').waitFor();
  });
});

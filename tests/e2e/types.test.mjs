// Whatever a method is given, it answers with the option's name: never `internal`, never a TypeError.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { openBrowser } from './support/browser.mjs';
import { bareWorld, reactWorld } from './support/world.mjs';

const browser = await openBrowser();
after(() => browser.close());

/**
 * Gives every option of every method every value that is not of its type. Answers with what was accepted, or refused in
 * another way than it should be. Runs in the page.
 */
async function giveEverything(right) {
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const throwing = new Proxy(
    {},
    { get: () => thrown(), ownKeys: () => thrown(), getPrototypeOf: () => thrown() },
  );
  function thrown() {
    throw new TypeError('a proxy of the page’s');
  }
  class Class {}
  const values = {
    null: null,
    true: true,
    number: 7,
    NaN: Number.NaN,
    negative: -1,
    text: 'text',
    bigint: 7n,
    symbol: Symbol('s'),
    function: () => {},
    class: Class,
    array: [],
    'array of numbers': [7],
    'array of null': [null],
    'array of symbols': [Symbol('s')],
    'sparse array': new Array(2),
    object: {},
    'object of numbers': { a: 7 },
    date: new Date(),
    map: new Map(),
    regexp: /x/,
    error: new Error('x'),
    promise: Promise.resolve(),
    typed: new Uint8Array(1),
    boxed: new String('text'),
    'revoked proxy': revoked.proxy,
    'throwing proxy': throwing,
    'throwing getter': Object.defineProperty({}, 'a', { enumerable: true, get: thrown }),
  };
  // What each may be; everything else is refused.
  const text = ['text'];
  const flag = ['true'];
  const number = ['number', 'NaN', 'negative'];
  const seconds = ['number'];
  const object = ['object', 'object of numbers', 'throwing getter'];
  const signal = [];
  const make = (options) => createIntelliAuth({ ...right, ...options });
  const methods = {
    createIntelliAuth: [
      make,
      {
        tenantUrl: text,
        clientId: text,
        redirectUri: text,
        scope: text,
        tokenStorage: text,
        discovery: flag,
        issuer: text,
        endpoints: ['object'],
        'endpoints.authorization': text,
        'endpoints.token': text,
        'endpoints.endSession': text,
        'endpoints.revocation': text,
        'endpoints.jwks': text,
        clockSkewSeconds: number,
        requestTimeoutSeconds: number,
        allowedOrigins: ['array'],
        wasm: ['text', 'typed'],
      },
    ],
    loginWithRedirect: [
      (options) => auth.loginWithRedirect({ openUrl() {}, ...options }),
      {
        appState: object,
        scope: text,
        prompt: text,
        loginHint: text,
        uiLocales: text,
        acrValues: text,
        maxAge: seconds,
        extraParams: ['object'],
        'extraParams.audience': text,
        openUrl: ['function', 'class'],
        signal,
      },
    ],
    getAccessToken: [
      (options) => auth.getAccessToken(options),
      { forceRefresh: flag, minValidity: seconds, signal },
    ],
    handleCallback: [(options) => auth.handleCallback(undefined, options), { signal }],
    logout: [
      (options) => auth.logout({ openUrl() {}, ...options }),
      {
        returnTo: text,
        localOnly: flag,
        extraParams: ['object'],
        'extraParams.logout_hint': text,
        openUrl: ['function', 'class'],
        signal,
      },
    ],
  };
  const whole = {
    createIntelliAuth: (value) => createIntelliAuth(value),
    loginWithRedirect: (value) => auth.loginWithRedirect(value),
    getAccessToken: (value) => auth.getAccessToken(value),
    'handleCallback, options': (value) => auth.handleCallback(undefined, value),
    logout: (value) => auth.logout(value),
    'handleCallback, url': (value) => auth.handleCallback(value),
    'isCallback, url': async (value) => auth.isCallback(value),
    'subscribe, listener': async (value) => auth.subscribe(value),
  };
  const accepted = {
    'subscribe, listener': ['function', 'class'],
    'handleCallback, url': ['text'],
    'isCallback, url': ['text'],
  };
  const wrong = [];
  let count = 0;
  const tried = async (what, work, may, named) => {
    // These would leave the page, as they should.
    if (may && /^(logout|loginWithRedirect)(:| returnTo)/.test(what)) return;
    // What the app's own function throws is the app's.
    if (/^(loginWithRedirect|logout) openUrl: class$/.test(what)) return;
    count++;
    let error;
    try {
      await work();
    } catch (thrown) {
      error = thrown;
    }
    const told = error && `${error.name} ${error.code} ${error.details?.option}: ${error.message}`;
    if (error && (error.name !== 'IntelliAuthError' || error.code === 'internal'))
      wrong.push(`${what}: ${told}`);
    else if (!may && error?.code !== 'invalid_config') wrong.push(`${what}: ${told ?? 'accepted'}`);
    else if (!may && !named(error.details.option)) wrong.push(`${what} names ${error.details.option}`);
  };
  for (const [method, [call, options]] of Object.entries(methods)) {
    for (const [option, may] of Object.entries(options)) {
      for (const [kind, value] of Object.entries(values)) {
        const [name, inner] = option.split('.');
        const given = { [name]: inner ? { [inner]: value } : value };
        const named = (told) => told === option || told?.startsWith(`${option}.`);
        await tried(`${method} ${option}: ${kind}`, () => call(given), may.includes(kind), named);
      }
    }
  }
  for (const [method, call] of Object.entries(whole)) {
    for (const [kind, value] of Object.entries(values)) {
      const may = (accepted[method] ?? ['object', 'revoked proxy', 'throwing proxy'].slice(0, 1)).includes(
        kind,
      );
      await tried(
        `${method}: ${kind}`,
        () => call(value),
        may,
        (told) => typeof told === 'string' && told !== '',
      );
    }
  }
  return { count, wrong };
}

describe('wrong types', { concurrency: 2, timeout: 600_000 }, () => {
  test('give invalid_config with the option’s name, whatever is given to which method', async (t) => {
    const world = await bareWorld(t, browser);
    world.files.set(
      '/bare.js',
      `${world.files.get('/bare.js')}; window.createIntelliAuth = createIntelliAuth;`,
    );
    const page = await world.tab();
    const thrown = [];
    page.on('pageerror', (error) => thrown.push(String(error)));
    const { count, wrong } = await page.evaluate(giveEverything, world.options);
    assert.deepEqual(wrong, []);
    assert.ok(count > 900, `${count} calls`);
    assert.deepEqual(thrown, []);
    assert.equal(
      await page.evaluate(() => auth.getState().status),
      'unauthenticated',
      'and nothing came of it',
    );
  });

  test('so do those of React’s provider and its methods', async (t) => {
    const world = await reactWorld(t, browser);
    const page = await world.context.newPage();
    await page.addInitScript(() => {
      const wrong = {
        onSignedIn: 'text',
        onSignInError: {},
        handleCallbackAutomatically: 'no',
        allowedOrigins: 'https://api.example',
        scope: ['openid'],
        discovery: 'false',
        endpoints: new Date(),
        tokenStorage: Symbol('s'),
        clientId: 7n,
      };
      const name = location.search.slice(1);
      if (name) window.given = { ...window.given, [name]: wrong[name] };
      window.wrong = Object.keys(wrong);
    });
    await page.goto(world.origin);
    for (const name of await page.evaluate(() => window.wrong)) {
      const said = page.waitForEvent('console', (message) => message.type() === 'error');
      await page.goto(`${world.origin}/?${name}`);
      await page.locator('main[data-status=error]').getByRole('alert').getByText('invalid_config').waitFor();
      assert.match((await said).text(), new RegExp(`The option ${name} cannot`));
    }
    await page.goto(world.origin);
    await page.locator('main[data-status=unauthenticated]').waitFor();
    const codes = await page.evaluate(async () => {
      const codes = [];
      for (const call of [
        () => clients[0].loginWithRedirect(5),
        () => clients[0].handleCallback(Symbol('s')),
        () => clients[0].logout({ returnTo: 5 }),
        () => clients[0].getAccessToken({ signal: 'x' }),
        async () => clients[0].subscribe('x'),
      ])
        codes.push(await call().catch(({ code }) => code));
      return codes;
    });
    assert.deepEqual(new Set(codes), new Set(['invalid_config']));
  });
});

// Making the client: wrong options, pages that forbid WebAssembly, a wasm that traps.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { root } from '../../scripts/lib/run.mjs';
import { ask, refusal } from './support/bare.mjs';
import { openBrowser } from './support/browser.mjs';
import { holdTokenRequests, signIn } from './support/flow.mjs';
import { snippets } from './support/snippets.mjs';
import { trapping } from './support/trapping.mjs';
import { bareWorld, ready } from './support/world.mjs';

const browser = await openBrowser();
after(() => browser.close());

/** Makes a client on a page that has none. */
const make = (page, options) => page.evaluate((options) => attempt(() => begin(options)), options);

describe('set-up', { concurrency: 4, timeout: 600_000 }, () => {
  test('wrong options are answered with invalid_config and what to write instead', async (t) => {
    const world = await bareWorld(t, browser, { options: false });
    const page = await world.tab();
    const right = {
      tenantUrl: 'https://tenant.example',
      clientId: 'app',
      redirectUri: 'https://app.example/callback',
    };
    const cases = [
      ['tenantUrl', undefined, /https:\/\/<your-tenant>/],
      ['tenantUrl', 'tenant.example', /https:\/\/<your-tenant>/],
      ['tenantUrl', 'http://tenant.example', /https:\/\/<your-tenant>/],
      ['tenantUrl', 'http://localhost.example', /https:\/\/<your-tenant>/],
      ['tenantUrl', 'https://tenant.example/?a=b', /https:\/\/<your-tenant>/],
      ['tenantUrl', 5, /string/],
      ['clientId', '', /application's settings/],
      ['clientId', '  ', /application's settings/],
      ['redirectUri', 'callback', /absolute URL such as https:\/\/app.example\/callback/],
      ['redirectUri', 'app.example/callback', /absolute/],
      ['redirectUri', 'https://app.example/callback#top', /without `#`/],
      ['redirectUri', 'myapp://callback', /absolute/],
      ['scope', 'profile email', /openid profile email/],
      ['scope', 'openidx', /openid/],
      ['scope', ['openid'], /string/],
      ['tokenStorage', 'cookie', /'session', 'memory' or 'local'/],
      ['clockSkewSeconds', 0, /10 to 600/],
      ['clockSkewSeconds', Number.NaN, /10 to 600/],
      ['requestTimeoutSeconds', 0, /1 to 120/],
      ['issuer', 'tenant', /issuer/],
      ['allowedOrigins', ['https://api.example.com/v1'], /https:\/\/api.example.com/],
      ['allowedOrigins', ['http://api.example.com'], /https:\/\/api.example.com/],
      ['additionalAudiences', ['api', ''], /array of strings/],
      ['additionalAudiences', [7], /array of strings/],
      ['endpoints', { token: 'http://tenant.example/token' }, /https/, 'endpoints.token'],
    ];
    for (const [option, value, hint, named = option] of cases) {
      const { error } = await make(page, { ...right, [option]: value });
      const what = `${option}: ${JSON.stringify(value)}`;
      assert.ok(error, `${what} was accepted`);
      assert.deepEqual(
        [error.name, error.code, error.known],
        ['IntelliAuthError', 'invalid_config', true],
        what,
      );
      assert.equal(error.details.option, named, what);
      assert.match(`${error.message} ${error.hint}`, hint, what);
      assert.equal(error.transient, false);
    }
    assert.deepEqual(world.platform.log, []);
  });

  test('right options make a client, without any request', async (t) => {
    const world = await bareWorld(t, browser, { options: false });
    const page = await world.tab();
    const warnings = [];
    page.on('console', (message) => message.type() !== 'info' && warnings.push(message.text()));
    for (const tenantUrl of [
      'https://tenant.example',
      'https://tenant.example/',
      'http://localhost:4000',
      'http://127.0.0.1:1',
      'http://[::1]:1',
    ]) {
      const answer = await make(page, {
        tenantUrl,
        clientId: 'app',
        redirectUri: world.redirectUri,
        discovery: true,
      });
      assert.equal(answer.error, undefined, tenantUrl);
    }
    assert.deepEqual(await ask(page, 'getState'), { status: 'unauthenticated', reason: 'never' });
    assert.deepEqual(warnings, []);
  });

  test('a policy without wasm-unsafe-eval gives wasm_blocked_by_csp, with the header to set', async (t) => {
    const world = await bareWorld(t, browser, { options: false });
    world.headers['content-security-policy'] = "script-src 'self'";
    const page = await world.tab();
    const options = {
      tenantUrl: 'https://tenant.example',
      clientId: 'a',
      redirectUri: 'https://app.example/',
    };
    const { error } = await make(page, options);
    assert.equal(error.code, 'wasm_blocked_by_csp');
    assert.match(error.hint, /Content-Security-Policy: script-src 'self' 'wasm-unsafe-eval'/);
  });

  test('the policy of docs/csp.md lets a user sign in, and nothing is reported', async (t) => {
    const world = await bareWorld(t, browser);
    const { code } = snippets('docs/csp.md').find(({ language }) => language === 'http');
    const [, policy] = code.match(/^Content-Security-Policy: (.*)$/m);
    world.headers['content-security-policy'] = policy.replace(
      'https://your-tenant.example',
      world.platform.issuer,
    );
    const page = await world.tab();
    const said = [];
    page.on('console', (message) => message.type() === 'error' && said.push(message.text()));
    const { user } = await signIn(page, world);
    assert.equal(user.name, 'Ada Lovelace');
    assert.deepEqual(said, []);
  });

  test('a wasm that cannot be had gives wasm_unavailable, and the next call tries again', async (t) => {
    const world = await bareWorld(t, browser, { options: false });
    const page = await world.tab();
    const options = {
      tenantUrl: 'https://tenant.example',
      clientId: 'a',
      redirectUri: 'https://app.example/',
    };
    const { error } = await make(page, { ...options, wasm: '/sdk/missing.wasm' });
    assert.deepEqual([error.code, error.transient], ['wasm_unavailable', false]);
    const { error: none } = await make(page, { ...options, wasm: '/sdk/intelliauth.wasm' });
    assert.equal(none, undefined, 'the raw file, streamed');
  });

  test('a wasm that is served as another type is used all the same', async (t) => {
    const world = await bareWorld(t, browser, { options: false });
    const page = await world.tab();
    world.files.set('/own.html', world.files.get('/sdk/intelliauth.wasm'));
    const { error } = await make(page, { ...world.options, wasm: '/own.html' });
    assert.equal(error, undefined);
    assert.equal(await page.evaluate(() => auth.getState().status), 'unauthenticated');
  });

  test('so does the inlined one, once the network is back', async (t) => {
    const world = await bareWorld(t, browser, { options: false });
    const page = await world.tab();
    world.broken.add('/sdk/bytes.js');
    assert.equal((await make(page, world.options)).error.code, 'wasm_unavailable');
    world.broken.clear();
    await page.reload();
    assert.equal((await make(page, world.options)).error, undefined);
  });

  /** Makes the wasm trap while a call waits for a refresh, and shows that the next call starts afresh. */
  async function traps(world, page, kill) {
    const { arrived } = holdTokenRequests(world);
    const waiting = refusal(page, 'getAccessToken', { forceRefresh: true });
    await arrived;
    for (const error of [await kill(), await waiting]) {
      assert.deepEqual([error.code, error.transient, error.known], ['internal', true, true]);
      assert.match(error.hint, /starts afresh/);
    }
    // Nobody is signed out by it, and the locks were let go: what was stored is taken up, and refreshed in its turn.
    world.platform.control.beforeToken = undefined;
    assert.match(await ask(page, 'getAccessToken'), /./);
    assert.equal(await ask(page, 'isAuthenticated'), true);
    const before = await ask(page, 'getAccessToken');
    assert.notEqual(await ask(page, 'getAccessToken', { forceRefresh: true }), before);
  }

  test('a wasm that traps while it starts is told as `internal`', async (t) => {
    const world = await bareWorld(t, browser, { options: false });
    const bytes = readFileSync(join(root, 'pkg/dist/intelliauth.wasm'));
    world.files.set('/trapping.wasm', trapping(bytes, 'core_happened'));
    const page = await world.tab();
    const options = { ...world.options, wasm: '/trapping.wasm' };
    const { error } = await page.evaluate((options) => attempt(() => begin(options)), options);
    assert.equal(error.code, 'internal', error.message);
    assert.equal(error.known, true);
  });

  test('a wasm that traps rejects waiting calls with "internal", and the next call starts the wasm again', async (t) => {
    const world = await bareWorld(t, browser);
    const page = await world.tab();
    await signIn(page, world);
    // The same page with a wasm in which one function is a trap.
    const bytes = readFileSync(join(root, 'pkg/dist/intelliauth.wasm'));
    world.files.set('/trapping.wasm', trapping(bytes, 'core_mayCarryToken'));
    await world.context.addInitScript(() => Object.assign(window.given, { wasm: '/trapping.wasm' }));
    await page.reload();
    await ready(page);
    await traps(world, page, () => refusal(page, 'fetch', '/'));
  });

  test('so does one that an error of the page’s own went through', async (t) => {
    const world = await bareWorld(t, browser);
    const page = await world.tab();
    await signIn(page, world);
    await traps(world, page, async () => {
      await page.evaluate(() => {
        // In the very task of the call: a timer or an event might be the first to ask for the time.
        auth.getAccessToken = (...args) => {
          delete auth.getAccessToken;
          performance.now = () => {
            delete performance.now;
            throw new DOMException('patched', 'SecurityError');
          };
          return auth.getAccessToken(...args);
        };
      });
      return refusal(page, 'getAccessToken');
    });
  });

  test('a disposed client says so, and nobody is signed out', async (t) => {
    const world = await bareWorld(t, browser);
    const page = await world.tab();
    await signIn(page, world);
    await page.evaluate(() => auth.dispose());
    assert.equal((await refusal(page, 'getAccessToken')).code, 'disposed');
    await page.reload();
    await ready(page);
    assert.equal(await ask(page, 'isAuthenticated'), true);
    assert.equal(world.platform.log.filter(({ path }) => path === '/oauth2/token').length, 1);
  });
});

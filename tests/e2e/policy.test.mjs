/** Where a page may run: strict policies, plain http, and a wasm that died. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  attempt,
  choose,
  freePort,
  launch,
  openClient,
  root,
  signIn,
  startBare,
  tokenRequests,
} from './stage/stage.mjs';
import { startProvider } from '../../provider/index.js';

test('the built demo signs in under a strict policy with Trusted Types, and violates nothing', async (t) => {
  const [demoPort, providerPort] = [await freePort(), await freePort()];
  Object.assign(process.env, { DEMO_PORT: String(demoPort), PROVIDER_PORT: String(providerPort) });
  const origin = `http://localhost:${demoPort}`;
  const { build, preview } = await import('vite');
  const outDir = join(root, `.tools/demo-${process.pid}`);
  const config = { root: join(root, 'www'), logLevel: 'error', build: { outDir, emptyOutDir: true } };
  await build(config);
  const [demo, provider, browser] = await Promise.all([
    preview(config),
    startProvider({
      port: providerPort,
      redirectUris: [`${origin}/callback`],
      idTokenAlg: 'ES256',
      consent: 'skip',
    }),
    launch(),
  ]);
  t.after(() => Promise.all([browser.close(), demo.close(), provider.close()]));
  const page = await browser.newPage();
  const problems = [];
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(error.message));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      console.error(`violation: ${violatedDirective} ${blockedURI}`);
    });
  });
  const response = await page.goto(origin);
  const policy = response.headers()['content-security-policy'];
  for (const part of [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src ${provider.issuer}`,
    "require-trusted-types-for 'script'",
  ]) {
    assert.ok(policy.split('; ').includes(part), part);
  }
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await choose(page);
  await page.getByRole('heading', { name: 'Ada Lovelace', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Call the API' }).click();
  await page.getByText('"sub": "usr_ada"').waitFor();
  assert.deepEqual(problems, []);
});

test("without 'wasm-unsafe-eval' the error is wasm_blocked_by_csp, and its hint is the header to set", async (t) => {
  const [stage, browser] = await Promise.all([startBare({ csp: "script-src 'self'" }), launch()]);
  t.after(() => Promise.all([browser.close(), stage.close()]));
  const error = await openClient(await browser.newPage(), stage);
  assert.equal(error.code, 'wasm_blocked_by_csp');
  assert.match(error.hint, /Content-Security-Policy: script-src 'self' 'wasm-unsafe-eval'/);
});

test('PKCE works on a plain-http origin that is not loopback, with one warning', async (t) => {
  const stage = await startBare({ host: 'app.test' });
  const browser = await launch({ args: ['--host-resolver-rules=MAP app.test 127.0.0.1'] });
  t.after(() => Promise.all([browser.close(), stage.close()]));
  const page = await browser.newPage();
  const warnings = [];
  page.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()));
  await page.goto(stage.origin);
  assert.equal(await page.evaluate(() => isSecureContext), false);
  assert.equal(await page.evaluate(() => typeof crypto.subtle), 'undefined');
  assert.equal(await page.evaluate(() => typeof navigator.locks), 'undefined');
  await openClient(page, stage);
  assert.deepEqual(
    warnings.filter((text) => text.includes('IntelliAuth')),
    ['IntelliAuth: redirectUri is plain http, which is for development only.'],
  );
  const { user } = await signIn(page, stage);
  assert.equal(user.name, 'Ada Lovelace');
  const [{ status }] = tokenRequests(stage.provider, 'authorization_code');
  assert.equal(status, 200);
  const before = await page.evaluate(() => window.auth.getAccessToken());
  assert.notEqual(await page.evaluate(() => window.auth.getAccessToken({ forceRefresh: true })), before);
});

test('a wasm that cannot be loaded is told, and the next call loads it anew', async (t) => {
  const [stage, browser] = await Promise.all([startBare(), launch()]);
  t.after(() => Promise.all([browser.close(), stage.close()]));
  const page = await browser.newPage();
  await page.route('**/sdk/bytes.js', (route) => route.abort(), { times: 1 });
  const failed = await openClient(page, stage);
  assert.equal(failed.code, 'wasm_unavailable');
  await page.reload();
  assert.equal(await openClient(page, stage), undefined);
});

test('when the wasm dies whoever waits is told, nobody is signed out, and the next call starts afresh', async (t) => {
  const [stage, browser] = await Promise.all([startBare(), launch()]);
  t.after(() => Promise.all([browser.close(), stage.close()]));
  const page = await browser.newPage();
  await signIn(page, stage);
  // A request that no answer comes to, so that somebody waits.
  stage.provider.control.beforeToken = () => new Promise(() => {});
  const waiting = attempt(page, () => window.auth.getAccessToken({ forceRefresh: true }));
  await page.waitForFunction(() => window.auth.getState().status === 'authenticated');
  // A page's own error goes right through the wasm and leaves it half done.
  await page.evaluate(() => {
    performance.now = () => {
      delete performance.now;
      throw new Error('patched');
    };
  });
  const hit = await attempt(page, () => window.auth.getAccessToken());
  assert.equal(hit.code, 'internal');
  assert.equal(hit.transient, true);
  assert.equal((await waiting).code, 'internal');
  stage.provider.control.beforeToken = undefined;
  assert.ok(await page.evaluate(() => window.auth.getAccessToken()));
  assert.equal(await page.evaluate(() => window.auth.isAuthenticated()), true);
  // Its locks were let go: a refresh gets its turn.
  assert.ok(await page.evaluate(() => window.auth.getAccessToken({ forceRefresh: true })));
});

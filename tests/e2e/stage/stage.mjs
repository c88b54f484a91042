/** What every end-to-end test stands on: a real provider, a real browser, and the demo or a bare page. */
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { startProvider } from '../../../provider/index.js';
import { findBrowser } from '../../../scripts/setup.mjs';

export const root = join(import.meta.dirname, '../../..');
const dist = join(root, 'pkg/dist');

/** @param {import('playwright-core').LaunchOptions} [options] */
export function launch({ args = [], ...options } = {}) {
  return chromium.launch({
    executablePath: process.env.CHROME || findBrowser()?.chrome,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', ...args],
    ...options,
  });
}

/** A port that nobody uses now. */
export async function freePort() {
  const server = createServer().listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/** The demo by Vite's own dev server, where StrictMode runs every effect twice; and its provider. */
export async function startDemo(options = {}) {
  const [demoPort, providerPort] = [await freePort(), await freePort()];
  Object.assign(process.env, { DEMO_PORT: String(demoPort), PROVIDER_PORT: String(providerPort) });
  const origin = `http://localhost:${demoPort}`;
  const provider = await startProvider({
    port: providerPort,
    redirectUris: [`${origin}/callback`],
    idTokenAlg: 'ES256',
    consent: 'skip',
    ...options,
  });
  const { createServer: vite } = await import('vite');
  const cacheDir = join(root, `.tools/vite/${process.pid}`);
  const demo = await vite({ root: join(root, 'www'), cacheDir, logLevel: 'error' });
  await demo.listen();
  return { origin, provider, close: () => Promise.all([demo.close(), provider.close()]) };
}

/**
 * A page of an app that does not use React: `window.sdk` is the built package, byte for byte.
 * @param {{ origins?: number, provider?: object, host?: string, csp?: string }} [options]
 */
export async function startBare({ provider: providerOptions = {}, host = 'localhost', csp } = {}) {
  const files = new Map(
    readdirSync(dist)
      .filter((name) => /\.(js|wasm)$/.test(name))
      .map((name) => [`/sdk/${name}`, readFileSync(join(dist, name))]),
  );
  const page = '<!doctype html><title>app</title><script type="module" src="/main.js"></script><main>app</main>';
  const main = "import * as sdk from '/sdk/index.js'; window.sdk = sdk;";
  const app = createServer((req, res) => {
    const { pathname } = new URL(req.url ?? '/', 'http://app');
    const file = files.get(pathname) ?? (pathname === '/main.js' ? main : undefined);
    if (csp) res.setHeader('content-security-policy', csp);
    if (pathname === '/favicon.ico') return res.writeHead(204).end();
    const type = pathname.endsWith('.wasm') ? 'application/wasm' : 'text/javascript';
    res.writeHead(200, { 'content-type': file ? type : 'text/html' }).end(file ?? page);
  }).listen(0, '127.0.0.1');
  await once(app, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (app.address());
  const origin = `http://${host}:${port}`;
  const provider = await startProvider({
    port: 0,
    redirectUris: [`${origin}/callback`],
    idTokenAlg: 'ES256',
    consent: 'skip',
    ...providerOptions,
  });
  const options = {
    tenantUrl: provider.issuer,
    clientId: provider.clientId,
    redirectUri: `${origin}/callback`,
    allowedOrigins: [provider.issuer],
  };
  return {
    origin,
    provider,
    options,
    async close() {
      app.closeAllConnections();
      app.close();
      await provider.close();
    },
  };
}

/** The requests that reached the token endpoint with this grant type; only those that were answered with `status`, if given. */
export function tokenRequests(provider, grantType, status) {
  return provider.log.filter(
    ({ method, path, body, status: answered }) =>
      method === 'POST' &&
      path === '/oauth2/token' &&
      body?.grant_type === grantType &&
      (status === undefined || answered === status),
  );
}

/** Signs in on the provider's own page. */
export async function choose(page, name = 'Ada Lovelace') {
  await page.getByRole('button', { name: `Use ${name}` }).click();
}

/** A bare page with a client: `window.auth`, and what it told in `window.events`. */
export async function openClient(page, stage, { path = '/', options = {} } = {}) {
  await page.goto(stage.origin + path);
  return startClient(page, { ...stage.options, ...options });
}

/** Starts the client on the page as it is. */
export async function startClient(page, options) {
  await page.waitForFunction('window.sdk');
  return page.evaluate(async (given) => {
    window.events = [];
    try {
      window.auth = await window.sdk.createIntelliAuth(given);
    } catch ({ code, hint, details, message }) {
      return { code, hint, details, message };
    }
    window.auth.subscribe((state, event) => event && window.events.push({ ...event, status: state.status }));
    return undefined;
  }, options);
}

/** Signs in on a bare page, by redirect. */
export async function signIn(page, stage, { options = {}, login = {}, name } = {}) {
  await openClient(page, stage, { options });
  await page.evaluate((given) => void window.auth.loginWithRedirect(given), login);
  await Promise.race([choose(page, name), page.waitForURL(/\/callback/)]).catch(() => {});
  await page.waitForURL(`${stage.origin}/callback?**`);
  await startClient(page, { ...stage.options, ...options });
  return page.evaluate(() => window.auth.handleCallback());
}

/** A call whose error is told rather than thrown. */
export function attempt(page, call, argument) {
  return page.evaluate(
    async ([body, given]) => {
      try {
        // biome-ignore lint/security/noGlobalEval: the test's own text, in the test's own page
        return { value: await (0, eval)(`(${body})`)(given) };
      } catch (error) {
        const { code, hint, details, transient, message } = error;
        return { code, hint, details, transient, message };
      }
    },
    [String(call), argument],
  );
}

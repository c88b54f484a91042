import { startProvider } from '../../../provider/index.js';
import { bareFiles } from './bare.mjs';
import { PATIENCE, seen } from './browser.mjs';
import { builtDemo, TENANT } from './demo.mjs';
import { reactFiles } from './react.mjs';
import { serve } from './serve.mjs';

/**
 * A platform, an app and a browser profile, for one test alone.
 *
 * @typedef {object} World
 * @property {import('../../../provider/index.js').RunningProvider} platform
 * @property {import('playwright-core').BrowserContext} context
 * @property {string} origin the app's
 * @property {string} redirectUri
 * @property {import('./serve.mjs').AppServer} server the app's
 * @property {Map<string, string | Buffer>} files of the app's server; may change
 * @property {Record<string, string>} headers of the app's server; may change
 * @property {Set<string>} broken paths at the app's server whose connections break; may change
 * @property {() => Promise<import('playwright-core').Page>} tab a new one at the app's start page, ready
 * @property {() => import('../../../provider/wire.js').Exchange[]} exchanges codes sent to the token endpoint
 * @property {() => import('../../../provider/wire.js').Exchange[]} refreshes refresh tokens sent there
 *
 * @typedef {object} WorldSettings
 * @property {import('../../../provider/index.js').ProviderOptions} [provider]
 * @property {string} [host] the app's; Default `localhost`
 * @property {(uris: { redirectUri: string }) => string[]} [registered] redirect URIs, if not the app's own
 * @property {boolean} [clock] whether the pages' time is the test's: see `time.mjs`
 */

/**
 * The demo, built, under its own Content-Security-Policy.
 *
 * @param {import('node:test').TestContext} t
 * @param {import('playwright-core').Browser} browser
 * @param {WorldSettings & { mode?: 'production' | 'development' }} [settings]
 * @returns {Promise<World>}
 */
export async function demoWorld(t, browser, { mode = 'production', ...settings } = {}) {
  const { files, policy } = await builtDemo(mode);
  const world = await makeWorld(t, browser, settings);
  const here = (text) => text.replaceAll(TENANT, world.platform.issuer);
  for (const [path, text] of Object.entries(files)) world.files.set(path, here(text));
  world.headers['content-security-policy'] = here(policy);
  world.tab = async (path = '/') => {
    const page = await world.context.newPage();
    await page.goto(world.origin + path);
    return page;
  };
  return world;
}

/**
 * The SDK on a bare page, with `window.auth` made from `options`.
 *
 * @param {import('node:test').TestContext} t
 * @param {import('playwright-core').Browser} browser
 * @param {WorldSettings & { options?: object | false }} [settings] `options: false` leaves the page without a client
 * @returns {Promise<World>}
 */
export async function bareWorld(t, browser, { options, ...settings } = {}) {
  const world = await makeWorld(t, browser, settings);
  for (const [path, body] of Object.entries(bareFiles())) world.files.set(path, body);
  const { issuer: tenantUrl, clientId } = world.platform;
  world.options = {
    ...{ tenantUrl, clientId, redirectUri: world.redirectUri },
    // On a busy machine ten seconds are soon over.
    requestTimeoutSeconds: 60,
    ...options,
  };
  if (options !== false) {
    await world.context.addInitScript((given) => {
      window.given = given;
    }, world.options);
  }
  world.tab = async (path = '/') => {
    const page = await world.context.newPage();
    await page.goto(world.origin + path);
    await ready(page);
    return page;
  };
  return world;
}

/**
 * A small React app, with `window.given` as the provider's options.
 *
 * @param {import('node:test').TestContext} t
 * @param {import('playwright-core').Browser} browser
 * @param {WorldSettings & { options?: object }} [settings]
 * @returns {Promise<World>}
 */
export async function reactWorld(t, browser, { options, ...settings } = {}) {
  const world = await bareWorld(t, browser, { options, ...settings });
  world.files.clear();
  for (const [path, body] of Object.entries(await reactFiles())) world.files.set(path, body);
  world.tab = async (path = '/') => {
    const page = await world.context.newPage();
    await page.goto(world.origin + path);
    await seen(page, () => document.querySelector('main') !== null);
    return page;
  };
  return world;
}

/** Once the bare page's client is made. */
export const ready = async (page) => {
  // A tab that was just opened shows an empty page first.
  await seen(page, () => 'ready' in window);
  return page.evaluate(() => window.ready);
};

async function makeWorld(
  t,
  browser,
  { provider, host = 'localhost', registered = (uris) => [uris.redirectUri], clock = false },
) {
  const app = await serve();
  t.after(() => app.close());
  const origin = `http://${host}:${app.port}`;
  const redirectUri = `${origin}/callback`;
  const platform = await startProvider({
    port: 0,
    idTokenAlg: 'ES256',
    consent: 'skip',
    redirectUris: registered({ redirectUri }),
    ...provider,
  });
  t.after(() => platform.close());
  const context = await browser.newContext();
  t.after(() => context.close());
  context.setDefaultTimeout(PATIENCE);
  if (clock) await context.clock.install();
  const token = (grant) =>
    platform.log.filter(({ path, method, body }) => {
      return path === '/oauth2/token' && method === 'POST' && body?.grant_type === grant;
    });
  return {
    platform,
    context,
    origin,
    redirectUri,
    server: app,
    files: app.files,
    headers: app.headers,
    broken: app.broken,
    exchanges: () => token('authorization_code'),
    refreshes: () => token('refresh_token'),
  };
}

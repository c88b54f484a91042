// What a user does with a consumer that is built: signs in at the embedded provider and loads the page once more.

import { readFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { extname, join } from 'node:path';
import { startProvider } from '../../../provider/index.js';
import { Failed } from '../../../scripts/lib/run.mjs';
import { PATIENCE } from '../../e2e/support/browser.mjs';

const TYPES = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** What is explained of that request, for a registered redirect URI with another end. */
const BY_HAND = 'authorization_request: redirect_uri_trailing_slash';

/** A port that is free at this moment. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Serves a folder as a static host with a fallback does. */
export async function serveFolder(folder, port) {
  const server = createHttpServer(async (req, res) => {
    const { pathname } = new URL(req.url, 'http://app.invalid');
    const path = extname(pathname) ? pathname : '/index.html';
    const body = await readFile(join(folder, path)).catch(() => undefined);
    if (body === undefined) return res.writeHead(404).end();
    res.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' }).end(body);
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return () => {
    server.close();
    server.closeAllConnections();
  };
}

/** Opens the page once: a dev server that finds a dependency only then bundles it anew, and says so to this page. */
export async function warmUp(browser, port) {
  const page = await browser.newPage();
  await page.addInitScript(() => {
    window.given = { tenantUrl: 'https://tenant.example', clientId: 'app' };
  });
  await page.goto(`http://localhost:${port}`);
  await page.waitForLoadState('networkidle').catch(() => {});
  await page.close();
}

/** What is in a script besides imports, exports and comments: without it there was nothing worth a request. */
const contentOf = (code) =>
  code
    .replace(/^\/\/#.*/gm, '')
    .replace(/\b(im|ex)port\s*(\{[^}]*\})?\s*(from)?\s*("[^"]*"|'[^']*')?\s*;?/g, '')
    .trim();

/**
 * What is wrong with the scripts that a page requested up to now: there are more of them than there should be, or one has
 * nothing in it.
 *
 * @param {Map<string, Promise<string>>} scripts their texts by address
 * @param {string[]} late of these the ones that were requested when the app's own code ran
 * @param {{ scripts?: number, late?: number }} most
 */
async function complaintsOf(scripts, late, most) {
  const complaints = [];
  const more = (found, most = Infinity) =>
    found.length > most && complaints.push(`${found.length} in place of ${most}: ${found.join(', ')}`);
  more([...scripts.keys()], most.scripts);
  more(late, most.late);
  // Frameworks have chunks of their own; where scripts are counted, all are known.
  if (most.scripts === undefined) return complaints;
  for (const [url, text] of scripts) {
    const code = await text;
    if (code !== undefined && contentOf(code) === '') complaints.push(`there is nothing in ${url}: ${code}`);
  }
  return complaints;
}

/**
 * Signs in at the app on `port`, reloads, and fails on anything that the page or its console complained of.
 *
 * @param {import('playwright-core').Browser} browser
 * @param {number} port
 * @param {object} app
 * @param {boolean} app.built whether it is a production build, whose console is told nothing
 * @param {boolean} app.byHand whether it has a request built by `/protocol` and explained by `/explain`
 * @param {{ scripts?: number, late?: number }} app.most how many scripts it may request up to its sign-in button, and of these
 * when its own code runs
 * @returns {Promise<string>} how many it requested
 */
export async function signInAt(browser, port, { built, byHand, most }) {
  const origin = `http://localhost:${port}`;
  const provider = await startProvider({
    port: 0,
    consent: 'skip',
    idTokenAlg: 'ES256',
    redirectUris: [`${origin}/callback`],
  });
  const context = await browser.newContext();
  context.setDefaultTimeout(PATIENCE);
  const complaints = [];
  const scripts = new Map();
  let late = [];
  let advised = false;
  try {
    await context.addInitScript(
      (given) => {
        const get = () => {
          window.began ??= performance.now();
          return given;
        };
        Object.defineProperty(window, 'given', { get });
      },
      { tenantUrl: provider.issuer, clientId: provider.clientId },
    );
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
      advised ||= message.text().startsWith('IntelliAuth: the redirect URI to register');
    });
    const note = (response) => {
      if (response.request().resourceType() !== 'script') return;
      // A page that gives way to another one has none.
      const text = response.text().catch(() => undefined);
      scripts.set(response.url(), text);
    };
    page.on('response', note);
    await page.goto(origin);
    const button = page.getByRole('button', { name: 'Sign in', exact: true });
    await button.waitFor();
    page.off('response', note);
    const requested = await page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .flatMap(({ name, startTime }) => (startTime > window.began ? name : [])),
    );
    // What developers are told is requested at any moment.
    late = requested.filter((url) => scripts.has(url) && !/advice/.test(url));
    complaints.push(...(await complaintsOf(scripts, late, most)));
    await button.click();
    await page.getByRole('button', { name: 'Use Ada Lovelace' }).click();
    await page.getByRole('heading', { name: 'Ada Lovelace' }).waitFor();
    const here = page.url();
    if (here !== `${origin}/`) complaints.push(`the address after the sign-in is ${here}`);
    await page.reload();
    await page.getByRole('heading', { name: 'Ada Lovelace' }).waitFor();
    if (byHand) {
      const found = await page.evaluate(() => window.byHand());
      if (found !== BY_HAND) complaints.push(`a request by hand, explained, is ${found}`);
    }
    if (advised === built) complaints.push(`the redirect URI to register was ${built ? '' : 'not '}told`);
  } catch (error) {
    complaints.push(error.message);
  } finally {
    await context.close();
    await provider.close();
  }
  if (complaints.length > 0) throw new Failed('no sign-in', complaints.join('\n'));
  return `${scripts.size} scripts, ${late.length} of them late`;
}

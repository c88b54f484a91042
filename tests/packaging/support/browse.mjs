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

/**
 * Signs in at the app on `port`, reloads, and fails on anything that the page or its console complained of.
 *
 * @param {import('playwright-core').Browser} browser
 * @param {number} port
 * @param {boolean} built whether it is a production build, whose console is told nothing
 * @param {boolean} byHand whether the app has a request built by `/protocol` and explained by `/explain`
 */
export async function signInAt(browser, port, built, byHand) {
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
  let advised = false;
  try {
    await context.addInitScript(
      (given) => {
        window.given = given;
      },
      { tenantUrl: provider.issuer, clientId: provider.clientId },
    );
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
      advised ||= message.text().startsWith('IntelliAuth: the redirect URI to register');
    });
    await page.goto(origin);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
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
}

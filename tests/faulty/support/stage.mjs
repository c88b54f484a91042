/**
 * The stage: an app's origin that serves the built package, the faulty platform, and for every tenant an attacker's
 * origin that nothing may ever reach. All on loopback, in one browser.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { findBrowser, findShell } from '../../../scripts/setup.mjs';
import { makeKeys } from './keys.mjs';
import { end, listen, openPlatform } from './platform.mjs';

const here = import.meta.dirname;
/** The package under test; another build's may be named. */
const dist = process.env.DIST ?? join(here, '../../../pkg/dist');
/** The app's page without the SDK. */
export const PLAIN = '/plain';

/** The package as it was when the tests began, so that a build under way does not change it below them. */
function snapshot() {
  const held = new Map([['/page.js', readFileSync(join(here, 'page.js'))]]);
  for (const name of readdirSync(dist, { recursive: true })) {
    if (name.endsWith('.js')) held.set(`/sdk/${name}`, readFileSync(join(dist, name)));
  }
  return held;
}

export async function openStage() {
  const files = snapshot();
  const keys = await makeKeys();
  const { server, origin: app } = await listen((req, res) => {
    const path = new URL(req.url ?? '/', 'http://app').pathname;
    const file = files.get(path);
    if (file) {
      res.writeHead(200, { 'content-type': 'text/javascript', 'cache-control': 'max-age=600' }).end(file);
    } else if (path.startsWith('/sdk/') || path === '/favicon.ico') {
      res.writeHead(path === '/favicon.ico' ? 204 : 404).end();
    } else {
      const page = '<!doctype html><meta charset="utf-8"><title>App</title><link rel="icon" href="data:,">';
      const script = path === PLAIN ? '' : '<script type="module" src="/page.js"></script>';
      res.writeHead(200, { 'content-type': 'text/html' }).end(`${page}${script}<main>an app</main>`);
    }
  });

  const platform = await openPlatform(app, keys);

  const browser = await chromium.launch({
    executablePath: findShell() ?? findBrowser().chrome,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });

  return {
    browser,
    app,
    /** Every fault that went well, so that what reaches an attacker late is still seen, and whose it is.
     * @type {{ fault: import('./run.mjs').Fault, tenant: import('./tenant.mjs').Tenant }[]} */
    visited: [],
    /** Tabs that nobody uses now. @type {import('playwright-core').Page[]} */
    spare: [],
    tenant: platform.tenant,
    async close() {
      await browser.close();
      platform.close();
      end(server);
    },
  };
}

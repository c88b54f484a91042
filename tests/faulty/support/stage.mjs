/**
 * The stage: an app's origin that serves the built package, the faulty platform, and for every tenant an attacker's
 * origin that nothing may ever reach. All on loopback, in one browser.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { findBrowser } from '../../../scripts/setup.mjs';
import { json, refuse } from './answers.mjs';
import { makeKeys } from './keys.mjs';
import { Tenant } from './tenant.mjs';

const here = import.meta.dirname;
/** The package under test; another build's may be named. */
const dist = process.env.DIST ?? join(here, '../../../pkg/dist');
const MAX_HEADER = 4 * 1024 * 1024;
/** The app's page without the SDK. */
export const PLAIN = '/plain';

/** The package as it was when the tests began, so that a build under way does not change it below them. */
function snapshot() {
  const held = new Map([['/page.js', readFileSync(join(here, 'page.js'))]]);
  for (const name of readdirSync(dist)) {
    if (name.endsWith('.js')) held.set(`/sdk/${name}`, readFileSync(join(dist, name)));
  }
  return held;
}

async function listen(handler) {
  const server = createServer({ maxHeaderSize: MAX_HEADER, keepAlive: false }, handler);
  // A browser sends a request again by itself when a connection that it had used before is cut: none is used twice,
  // unless that is the fault.
  server.keepAliveTimeout = 0;
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { server, origin: `http://127.0.0.1:${port}` };
}

async function logged(req, endpoint) {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  const { method, url, headers } = req;
  return { endpoint, method, url, headers, body, form: new URLSearchParams(body) };
}

export async function openStage() {
  const files = snapshot();
  const keys = await makeKeys();
  const tenants = new Map();
  const servers = [];
  async function open(handler) {
    const { server, origin } = await listen(handler);
    servers.push(server);
    return origin;
  }

  const app = await open((req, res) => {
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

  const platform = await open(async (req, res) => {
    const tenant = tenants.get(req.url.split(/[/?]/)[1]);
    if (!tenant) return res.writeHead(404).end();
    const path = new URL(req.url, platform).pathname.slice(tenant.id.length + 1);
    const named = {
      '/.well-known/openid-configuration': 'metadata',
      '/oauth2/token': 'token',
      '/jwks': 'jwks',
      '/revoke': 'revocation',
      '/end': 'end_session',
    }[path];
    const request = await logged(req, named ?? path).catch(() => undefined);
    if (!request) return;
    const { form } = request;
    const endpoint = named === 'token' && form.get('grant_type') === 'refresh_token' ? 'refresh' : named;
    request.endpoint = endpoint ?? path;
    tenant.requests.push(request);
    res.setHeader('access-control-allow-origin', tenant.app);
    if (!tenant.keepsConnections) res.setHeader('connection', 'close');
    const good = async () => {
      if (endpoint === 'metadata') return tenant.metadata;
      if (endpoint === 'jwks') return tenant.jwks;
      return tenant.grant(form);
    };
    const turn = { req, res, tenant, form, good };
    const answer = endpoint && tenant.answer[endpoint];
    try {
      if (answer) await answer(turn);
      else if (endpoint === 'revocation') res.writeHead(200).end();
      else if (endpoint === 'end_session')
        res.writeHead(200, { 'content-type': 'text/html' }).end('<p>signed out');
      else if (endpoint) json(200, await good())(turn);
      else res.writeHead(404).end();
    } catch (error) {
      if (!error.oauth) throw error;
      refuse(error.oauth)(turn);
    }
  });

  // As helpful as can be: whoever believed it would be signed in.
  const attack = async (tenant, req, res) => {
    const request = await logged(req, 'attacker').catch(() => undefined);
    tenant.steal(request ?? { method: req.method, url: req.url });
    res.setHeader('access-control-allow-origin', '*');
    if (!request) return res.end();
    if (/jwk|key/.test(req.url)) return json(200, { keys: [keys.evil.jwk] })({ res });
    const answer = await tenant.grant(request.form).catch(() => ({ ...tenant.metadata }));
    json(200, answer)({ res });
  };

  const browser = await chromium.launch({
    executablePath: findBrowser()?.chrome,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });

  let count = 0;
  return {
    browser,
    app,
    /** Every fault that went well, so that what reaches an attacker late is still seen, and whose it is.
     * @type {{ fault: import('./run.mjs').Fault, tenant: Tenant }[]} */
    visited: [],
    /** Tabs that nobody uses now. @type {import('playwright-core').Page[]} */
    spare: [],
    /** A tenant of its own for one fault, with an attacker of its own: whatever comes there is this fault's. */
    async tenant() {
      const id = `t${++count}`;
      const attacker = await open((req, res) => attack(tenant, req, res));
      const tenant = new Tenant({ id, origin: platform, app, attacker, keys });
      tenants.set(id, tenant);
      return tenant;
    },
    async close() {
      await browser.close();
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

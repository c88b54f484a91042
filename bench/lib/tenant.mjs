// The provider that an app meets: the embedded one behind a proxy that speaks TLS, knows the paths that some SDKs insist on,
// answers the sign-in page itself, and says how long each request took. The same code for all.
import { once } from 'node:events';
import { request } from 'node:http';
import { createServer } from 'node:https';
import { connect, createServer as createLine } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { startProvider } from '../../provider/index.js';

const KEYCLOAK = '/realms/bench';
/** How the issuer is written, and which of the provider's paths are known by other names. */
const SHAPES = {
  plain: { issuer: (origin) => origin, paths: {} },
  auth0: {
    issuer: (origin) => `${origin}/`,
    paths: { '/authorize': '/oauth2/authorize', '/oauth/token': '/oauth2/token' },
  },
  okta: {
    issuer: (origin) => `${origin}/oauth2/default`,
    paths: {
      '/oauth2/default/.well-known/openid-configuration': '/.well-known/openid-configuration',
      '/oauth2/default/v1/authorize': '/oauth2/authorize',
      '/oauth2/default/v1/token': '/oauth2/token',
      '/oauth2/default/v1/keys': '/oauth2/jwks',
    },
  },
  keycloak: {
    issuer: (origin) => origin + KEYCLOAK,
    paths: {
      [`${KEYCLOAK}/protocol/openid-connect/auth`]: '/oauth2/authorize',
      [`${KEYCLOAK}/protocol/openid-connect/token`]: '/oauth2/token',
    },
    // It reads the claims of every token, so opaque ones are put into an envelope that can be read.
    sent: unwrap,
    told: wrap,
    pages: {
      // Whether its iframe may read cookies, which it asks before it asks who is there.
      '/realms/bench/protocol/openid-connect/3p-cookies/step1.html':
        '<script>parent.postMessage("supported", "*")</script>',
    },
  },
  // It asks for offline_access again when it refreshes, which the provider does not grant by that name.
  msal: { issuer: (origin) => origin, paths: {}, sent: withoutScope },
};

/** How long access tokens are valid, in seconds. */
export const LIFETIME = 300;

/**
 * @typedef {object} Exchange
 * @property {string} path the provider's
 * @property {string | undefined} grant
 * @property {number} began `performance.now()` of this process
 * @property {number} [ended]
 *
 * @typedef {object} Tenant
 * @property {string} origin
 * @property {string} clientId
 * @property {number} delay of every answer, in milliseconds
 * @property {number} distance one way, in milliseconds, for every octet: a handshake takes two or more of them
 * @property {'leave' | 'signing-in' | 'signed-in'} user `leave`: authorize requests are answered with nothing, and the page stays;
 *   `signing-in`: the first one is answered with a code at once, and the user is then `signed-in`
 * @property {Exchange[]} exchanges
 * @property {() => number} wire milliseconds since the last sign-in page during which a request was under way
 * @property {() => number} refreshes how many refresh tokens were sent
 * @property {() => Promise<void>} close
 *
 * @param {{ shape?: string, site: string, tls: { key: string, cert: string } }} options
 * @returns {Promise<Tenant>}
 */
export async function openTenant({ shape = 'plain', site, tls }) {
  const { issuer, paths, pages = {}, sent: change, told: changeAnswer } = SHAPES[shape];
  const server = createServer(tls, (req, res) =>
    serve(req, res).catch((error) => {
      console.error(error);
      res.writeHead(500).end();
    }),
  );
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const tenant = { clientId: 'bench', delay: 0, distance: 0, user: 'leave', exchanges: [] };
  const line = openLine(() => tenant.distance, server.address().port);
  await once(line, 'listening');
  const host = `localhost:${line.address().port}`;
  tenant.origin = `https://${host}`;
  const platform = await startProvider({
    port: 0,
    host: '127.0.0.1',
    issuer: issuer(tenant.origin),
    clientId: tenant.clientId,
    redirectUris: [`${site}/callback`, `${site}/`, `${site}/silent.html`, site],
    accessTokenSeconds: LIFETIME,
    consent: 'skip',
  });
  // Its addresses are the proxy's.
  platform.provider.proxy = true;
  const ask = (method, path, headers, body) =>
    forward(platform.port, method, path, { ...headers, host }, body);
  const cookies = await signInOnce(ask, tenant, `${site}/callback`);

  async function serve(req, res) {
    const { pathname, search } = new URL(req.url, tenant.origin);
    const path = paths[pathname] ?? pathname;
    const authorize = path === '/oauth2/authorize';
    if (pages[pathname]) return res.writeHead(200, { 'content-type': 'text/html' }).end(pages[pathname]);
    const sent = await buffer(req);
    // Silent requests come from iframes.
    const top = authorize && !/[?&]prompt=none\b/.test(search);
    const exchange = { path, top, method: req.method, began: performance.now() };
    if (path === '/oauth2/token' && req.method === 'POST') {
      exchange.grant = new URLSearchParams(sent.toString()).get('grant_type');
    }
    tenant.exchanges.push(exchange);
    if (top && tenant.user === 'signing-in') tenant.user = 'signed-in';
    if (top && tenant.user === 'leave') {
      exchange.ended = performance.now();
      return res.writeHead(204).end();
    }
    const { cookie: _, ...headers } = req.headers;
    if (authorize && tenant.user === 'signed-in') headers.cookie = cookies;
    const body = change && sent.length > 0 ? Buffer.from(change(sent.toString())) : sent;
    if (body.length > 0) headers['content-length'] = String(body.length);
    const [answer] = await Promise.all([
      ask(req.method, path + search, headers, body),
      tenant.delay > 0 && sleep(tenant.delay),
    ]);
    const { 'set-cookie': __, connection: ___, 'transfer-encoding': ____, ...kept } = answer.headers;
    const changes = changeAnswer && exchange.grant && answer.status === 200;
    const told = changes ? changeAnswer(answer.body) : answer.body;
    // Some send cookies with every request.
    if (kept['access-control-allow-origin']) kept['access-control-allow-credentials'] = 'true';
    res.writeHead(answer.status, { ...kept, 'content-length': String(told.length) });
    res.end(told);
    exchange.status = answer.status;
    exchange.ended = performance.now();
  }

  return Object.assign(tenant, {
    wire: () => covered(tenant.exchanges.slice(tenant.exchanges.findLastIndex(({ top }) => top) + 1)),
    refreshes: () => tenant.exchanges.filter(({ grant }) => grant === 'refresh_token').length,
    async close() {
      line.close();
      server.close();
      server.closeAllConnections();
      await platform.close();
    },
  });
}

/** What lies between the browser and the provider: everything takes `distance()` milliseconds, handshakes too. */
function openLine(distance, port) {
  return createLine((near) => {
    const far = connect(port, '127.0.0.1');
    const ms = distance();
    for (const [from, to] of [
      [near, far],
      [far, near],
    ]) {
      from.setNoDelay(true);
      from.on('error', () => to.destroy()).on('close', () => to.destroy());
      if (ms === 0) from.pipe(to);
      else from.on('data', (piece) => setTimeout(() => to.destroyed || to.write(piece), ms));
    }
  }).listen(0, '127.0.0.1');
}

/** The length of the union of these spans. */
function covered(exchanges) {
  let total = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const { began, ended = began } of [...exchanges].sort((a, b) => a.began - b.began)) {
    total += Math.max(0, ended - Math.max(began, until));
    until = Math.max(until, ended);
  }
  return total;
}

/** One request to the provider itself, which takes one on each connection. */
function forward(port, method, path, headers, body) {
  return new Promise((resolve, reject) => {
    const asked = request({
      ...{ host: '127.0.0.1', port, method, path, agent: false },
      headers: { ...headers, 'x-forwarded-proto': 'https', connection: 'close' },
    });
    asked.on('error', reject).on('response', async (answer) => {
      resolve({ status: answer.statusCode, headers: answer.headers, body: await buffer(answer) });
    });
    asked.end(body?.length > 0 ? body : undefined);
  });
}

/** Ada signs in, in no browser. Answers with the session's cookies. */
async function signInOnce(ask, { origin, clientId }, redirectUri) {
  const jar = new Map();
  const go = async (method, path, body) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const form = body && {
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(body.length),
      origin,
    };
    const answer = await ask(method, path, { cookie, ...form }, body);
    for (const set of answer.headers['set-cookie'] ?? []) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(set);
      if (value) jar.set(name, value);
      else jar.delete(name);
    }
    return answer;
  };
  const asked = new URLSearchParams({
    ...{ response_type: 'code', client_id: clientId, redirect_uri: redirectUri, scope: 'openid', state: 'x' },
    ...{ code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' },
  });
  let answer = await go('GET', `/oauth2/authorize?${asked}`);
  const relative = (answer) => new URL(answer.headers.location, origin);
  const page = relative(answer).pathname;
  await go('GET', page);
  const account = new URLSearchParams({ email: 'ada@example.com', password: 'analytical-engine' });
  answer = await go('POST', `${page}/sign-in`, Buffer.from(account.toString()));
  for (let step = 0; step < 5; step++) {
    const to = answer.headers.location && relative(answer);
    if (to?.href.startsWith(redirectUri) && to.searchParams.has('code')) {
      return [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    }
    if (!to) break;
    answer = await go('GET', to.pathname + to.search);
  }
  throw new Error(`the provider let nobody in: ${answer.status} ${answer.body.toString().slice(0, 300)}`);
}

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

function wrap(body) {
  const answer = JSON.parse(body);
  const now = Math.floor(Date.now() / 1000);
  const envelope = (token, seconds) =>
    [encode({ alg: 'none' }), encode({ token, iat: now, exp: now + seconds, sub: 'usr_ada' }), 'none'].join(
      '.',
    );
  answer.access_token = envelope(answer.access_token, LIFETIME);
  if (answer.refresh_token) answer.refresh_token = envelope(answer.refresh_token, 14 * 24 * 60 * 60);
  return Buffer.from(JSON.stringify(answer));
}

function withoutScope(text) {
  const form = new URLSearchParams(text);
  if (form.get('grant_type') === 'refresh_token') form.delete('scope');
  return form.toString();
}

function unwrap(text) {
  const form = new URLSearchParams(text);
  const token = form.get('refresh_token')?.split('.')[1];
  if (token) form.set('refresh_token', JSON.parse(Buffer.from(token, 'base64url')).token);
  return form.toString();
}

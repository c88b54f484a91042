/** The faulty platform itself: its tenants, and for each an attacker's origin. All on loopback, without a browser. */
import { createServer } from 'node:http';
import { json, refuse } from './answers.mjs';
import { Tenant } from './tenant.mjs';

const MAX_HEADER = 4 * 1024 * 1024;

export async function listen(handler) {
  const server = createServer({ maxHeaderSize: MAX_HEADER, keepAlive: false }, handler);
  // A browser sends a request again by itself when a connection that it had used before is cut: none is used twice,
  // unless that is the fault.
  server.keepAliveTimeout = 0;
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { server, origin: `http://127.0.0.1:${port}` };
}

/** Ends a server with every connection that it holds. */
export function end(server) {
  server.closeAllConnections();
  server.close();
}

async function logged(req, endpoint) {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  const { method, url, headers } = req;
  return { endpoint, method, url, headers, body, form: new URLSearchParams(body) };
}

/**
 * @param {string} app the origin that may read the answers
 * @param {Awaited<ReturnType<typeof import('./keys.mjs').makeKeys>>} keys
 */
export async function openPlatform(app, keys) {
  const tenants = new Map();
  const servers = [];
  async function open(handler) {
    const { server, origin } = await listen(handler);
    servers.push(server);
    return origin;
  }

  const platform = await open(async (req, res) => {
    const tenant = tenants.get(req.url.split(/[/?]/)[1]);
    if (!tenant) return res.writeHead(404).end();
    const path = new URL(req.url, platform).pathname.slice(tenant.id.length + 1);
    const named = {
      '/.well-known/openid-configuration': 'metadata',
      '/oauth2/authorize': 'authorization',
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
      // The tests' users do not go there.
      else if (endpoint === 'authorization') res.writeHead(400).end();
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

  // As helpful as can be: an SDK that believed it would sign the user in.
  const attack = async (tenant, req, res) => {
    const request = await logged(req, 'attacker').catch(() => undefined);
    tenant.steal(request ?? { method: req.method, url: req.url });
    res.setHeader('access-control-allow-origin', '*');
    if (!request) return res.end();
    if (/jwk|key/.test(req.url)) return json(200, { keys: [keys.evil.jwk] })({ res });
    const answer = await tenant.grant(request.form).catch(() => ({ ...tenant.metadata }));
    json(200, answer)({ res });
  };

  let count = 0;
  return {
    /** A tenant of its own for one fault, with an attacker of its own: whatever comes there is this fault's. */
    async tenant() {
      const id = `t${++count}`;
      const attacker = await open((req, res) => attack(tenant, req, res));
      const tenant = new Tenant({ id, origin: platform, app, attacker, keys });
      tenants.set(id, tenant);
      return tenant;
    },
    close() {
      servers.forEach(end);
    },
  };
}

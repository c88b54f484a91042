import { text } from 'node:stream/consumers';

import { accountById } from './accounts.js';

/**
 * A small API that the access token opens, RFC 6750.
 *
 * @param {import('oidc-provider').default} provider
 * @param {Set<string>} origins the pages that may call it
 * @returns {import('koa').Middleware}
 */
export function api(provider, origins) {
  const routes = {
    'GET /api/me': (ctx, token) => {
      ctx.body = {
        sub: token.accountId,
        name: accountById(token.accountId).profile.name,
        scopes: [...token.scopes],
        time: new Date().toISOString(),
      };
    },
    'POST /api/echo': async (ctx) => {
      ctx.type = 'text/plain';
      ctx.body = await text(ctx.req);
    },
  };

  return async (ctx, next) => {
    if (!ctx.path.startsWith('/api/')) return next();
    const allowed = allowOrigin(ctx, origins);
    if (ctx.method === 'OPTIONS') return preflight(ctx, allowed);

    ctx.set('Cache-Control', 'no-store');
    const value = /^Bearer +(\S+)$/i.exec(ctx.get('Authorization'))?.[1];
    const token = await provider.AccessToken.find(value);
    if (!token) return refuse(ctx, value);

    return routes[`${ctx.method} ${ctx.path}`]?.(ctx, token);
  };
}

function allowOrigin(ctx, origins) {
  ctx.vary('Origin');
  const origin = ctx.get('Origin');
  if (!origins.has(origin)) return false;
  ctx.set('Access-Control-Allow-Origin', origin);
  ctx.set('Access-Control-Expose-Headers', 'WWW-Authenticate');
  return true;
}

function preflight(ctx, allowed) {
  ctx.status = 204;
  if (!allowed) return;
  ctx.set('Access-Control-Allow-Methods', 'GET, POST');
  ctx.set('Access-Control-Allow-Headers', 'Authorization, Content-Type');
  ctx.set('Access-Control-Max-Age', '600');
}

function refuse(ctx, value) {
  ctx.status = 401;
  // RFC 6750 §3.1: a request that tried no token is told no error.
  ctx.set('WWW-Authenticate', value === undefined ? 'Bearer' : 'Bearer error="invalid_token"');
  ctx.body = {
    error: 'invalid_token',
    error_description: 'The access token is missing, expired or revoked.',
  };
}

import { readFileSync } from 'node:fs';

import { html } from './html.js';

/** The two files the pages refer to; nothing comes from elsewhere. */
const ASSETS = {
  '/assets/page.css': ['text/css', read('page.css')],
  '/assets/mark.svg': ['image/svg+xml', read('mark.svg')],
};

function read(name) {
  return readFileSync(new URL(name, import.meta.url), 'utf8');
}

/**
 * One page: a card, and beside it whatever helps.
 *
 * @param {import('koa').Context} ctx
 * @param {{ title: string, status?: number, card: object, aside?: object }} parts
 */
export function page(ctx, { title, status = 200, card, aside }) {
  ctx.status = status;
  ctx.type = 'html';
  ctx.set('Cache-Control', 'no-store');
  ctx.body = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · IntelliAuth</title>
<link rel="icon" href="/assets/mark.svg">
<link rel="stylesheet" href="/assets/page.css">
</head>
<body>
<header><img src="/assets/mark.svg" alt="" width="28" height="28"><span>IntelliAuth <small>development provider</small></span></header>
<main>
<section class="card">
${card}
</section>
${aside}
</main>
</body>
</html>
`.toString();
}

/**
 * Serves the pages' assets and sets the headers of every answer.
 *
 * @param {Iterable<string>} returnOrigins where forms may lead: browsers hold redirects after a form to `form-action` too
 * @returns {import('koa').Middleware}
 */
export function pageHeaders(returnOrigins) {
  const policy = [
    "default-src 'none'",
    'script-src', // empty allows nothing; oidc-provider adds the hash of its own auto-submitted form where it needs one
    "style-src 'self'",
    "img-src 'self'",
    ["form-action 'self'", ...returnOrigins].join(' '),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join(';');

  return (ctx, next) => {
    ctx.set('Content-Security-Policy', policy);
    ctx.set('X-Content-Type-Options', 'nosniff');
    ctx.set('Referrer-Policy', 'same-origin');

    const asset = ASSETS[ctx.path];
    if (!asset) return next();
    [ctx.type, ctx.body] = asset;
    return undefined;
  };
}

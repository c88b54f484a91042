// An app's web server: brotli and far-future caching, as a host of static files has them, and a delay where one is asked for.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, constants } from 'node:zlib';

const TYPES = { html: 'text/html; charset=utf-8', js: 'text/javascript', wasm: 'application/wasm' };

/**
 * @typedef {object} Site
 * @property {string} origin
 * @property {number} delay of every answer, in milliseconds
 * @property {string[]} served paths, in the order of their requests
 * @property {(paths: [string, Buffer | string][]) => void} fill
 * @property {(what: string[]) => Promise<any>} reported the next report of one of these kinds
 * @property {any[]} reports all, since they were last emptied
 * @property {() => void} close
 *
 * @returns {Promise<Site>}
 */
export async function serveSite() {
  const files = new Map();
  const waiting = new Set();
  const site = {
    delay: 0,
    served: [],
    reports: [],
    fill(entries) {
      files.clear();
      for (const [path, body] of entries) files.set(path, packed(path, body));
    },
    reported: (kinds) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`no report of ${kinds.join(' or ')} within 20 s`));
        }, 20_000);
        const look = (report) => {
          if (!kinds.includes(report.what)) return;
          waiting.delete(look);
          clearTimeout(timer);
          resolve(report);
        };
        waiting.add(look);
      }),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  const server = createServer(async (req, res) => {
    const { pathname } = new URL(req.url, 'http://site.invalid');
    if (pathname === '/bench') {
      const body = [];
      for await (const piece of req) body.push(piece);
      res.writeHead(204).end();
      const report = JSON.parse(Buffer.concat(body).toString());
      site.reports.push(report);
      for (const look of [...waiting]) look(report);
      return;
    }
    if (pathname === '/favicon.ico') return res.writeHead(204).end();
    const file = files.get(pathname) ?? files.get('/index.html');
    site.served.push(pathname);
    if (site.delay > 0) await sleep(site.delay);
    const br = /\bbr\b/.test(req.headers['accept-encoding'] ?? '');
    const body = br ? file.brotli : file.body;
    res.writeHead(200, {
      'content-type': file.type,
      'content-length': body.length,
      'cache-control': file.page ? 'no-cache' : 'max-age=31536000, immutable',
      ...(br && { 'content-encoding': 'br' }),
    });
    res.end(body);
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  site.origin = `http://localhost:${server.address().port}`;
  return site;
}

const packings = new Map();
function packed(path, text) {
  const body = Buffer.from(text);
  const ending = path.split('.').pop();
  const key = body.toString('latin1');
  let brotli = packings.get(key);
  if (!brotli) {
    brotli = brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
    packings.set(key, brotli);
  }
  return { body, brotli, type: TYPES[ending] ?? TYPES.html, page: ending === 'html' };
}

/** An app's page. `config` is what `lib/page.js` reads. */
export const html = ({ entry, config, head = '', map }) =>
  [
    '<!doctype html><title>bench</title><link rel="icon" href="data:,">',
    map ? `<script type="importmap">${JSON.stringify(map)}</script>` : '',
    head,
    `<script>window.BENCH=${JSON.stringify(config)}</script>`,
    `<div id="root"></div><script type="module" src="${entry}"></script>`,
  ].join('');

/** Where keycloak-js hears from its iframe. */
export const SILENT = '<script>parent.postMessage(location.href, location.origin)</script>';

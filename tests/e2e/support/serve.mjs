import { once } from 'node:events';
import { createServer } from 'node:http';
import { extname } from 'node:path';

const TYPES = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** What a browser keeps, as it does of every app: loading it anew is a third of a test's time. */
const KEPT = /^\/(sdk|assets)\//;

/** Where a file that was built for the folder `/out` is served: on Windows that has a drive, and other slashes. */
export const servedPath = (path) => path.replaceAll('\\', '/').replace(/^.*\/out(?=\/)/, '');

/**
 * An app's web server: files from memory, and `index.html` for every address that is no file's, unless it has no `fallback`.
 *
 * @typedef {object} AppServer
 * @property {number} port
 * @property {Map<string, string | Buffer>} files by path; may be filled later
 * @property {Record<string, string>} headers of every answer; may change
 * @property {Set<string>} broken paths whose connections break; may be filled later
 * @property {boolean} fallback may change
 * @property {() => void} close
 *
 * @returns {Promise<AppServer>}
 */
export async function serve() {
  const files = new Map();
  const headers = {};
  const broken = new Set();
  const server = createServer((req, res) => {
    const { pathname } = new URL(req.url, 'http://app.invalid');
    if (broken.has(pathname)) return req.socket.destroy();
    const ending = extname(pathname);
    const body = files.get(pathname) ?? (ending || !app.fallback ? undefined : files.get('/index.html'));
    if (body === undefined) return res.writeHead(404).end();
    const kept = KEPT.test(pathname) ? { 'cache-control': 'max-age=3600' } : {};
    res.writeHead(200, { 'content-type': TYPES[ending || '.html'], ...kept, ...headers }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  const app = { port: server.address().port, files, headers, broken, fallback: true, close };
  return app;
}

// The built site on this machine, as a static host shows it.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** Serves `folder` on loopback, and answers with a function that ends it. */
export async function serveSite(folder, port) {
  const server = createServer(async (req, res) => {
    const { pathname } = new URL(req.url, 'http://site.invalid');
    const path = normalize(decodeURIComponent(pathname.endsWith('/') ? `${pathname}index.html` : pathname));
    const body = await readFile(join(folder, path)).catch(() => undefined);
    if (body === undefined) return res.writeHead(404).end('There is no such page.');
    res.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' }).end(body);
  });
  await new Promise((resolve, reject) => server.on('error', reject).listen(port, 'localhost', resolve));
  return () => {
    server.close();
    server.closeAllConnections();
  };
}

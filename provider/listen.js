import { once } from 'node:events';
import { createServer } from 'node:http';

/** What a machine without IPv6 answers when asked to listen on ::1. */
const NO_SUCH_ADDRESS = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/**
 * Listens on `host`. `localhost` means both loopback addresses, since browsers and resolvers differ in which
 * of the two they try first; no public interface is ever opened unless `host` names it.
 *
 * @param {string} host
 * @param {number} port 0 for any free one
 * @param {import('node:http').RequestListener} handler
 * @returns {Promise<import('node:http').Server[]>} all on one port
 */
export async function listen(host, port, handler) {
  if (host !== 'localhost') return [await bind(host, port, handler)];

  for (let attempt = 1; ; attempt += 1) {
    const v4 = await bind('127.0.0.1', port, handler);
    try {
      return [v4, await bind('::1', v4.address().port, handler)];
    } catch (error) {
      if (NO_SUCH_ADDRESS.has(error.code)) return [v4];
      await shut([v4]);
      // A port that is free on one loopback address may be taken on the other: then draw again.
      if (port !== 0 || error.code !== 'EADDRINUSE' || attempt === 10) throw error;
    }
  }
}

async function bind(host, port, handler) {
  const server = createServer(handler);
  // A browser silently resends over a reused connection that breaks, which would hide the faults tests inject.
  server.maxRequestsPerSocket = 1;
  server.listen({ host, port });
  await once(server, 'listening');
  return server;
}

/** Ends the servers at once, with every connection they hold. */
export async function shut(servers) {
  await Promise.all(
    servers.map(
      (server) =>
        new Promise((closed) => {
          server.close(closed);
          server.closeAllConnections();
        }),
    ),
  );
}

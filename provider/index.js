import Provider from 'oidc-provider';

import { api } from './api.js';
import { configuration } from './config.js';
import { interactions } from './interactions.js';
import { signingKeys } from './keys.js';
import { listen, shut } from './listen.js';
import { pageHeaders } from './pages/page.js';
import { wire } from './wire.js';

/**
 * @typedef {object} ProviderOptions
 * @property {number} [port] 0 for any free one. Default 4000.
 * @property {string} [host] the address to listen on. Default `localhost`: both loopback addresses, and nothing else.
 * @property {string} [issuer] Default `http://localhost:<port>`.
 * @property {string} [clientId] Default `demo-app`.
 * @property {string} [clientName] what the pages call the app. Default `Demo app`.
 * @property {string[]} [redirectUris] Default `['http://localhost:5173/callback']`.
 * @property {string[]} [postLogoutRedirectUris] Default: the root of each redirect URI's origin.
 * @property {string[]} [allowedOrigins] for CORS. Default: the origins of the redirect URIs.
 * @property {number} [accessTokenSeconds] Default 60.
 * @property {number} [refreshTokenSeconds] Default 14 days.
 * @property {'RS256' | 'PS256' | 'ES256' | 'EdDSA'} [idTokenAlg] Default `RS256`.
 * @property {'ask' | 'skip'} [consent] Default `ask`.
 * @property {import('oidc-provider').ClientMetadata[]} [extraClients] public clients, with the CORS of their redirect URIs
 * @property {import('./wire.js').Control} [control] faults to inject from the start
 *
 * @typedef {object} RunningProvider
 * @property {string} issuer
 * @property {number} port
 * @property {string} clientId
 * @property {Provider} provider oidc-provider itself, for what has no option here
 * @property {import('node:http').Server} server
 * @property {import('./wire.js').WireLog} log
 * @property {import('./wire.js').Control} control change it at any time
 * @property {() => Promise<void>} close ends every connection
 */

/**
 * A platform that speaks the wire contract, on this machine alone.
 *
 * @param {ProviderOptions} [options]
 * @returns {Promise<RunningProvider>}
 */
export async function startProvider(options = {}) {
  const {
    host = 'localhost',
    clientId = 'demo-app',
    clientName = 'Demo app',
    redirectUris = ['http://localhost:5173/callback'],
    allowedOrigins = origins(redirectUris),
    postLogoutRedirectUris = origins(redirectUris).map((origin) => `${origin}/`),
    accessTokenSeconds = 60,
    refreshTokenSeconds = 14 * 24 * 60 * 60,
    idTokenAlg = 'RS256',
    consent = 'ask',
    extraClients = [],
    control = {},
  } = options;

  const clients = [
    {
      client_id: clientId,
      client_name: clientName,
      redirect_uris: redirectUris,
      post_logout_redirect_uris: postLogoutRedirectUris,
    },
    ...extraClients,
  ];
  const originsOf = new Map(
    clients.map((client) => [client.client_id, new Set(origins(client.redirect_uris))]),
  );
  originsOf.set(clientId, new Set(allowedOrigins));
  const everyOrigin = new Set([...originsOf.values()].flatMap((set) => [...set]));

  const keys = await signingKeys(idTokenAlg);
  // The issuer names the port, and port 0 is known only once bound: so listen first.
  let handle = (_req, res) => res.writeHead(503).end();
  const servers = await listen(host, options.port ?? 4000, (req, res) => handle(req, res));
  const { port } = servers[0].address();
  const issuer = options.issuer ?? `http://localhost:${port}`;

  const provider = new Provider(
    issuer,
    configuration({
      port,
      keys,
      clients,
      originsOf,
      idTokenAlg,
      consent,
      accessTokenSeconds,
      refreshTokenSeconds,
    }),
  );
  provider.on('server_error', (_ctx, error) => console.error(error));
  provider.use(pageHeaders(origins(clients.flatMap(returnUris))));
  provider.use(interactions(provider));
  provider.use(api(provider, everyOrigin));

  const { log, listener } = wire({ handle: provider.callback(), control, origins: everyOrigin });
  handle = listener;

  return { issuer, port, clientId, provider, server: servers[0], log, control, close: () => shut(servers) };
}

const returnUris = (client) => [...client.redirect_uris, ...(client.post_logout_redirect_uris ?? [])];

/** The distinct origins of `uris`. */
function origins(uris) {
  return [...new Set(uris.map((uri) => new URL(uri).origin))];
}

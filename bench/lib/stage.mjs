// An app with its server and its provider, ready to be visited.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { bundle, sharedFiles } from './bundle.mjs';
import { root } from './paths.mjs';
import { html, SILENT, serveSite } from './site.mjs';
import { openTenant } from './tenant.mjs';

const WASM = join(root, 'pkg/dist/intelliauth.wasm');

/** A hint for a module that will be imported. */
export const preload = (path) => `<link rel="modulepreload" href="${path}">`;

let certificate;
const tls = () => {
  const name = [{ name: 'commonName', value: 'localhost' }];
  const extensions = [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }];
  certificate ??= generate(name, { keyType: 'ec', extensions }).then((made) => ({
    key: made.private,
    cert: made.cert,
  }));
  return certificate;
};

/**
 * @typedef {object} Stage
 * @property {import('./apps.mjs').App} app
 * @property {import('./bundle.mjs').Bundle} bundle
 * @property {import('./site.mjs').Site} site
 * @property {import('./tenant.mjs').Tenant} tenant
 * @property {(config?: object, head?: string) => void} configure what the page is told, and lines for its head
 * @property {object | undefined} given what it was configured with
 * @property {(ms: number) => void} delay every answer of both
 * @property {() => void} reset forgets what was served and asked
 * @property {() => Promise<void>} close
 *
 * @param {import('./apps.mjs').App} app
 * @param {{ apart?: boolean }} [options]
 * @returns {Promise<Stage>}
 */
export async function openStage(app, { apart = false } = {}) {
  const [made, site, shared] = await Promise.all([
    bundle(app, { apart }),
    serveSite(),
    apart ? sharedFiles() : undefined,
  ]);
  const lazy = (path) => made.chunks.find((chunk) => chunk.path === path).source !== '';
  const tenant = await openTenant({ shape: app.shape, site: site.origin, tls: await tls() });
  // As Vite and others write them for what the entry imports statically.
  const hints = made.eager
    .filter((path) => path !== made.entry.path && !lazy(path))
    .map(preload)
    .join('');
  const stage = {
    ...{ app, bundle: made, site, tenant },
    given: undefined,
    configure(more, head = '') {
      stage.given = more;
      const config = { tenant: tenant.origin, clientId: tenant.clientId, ...more };
      site.fill([
        ['/index.html', html({ entry: made.entry.path, config, head: hints + head, map: shared?.map })],
        ['/silent.html', SILENT],
        ...made.chunks.map(({ path, contents }) => [path, contents]),
        ...(shared?.files ?? []),
        ...(app.ours ? [['/intelliauth.wasm', readFileSync(WASM)]] : []),
      ]);
    },
    delay(ms) {
      site.delay = ms;
      tenant.delay = ms;
    },
    reset() {
      site.served.length = 0;
      site.reports.length = 0;
      tenant.exchanges.length = 0;
    },
    async close() {
      site.close();
      await tenant.close();
    },
  };
  stage.configure();
  return stage;
}

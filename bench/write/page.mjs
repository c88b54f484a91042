// Writes docs/performance.md and its plots from what was measured.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readHistory } from '../../scripts/lib/history.mjs';
import { docs, measured } from '../lib/paths.mjs';
import { sections } from './sections.mjs';

const TRIED = fileURLToPath(new URL('tried.md', import.meta.url));

/**
 * @param {object} [options]
 * @param {object} [options.found] what was measured; by default the last results
 * @param {ReturnType<typeof readHistory>} [options.releases] the bytes of each
 * @param {string} [options.to] the page's path
 * @returns {string} the page
 */
export function write({
  found = JSON.parse(readFileSync(measured, 'utf8')),
  releases = readHistory(),
  to = docs,
} = {}) {
  const folder = to.replace(/\.md$/, '');
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (name.endsWith('.svg')) rmSync(join(folder, name));
  const draw = (name, themes) => {
    for (const [theme, svg] of Object.entries(themes))
      writeFileSync(join(folder, `${name}-${theme}.svg`), svg);
    const at = (theme) => `${folder.split(/[\\/]/).pop()}/${name}-${theme}.svg`;
    return `<picture><source media="(prefers-color-scheme: dark)" srcset="${at('dark')}"><img alt="${name.replaceAll('-', ' ')}" src="${at('light')}"></picture>`;
  };
  const parts = [head(found)];
  for (const [name, section] of Object.entries(sections)) {
    const row = found.rows[name];
    if (!row) continue;
    parts.push(...section(row, draw, { releases }));
    if (row.quick) parts.push('_Measured with `--quick`: a few rounds._');
  }
  parts.push(readFileSync(TRIED, 'utf8').trim());
  const page = `${parts.filter(Boolean).join('\n\n')}\n`;
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, page);
  return page;
}

function head({ machine, versions, rows }) {
  const days = [...new Set(Object.values(rows).map(({ at }) => at.slice(0, 10)))].sort();
  const packages = Object.entries(versions.packages).map(([name, version]) => `${name} ${version}`);
  return `# Performance

\`npm run bench\` writes this page from [the measurements](performance/measured.json). Code makes every figure, table and verdict; only the last section is written by hand (\`bench/write/tried.md\`). Every SDK runs in its documented minimal configuration, in the same Chromium and against the same provider (\`provider/\`, behind a proxy that adds TLS and the paths that some SDKs need). They are measured in turn, each round in another order. Figures are medians, with the quartiles in brackets. Less is better everywhere. *First, but not clearly* means that the quartiles overlap.

- Machine: ${machine.processor}, ${machine.cores} cores, ${machine.memory}, ${machine.system}
- Chromium ${versions.chromium}, Node ${versions.node}, this SDK at ${versions.commit}, ${days.join(' and ')}
- ${packages.join(', ')}

The apps are in \`bench/apps\`, a few lines each. *preload* is the same app with [\`import '@intelliauth/spa-sdk/preload'\`](start-sooner.md), which puts the whole SDK into the app's entry, where the other SDKs are in any case. Servers and browser share the machine. Some SDKs behave in ways that matter here: oidc-spa looks for a session in an iframe before it lets a user sign in. auth0-spa-js uses refresh tokens and localStorage, as its documentation advises where third-party cookies are blocked. okta-auth-js is started as a service and verifies signatures. msal-browser stays on the callback's page. axa runs without its service worker, and keycloak-js without its login iframe, which needs Keycloak.`;
}

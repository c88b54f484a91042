// Rendering on a server: import and render without a window.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { build } from 'esbuild';
import { root, run } from '../../scripts/lib/run.mjs';
import { snippets } from './support/snippets.mjs';

/** Runs an ES module in a Node process of its own, and answers with what it prints. */
async function printed(t, code) {
  const folder = mkdtempSync(join(root, 'target/server-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const bundle = await build({
    stdin: { contents: code, resolveDir: root, sourcefile: 'page.jsx', loader: 'jsx' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    jsx: 'automatic',
    write: false,
  });
  const path = join(folder, 'page.mjs');
  writeFileSync(path, bundle.outputFiles[0].text);
  return (await run(process.execPath, [path])).trim();
}

describe('on a server', { timeout: 600_000 }, () => {
  for (const document of ['README.md', 'pkg/README.md']) {
    test(`${document}'s quickstart is rendered without a window, as loading`, async (t) => {
      const quickstart = snippets(document).find(({ language }) => language === 'tsx');
      const html = await printed(
        t,
        `import { renderToString } from 'react-dom/server';
        ${quickstart.code}
        console.log(renderToString(<App />));`,
      );
      assert.match(html, /^<button disabled="">Sign in<\/button>/);
    });
  }

  test('a client that is made in a module does not end the process, and says why it is none', async (t) => {
    const said = await printed(
      t,
      `import { createIntelliAuth } from '@intelliauth/spa-sdk';
      const client = createIntelliAuth({ tenantUrl: 'https://tenant.example', clientId: 'app' });
      setTimeout(async () => {
        const { code, cause } = await client.catch((error) => error);
        console.log(code, cause);
      }, 10);`,
    );
    assert.equal(said, 'wasm_unavailable no document');
  });

  test('a method of a store that is called there rejects, and the store, which all requests share, stays loading', async (t) => {
    const said = await printed(
      t,
      `import { createAuthStore } from '@intelliauth/spa-sdk/store';
      const store = createAuthStore({ tenantUrl: 'https://tenant.example', clientId: 'app' });
      for (const method of ['loginWithRedirect', 'getAccessToken']) {
        const { code } = await store[method]().catch((error) => error);
        console.log(method, code, store.get().status);
      }`,
    );
    const each = (method) => `${method} wasm_unavailable loading`;
    assert.equal(said, `${each('loginWithRedirect')}\n${each('getAccessToken')}`);
  });
});

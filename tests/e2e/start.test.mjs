// The start of a page: what is requested, when, and how often.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { root } from '../../scripts/lib/run.mjs';
import { openBrowser } from './support/browser.mjs';
import { bundled, served } from './support/bundle.mjs';
import { builtDemo, TENANT } from './support/demo.mjs';

const browser = await openBrowser();
after(() => browser.close());

/** A page that goes to the sign-in by itself. Its tenant is nobody's: the page is left, and that is all. */
const OPTIONS = `{ tenantUrl: '${TENANT}', clientId: 'app', redirectUri: location.origin + '/callback' }`;
const PLAIN = `
  import { createIntelliAuth } from '@intelliauth/spa-sdk';
  const auth = await createIntelliAuth({ ...${OPTIONS}, ...window.given });
  await auth.loginWithRedirect();`;
const REACT = `
  import { createElement, useEffect } from 'react';
  import { createRoot } from 'react-dom/client';
  import { IntelliAuthProvider, useIntelliAuth } from '@intelliauth/spa-sdk/react';
  function App() {
    const { loginWithRedirect } = useIntelliAuth();
    useEffect(() => void loginWithRedirect(), [loginWithRedirect]);
  }
  createRoot(document.querySelector('main')).render(createElement(IntelliAuthProvider, ${OPTIONS}, createElement(App)));`;

/** Chunks that a page does not request unasked. */
const NOT_YET = ['errors.hints.js', 'trace.js'];

/** Opens an app; its requests for `held` wait until `release()` is called. */
async function opened(t, files, held = [], atOnce = held.length) {
  const { origin, app, page } = await served(t, browser, files);
  const requested = [];
  page.on('request', (request) => {
    const { origin, pathname } = new URL(request.url());
    requested.push(origin === TENANT ? 'authorize' : pathname);
  });
  await page.route(`${TENANT}/**`, (route) => route.fulfill({ body: 'the sign-in page' }));
  let release;
  const open = new Promise((resolve) => {
    release = resolve;
  });
  const waiting = new Set();
  /** Resolves when so many of `held` are waiting at the same time. */
  const together = new Promise((resolve) => {
    for (const path of held)
      page.route(`**${path}`, async (route) => {
        waiting.add(path);
        if (waiting.size === atOnce) resolve();
        await open;
        await route.continue();
      });
  });
  return { origin, app, page, requested, together, release };
}

/** Opens the page, and shows that everything but its entry is requested before any of it is answered, and nothing else before the sign-in. */
async function assertTwoLevels(t, files, entry, lazy) {
  assert.ok(lazy.length > 0);
  const { origin, page, requested, together, release } = await opened(t, files, lazy);
  await page.goto(origin);
  await together;
  release();
  await page.waitForURL(`${TENANT}/**`);
  const own = requested.slice(0, requested.indexOf('authorize')).filter((path) => path.endsWith('.js'));
  assert.deepEqual(own, [entry, ...own.slice(1)]);
  assert.deepEqual(own.slice(1).sort(), [...lazy].sort());
}

describe('the start', { concurrency: 2, timeout: 600_000 }, () => {
  test('a page has two request levels: its own entry, then everything else', async (t) => {
    const { files, chunks, entry } = await bundled(PLAIN);
    const lazy = chunks.filter(({ source }) => source !== 'app.js' && !NOT_YET.includes(source));
    await assertTwoLevels(
      t,
      files,
      entry.path,
      lazy.map(({ path }) => path),
    );
  });

  for (const [kind, code, ...more] of [
    ['plain', PLAIN],
    ['React', REACT, 'session.js'],
  ]) {
    test(`eager and lazy chunks of a ${kind} page share no module`, async () => {
      const { chunks } = await bundled(code);
      // esbuild's own runtime, where it has one, is a chunk that holds no module.
      const holding = chunks.filter(({ modules }) => modules.length > 0);
      assert.deepEqual(holding.map(({ source }) => source).sort(), [
        'app.js',
        'bytes.js',
        'client.js',
        'errors.hints.js',
        ...more,
        'trace.js',
      ]);
      for (const { path, imports } of holding) {
        assert.ok(!holding.some((other) => imports.includes(other.path)), `${path} waits for another chunk`);
      }
    });
  }

  test('so does the demo as Vite builds it', async (t) => {
    const { files } = await builtDemo('production');
    // The entry, and what it imports of what it shares with the demo's other pages: the page names both.
    const eager = files['/index.html'].match(/\/assets\/[^"]+\.js/g);
    const others = Object.keys(files).filter((path) => path.endsWith('.js') && !eager.includes(path));
    const { origin, page, requested, together, release } = await opened(t, Object.entries(files), others, 4);
    await page.goto(origin);
    await together;
    release();
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.waitForURL(`${TENANT}/**`);
    const own = requested.filter((path) => path.endsWith('.js'));
    assert.deepEqual(own.slice(0, eager.length).sort(), eager.sort());
    // `options` is what the client shares with the demo's page /explain; Vite requests it beside the client.
    const rest = own.slice(eager.length);
    assert.deepEqual(rest.map((path) => path.match(/(\w+)-/)[1]).sort(), [
      'bytes',
      'client',
      'options',
      'session',
    ]);
  });

  for (const [kind, code] of [
    ['plain', PLAIN],
    ['React', REACT],
  ]) {
    test(`with \`preload\` a ${kind} page has one request level: what its entry names`, async (t) => {
      const { files, chunks, entry } = await bundled(`import '@intelliauth/spa-sdk/preload';\n${code}`);
      const eager = new Set([entry.path]);
      for (const path of eager) {
        for (const more of chunks.find((chunk) => chunk.path === path).imports) eager.add(more);
      }
      const { origin, page, requested } = await opened(t, files);
      await page.addInitScript(() => {
        const { compile } = WebAssembly;
        let compiled = 0;
        WebAssembly.compile = (...args) => {
          compiled++;
          if (compiled > 1) throw new Error('compiled twice');
          return compile.apply(WebAssembly, args);
        };
      });
      await page.goto(origin);
      await page.waitForURL(`${TENANT}/**`);
      const own = requested.slice(0, requested.indexOf('authorize')).filter((path) => path.endsWith('.js'));
      assert.deepEqual(own.sort(), [...eager].sort());
    });
  }

  test('with a wasm of the app’s own, that is requested beside the client, and the inlined one never', async (t) => {
    const { files, chunks } = await bundled(PLAIN);
    const client = chunks.find(({ source }) => source === 'client.js').path;
    files.set('/own.wasm', readFileSync(join(root, 'pkg/dist/intelliauth.wasm')));
    const { origin, page, requested, together, release } = await opened(t, files, [client, '/own.wasm']);
    await page.addInitScript(() => {
      window.given = { wasm: '/own.wasm' };
    });
    await page.goto(origin);
    await together;
    release();
    await page.waitForURL(`${TENANT}/**`);
    assert.equal(requested.filter((path) => path.includes('bytes')).length, 0);
    assert.equal(requested.filter((path) => path === '/own.wasm').length, 1);
  });

  test('both entries on one page: one IntelliAuthError and one wasm', async (t) => {
    const { files } = await bundled(`
      import * as plain from '@intelliauth/spa-sdk';
      import * as react from '@intelliauth/spa-sdk/react';
      import { createElement } from 'react';
      import { createRoot } from 'react-dom/client';
      const count = { compile: 0, instantiate: 0 };
      for (const name of ['compile', 'instantiate']) {
        const own = WebAssembly[name];
        WebAssembly[name] = (...args) => (count[name]++, own(...args));
      }
      const options = ${OPTIONS};
      let state;
      function App() {
        state = react.useIntelliAuth();
        return state.status;
      }
      createRoot(document.querySelector('main')).render(createElement(react.IntelliAuthProvider, options, createElement(App)));
      window.clients = Promise.all([plain.createIntelliAuth(options), plain.createIntelliAuth(options)]);
      window.found = async () => {
        const error = await plain.createIntelliAuth({ ...options, scope: 'email' }).catch((error) => error);
        return {
          count,
          same: plain.IntelliAuthError === react.IntelliAuthError && plain.isIntelliAuthError === react.isIntelliAuthError,
          known: error instanceof react.IntelliAuthError && error.code,
        };
      };`);
    const { origin, page } = await opened(t, files);
    await page.goto(origin);
    await page.getByText('unauthenticated').waitFor();
    await page.evaluate(() => window.clients.then(() => {}));
    assert.deepEqual(await page.evaluate(() => window.found()), {
      count: { compile: 1, instantiate: 1 },
      same: true,
      known: 'invalid_config',
    });
  });

  test('a load that failed is not kept', async (t) => {
    const { files } = await bundled(`
      import { createIntelliAuth } from '@intelliauth/spa-sdk';
      window.make = (wasm) => createIntelliAuth({ ...${OPTIONS}, wasm }).then(() => 'made', ({ code }) => code);`);
    const { origin, app, page } = await opened(t, files);
    await page.goto(origin);
    assert.equal(await page.evaluate(() => window.make('/own.wasm')), 'wasm_unavailable');
    app.files.set('/own.wasm', readFileSync(join(root, 'pkg/dist/intelliauth.wasm')));
    assert.equal(await page.evaluate(() => window.make('/own.wasm')), 'made');
  });

  test('a client that cannot be requested is wasm_unavailable, said at once', async (t) => {
    const { files, chunks } = await bundled(`
      import { createIntelliAuth, isIntelliAuthError } from '@intelliauth/spa-sdk';
      window.make = () => createIntelliAuth(${OPTIONS}).catch((error) =>
        [isIntelliAuthError(error), error.code, error.transient, error.message, String(error.cause)]);`);
    files.delete(chunks.find(({ source }) => source === 'client.js').path);
    const { origin, page } = await opened(t, files);
    await page.goto(origin);
    const [known, code, transient, message, cause] = await page.evaluate(() => window.make());
    // A browser does not ask for a module again once it could not be had: the same call cannot succeed in this page.
    assert.deepEqual([known, code, transient], [true, 'wasm_unavailable', false]);
    assert.match(message, /could not be loaded/);
    assert.match(cause, /client/);
  });
});

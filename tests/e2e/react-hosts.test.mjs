// React's provider where something else has the page first: a server's markup, a router's history, a development server.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import * as sdk from '@intelliauth/spa-sdk/react';
import * as React from 'react';
import { renderToString } from 'react-dom/server';
import { root } from '../../scripts/lib/run.mjs';
import { openBrowser, PATIENCE } from './support/browser.mjs';
import { choose } from './support/flow.mjs';
import { reactApp } from './support/react-app.mjs';

const browser = await openBrowser();
after(() => browser.close());

/** The same on the server and in the page. */
function appOf({ createElement: h }, { useIntelliAuth }) {
  return () => {
    const { status, user, loginWithRedirect } = useIntelliAuth();
    return h(
      'main',
      { 'data-status': status },
      h('p', null, user?.name ?? status),
      h('button', { onClick: loginWithRedirect }, 'Sign in'),
    );
  };
}

describe('React after something else', { concurrency: 2, timeout: 600_000 }, () => {
  for (const [kind, given, making] of [
    ['options', 'given', ''],
    ['a client that is ready before', '{ client }', 'const client = await createIntelliAuth(given);'],
  ]) {
    test(`a server's markup is hydrated without a complaint, with ${kind}, signed in or not`, async (t) => {
      const world = await reactApp(
        t,
        browser,
        `import { hydrateRoot } from 'react-dom/client';
        const App = (${appOf})(React, { useIntelliAuth });
        ${making}
        hydrateRoot(document.getElementById('root'), <IntelliAuthProvider {...${given}}><App /></IntelliAuthProvider>);`,
      );
      const App = appOf(React, sdk);
      const options = { tenantUrl: 'https://tenant.example', clientId: 'app' };
      const app = React.createElement(sdk.IntelliAuthProvider, options, React.createElement(App));
      const html = renderToString(app);
      assert.match(html, /data-status="loading"/);
      const index = world.files.get('/index.html');
      world.files.set('/index.html', index.replace('<div id="root">', `<div id="root">${html}`));
      const page = await world.context.newPage();
      const said = [];
      page.on('console', (message) => message.type() === 'error' && said.push(message.text()));
      page.on('pageerror', (error) => said.push(String(error)));
      await page.goto(`${world.origin}/start`);
      await page.getByText('unauthenticated').waitFor();
      await page.getByRole('button', { name: 'Sign in' }).click();
      await choose(page, world);
      await page.getByText('Ada Lovelace').waitFor();
      assert.equal(page.url(), `${world.origin}/start`);
      await page.reload();
      await page.getByText('Ada Lovelace').waitFor();
      assert.deepEqual(said, []);
    });
  }

  test('history.state is kept, as routers need it, while the address is cleaned and left', async (t) => {
    const world = await reactApp(
      t,
      browser,
      `const App = (${appOf})(React, { useIntelliAuth });
      mount(<IntelliAuthProvider {...given}><App /></IntelliAuthProvider>);`,
    );
    await world.context.addInitScript(() => {
      history.replaceState({ __NA: true, tree: ['', {}] }, '', location.href);
      window.pops = 0;
      addEventListener('popstate', () => window.pops++);
    });
    const page = await world.tab('/start');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await choose(page, world);
    await page.getByText('Ada Lovelace').waitFor();
    assert.equal(page.url(), `${world.origin}/start`);
    assert.deepEqual(await page.evaluate(() => [history.state, pops]), [{ __NA: true, tree: ['', {}] }, 0]);
  });

  test('fast refresh keeps the client and what components hold', async (t) => {
    const { createServer } = await import('vite');
    const { default: react } = await import('@vitejs/plugin-react');
    mkdirSync(join(root, 'target'), { recursive: true });
    const folder = mkdtempSync(join(root, 'target/refresh-'));
    const component = (word) => `
      import { useIntelliAuth } from '@intelliauth/spa-sdk/react';
      import { useState } from 'react';
      export function App() {
        const [count, setCount] = useState(0);
        return <button onClick={() => setCount(count + 1)}>${word} {useIntelliAuth().status} {count}</button>;
      }`;
    writeFileSync(join(folder, 'App.jsx'), component('before'));
    writeFileSync(
      join(folder, 'main.jsx'),
      `import { IntelliAuthProvider } from '@intelliauth/spa-sdk/react';
      import { createRoot } from 'react-dom/client';
      import { App } from './App.jsx';
      createRoot(document.querySelector('main')).render(
        <IntelliAuthProvider tenantUrl="https://tenant.e2e.invalid" clientId="app"><App /></IntelliAuthProvider>);`,
    );
    writeFileSync(
      join(folder, 'index.html'),
      '<!doctype html><link rel="icon" href="data:,"><main></main><script type="module" src="/main.jsx"></script>',
    );
    const server = await createServer({
      root: folder,
      configFile: false,
      logLevel: 'error',
      cacheDir: join(folder, '.vite'),
      plugins: [react()],
      server: { host: '127.0.0.1', port: 0, watch: { usePolling: true, interval: 50 } },
    });
    t.after(async () => {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    });
    await server.listen();
    const context = await browser.newContext();
    t.after(() => context.close());
    context.setDefaultTimeout(PATIENCE);
    const page = await context.newPage();
    await page.addInitScript(() => {
      window.opened = 0;
      window.BroadcastChannel = class extends BroadcastChannel {
        constructor(name) {
          super(name);
          if (name.startsWith('intelliauth')) window.opened++;
        }
      };
    });
    await page.goto(`http://127.0.0.1:${server.httpServer.address().port}/`);
    const button = (text) => page.getByRole('button', { name: text, exact: true });
    await button('before unauthenticated 0').click();
    await button('before unauthenticated 1').waitFor();
    const opened = await page.evaluate(() => window.opened);
    assert.ok(opened > 0);
    writeFileSync(join(folder, 'App.jsx'), component('after'));
    await button('after unauthenticated 1').waitFor();
    assert.equal(await page.evaluate(() => window.opened), opened, 'no other client');
  });
});

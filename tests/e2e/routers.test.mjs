// docs/routers.md, run as it is written: each router, base paths, hash routing, hosts without a fallback.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { openBrowser } from './support/browser.mjs';
import { example, named } from './support/example.mjs';
import { choose } from './support/flow.mjs';

const browser = await openBrowser();
after(() => browser.close());

/** What the document's snippets take as given: the options, and pages that say which one they are. */
const AROUND = `
  import { useIntelliAuth } from '@intelliauth/spa-sdk/react';
  import { useEffect } from 'react';
  const { tenantUrl, clientId, requestTimeoutSeconds } = window.given;
  export { Callback } from './callback.tsx';
  export const frames = [];
  const page = (name) => () => {
    const { status, user, error, loginWithRedirect } = useIntelliAuth();
    useEffect(() => { frames.push([name, status].join(' ')); });
    return (
      <main>
        <p>{name} {status} {user?.name}</p>
        {error && <p role="alert">{error.code}</p>}
        <button onClick={loginWithRedirect}>Sign in</button>
      </main>
    );
  };
  export const [App, Home, Reports] = ['app', 'home', 'reports'].map(page);
  export const options = { tenantUrl, clientId, requestTimeoutSeconds };
`;
const ENTRY = `
  import './around.js';
  import { Root } from './root.tsx';
  import { createRoot } from 'react-dom/client';
  createRoot(document.getElementById('app')).render(<Root />);`;

/** An app whose `Root` is the document's snippet, registered at `redirectUris`. */
function app(t, snippet, redirectUris, code = named('docs/routers.md', snippet)) {
  const modules = {
    'app.tsx': ENTRY,
    'around.js': "import * as around from './around.tsx'; Object.assign(globalThis, around);",
    'around.tsx': AROUND,
    'callback.tsx': named('docs/routers.md', 'callback.tsx'),
    'root.tsx': code,
  };
  return example(t, browser, "import './app.tsx';", modules, {
    registered: ({ redirectUri }) => redirectUris.map((path) => new URL(path, redirectUri).href),
  });
}

const address = (page) => page.url().slice(new URL(page.url()).origin.length);

/** Signs in at `start`, whose page is `name`, and is back there. Answers with the page, and all that it complained of. */
async function signInAt(world, start, name) {
  const page = await world.context.newPage();
  const complaints = [];
  page.on(
    'console',
    (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()),
  );
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(world.origin + start);
  await page.getByText(`${name} unauthenticated`).waitFor();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await choose(page, world);
  await page.getByText(`${name} authenticated Ada Lovelace`).waitFor();
  assert.equal(address(page), start);
  assert.equal(world.exchanges().length, 1);
  assert.deepEqual(complaints, []);
  return page;
}

describe('a router', { concurrency: 2, timeout: 600_000 }, () => {
  for (const [what, snippet, start, name] of [
    ['React Router, declarative', 'declarative.tsx', '/reports?year=2026#top', 'app'],
    ['React Router, data', 'data.tsx', '/', 'home'],
    ['TanStack Router', 'tanstack.tsx', '/', 'home'],
    ['React Router under a base path', 'base-path.tsx', '/shop/reports?year=2026#top', 'app'],
    ['React Router under a base path, at its start page', 'base-path.tsx', '/shop', 'app'],
  ]) {
    test(`${what}: the user is back on the page of the sign-in, and nothing complained`, async (t) => {
      const world = await app(t, snippet, [snippet === 'base-path.tsx' ? '/shop/callback' : '/callback']);
      await signInAt(world, start, name);
    });
  }

  for (const [what, start, redirectUri] of [
    ['at the root of its origin', '/#/reports?year=2026', '/'],
    ['under a base path', '/shop/#/reports?year=2026', '/shop/'],
  ]) {
    test(`a hash router ${what} needs no file but its page, and no frame of the start page says who is signed in`, async (t) => {
      const code = named('docs/routers.md', 'hash.tsx').replace(
        '{...options}',
        `{...options} redirectUri="${redirectUri}"`,
      );
      const world = await app(t, 'hash.tsx', [redirectUri], redirectUri === '/' ? undefined : code);
      world.server.fallback = false;
      world.files.set(redirectUri, world.files.get('/index.html'));
      const page = await signInAt(world, start, 'app');
      const frames = await page.evaluate(() => frames);
      assert.deepEqual(
        frames.filter((frame) => /^home (?!loading)/.test(frame)),
        [],
      );
      await page.reload();
      await page.getByText('app authenticated Ada Lovelace').waitFor();
    });
  }
});

describe('without a router', { concurrency: 2, timeout: 600_000 }, () => {
  const root = (options) => `
    import { IntelliAuthProvider } from '@intelliauth/spa-sdk/react';
    export const Root = () => <IntelliAuthProvider {...globalThis.options} ${options}><App /></IntelliAuthProvider>;`;

  for (const [what, redirectUri, pages] of [
    ['the start page as redirect URI', '/shop/', ['/shop/']],
    ['a file for the callback', '/shop/callback/', ['/shop/', '/shop/callback/']],
  ]) {
    test(`under a base path, on a host that answers 404 to what is no file, with ${what}`, async (t) => {
      const world = await app(t, '', [redirectUri], root(`redirectUri="${redirectUri}"`));
      world.server.fallback = false;
      for (const path of pages) world.files.set(path, world.files.get('/index.html'));
      assert.equal((await fetch(`${world.origin}/shop/other`)).status, 404);
      const page = await signInAt(world, '/shop/', 'app');
      await page.reload();
      await page.getByText('app authenticated Ada Lovelace').waitFor();
    });
  }
});

// A React app of a test's own, with the built package.
import { join } from 'node:path';
import { describe } from 'node:test';
import { build } from 'esbuild';
import { root } from '../../../scripts/lib/run.mjs';
import { servedPath } from './serve.mjs';
import { reactWorld } from './world.mjs';

const REACT_18 = join(root, 'tests/react-18/node_modules');

const PRELUDE = `
  import * as React from 'react';
  import { Component, StrictMode, Suspense, startTransition, useCallback, useEffect, useState } from 'react';
  import { createRoot } from 'react-dom/client';
  import { createIntelliAuth } from '@intelliauth/spa-sdk';
  import {
    IntelliAuthContext, IntelliAuthProvider, RequireAuth, SignInError, SignedIn, SignedOut, useAccessToken,
    useIntelliAuth, useSuspenseIntelliAuth, useUser, withAuthenticationRequired,
  } from '@intelliauth/spa-sdk/react';
  const mount = (element, strict = true) => {
    window.root = createRoot(document.getElementById('root'));
    window.root.render(strict ? <StrictMode>{element}</StrictMode> : element);
  };
`;

/**
 * A world whose app is `code`, with what React and the package export at hand and `mount(element)`; `given` are the
 * options of this world's provider.
 *
 * @param {import('node:test').TestContext} t
 * @param {import('playwright-core').Browser} browser
 * @param {string} code
 * @param {import('./world.mjs').WorldSettings & { options?: object, react?: '18' | '19' }} [settings]
 */
export async function reactApp(t, browser, code, { react = '19', ...settings } = {}) {
  const world = await reactWorld(t, browser, settings);
  world.files.clear();
  for (const [path, text] of await bundle(code, react)) world.files.set(path, text);
  return world;
}

async function bundle(code, react) {
  const { outputFiles } = await build({
    stdin: { contents: PRELUDE + code, resolveDir: root, sourcefile: 'app.jsx', loader: 'jsx' },
    alias: react === '18' ? { react: join(REACT_18, 'react'), 'react-dom': join(REACT_18, 'react-dom') } : {},
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    // StrictMode does everything twice in development only.
    define: { 'process.env.NODE_ENV': '"development"' },
    outdir: '/out',
    entryNames: 'app',
    absWorkingDir: root,
    write: false,
    logLevel: 'silent',
  });
  return [
    [
      '/index.html',
      '<!doctype html><title>react</title><link rel="icon" href="data:,"><div id="root"></div><script type="module" src="/app.js"></script>',
    ],
    ...outputFiles.map(({ path, text }) => [servedPath(path), text]),
  ];
}

/** The state and buttons, of `auth`. */
export const SHOWN = `<main data-status={auth.status}>
    <p>{auth.user?.name ?? auth.reason ?? auth.status}</p>
    {auth.error && <p role="alert">{auth.error.code}</p>}
    <button onClick={auth.loginWithRedirect}>Sign in</button>
    <button onClick={auth.logout}>Sign out</button>
  </main>`;

/**
 * Tests that hold in every React that is supported, in StrictMode.
 *
 * @param {import('playwright-core').Browser} browser
 * @param {(app: (t: import('node:test').TestContext, code: string, settings?: object) => ReturnType<typeof reactApp>, react: '18' | '19') => void} tests
 */
export function inEachReact(browser, tests) {
  for (const react of ['18', '19']) {
    describe(`React ${react}, in StrictMode`, { concurrency: 2, timeout: 600_000 }, () => {
      tests((t, code, settings) => reactApp(t, browser, code, { react, ...settings }), react);
    });
  }
}

export const address = (page) => page.url().slice(new URL(page.url()).origin.length);
export const button = (page, name = 'Sign in') => page.getByRole('button', { name, exact: true });
export const authorized = ({ platform }) => platform.log.filter(({ path }) => path === '/oauth2/authorize');
export { atProvider } from './flow.mjs';

/** Counts what a client holds open, from before the page's first script: a client in use has one channel. */
export const countChannels = (page) =>
  page.addInitScript(() => {
    window.channels = 0;
    window.BroadcastChannel = class extends BroadcastChannel {
      constructor(name) {
        super(name);
        window.channels++;
      }
      close() {
        super.close();
        window.channels--;
      }
    };
    window.unhandled = [];
    addEventListener('unhandledrejection', ({ reason }) => window.unhandled.push(String(reason)));
  });

// The document's snippets compile and run, and the adapters take what Playwright and Node have.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTestClient, signedInAs, signedOut } from '@intelliauth/spa-sdk/testing';
import { transform } from 'esbuild';
import { Failed, root, run } from '../../scripts/lib/run.mjs';
import { openBrowser } from '../e2e/support/browser.mjs';
import { example } from '../e2e/support/example.mjs';
import { snippets } from '../e2e/support/snippets.mjs';

const AROUND = `
  import type { BrowserContext, Page } from 'playwright-core';
  declare global {
    function test(name: string, run: (given: { page: Page; context: BrowserContext }) => Promise<void>): void;
  }
`;
const LIBRARY = `
  declare module 'vitest' {
    export function test(name: string, run: () => void): void;
    export function expect(value: unknown): { toEqual(other: unknown): void };
  }
  declare module '@testing-library/react' {
    export function act(work: () => void): void;
    export function render(what: unknown): void;
    export const screen: { getByText(text: string): unknown; getByRole(role: string, how: object): { click(): void } };
  }
`;
const ADAPTERS = `
  import { createServer } from 'node:http';
  import type { BrowserContext, Page } from 'playwright-core';
  import { createFakePlatform, platformFetch, platformListener, routePlatform } from '@intelliauth/spa-sdk/testing';
  const platform = createFakePlatform({ redirectUris: ['http://localhost/callback'] });
  createServer(platformListener(platform));
  export const routed = (page: Page, context: BrowserContext) =>
    Promise.all([routePlatform(page, platform), routePlatform(context, platform)]);
  globalThis.fetch = platformFetch(platform);
  // @ts-expect-error: a platform without a redirect URI signs nobody in
  createFakePlatform({ redirectUris: [] });
`;

test('the environment for Jest is the one that the packaging matrix tries', () => {
  const { code } = snippets('docs/testing.md').find(({ name }) => name === 'environment.cjs');
  const tried = readFileSync(join(root, 'tests/packaging/cases/jest/environment.cjs'), 'utf8');
  assert.equal(code, tried);
});

test('docs/testing.md compiles', { timeout: 300_000 }, async (t) => {
  mkdirSync(join(root, 'target'), { recursive: true });
  const folder = mkdtempSync(join(root, 'target/kit-snippets-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const files = { 'around.d.ts': AROUND, 'library.d.ts': LIBRARY, 'adapters.ts': ADAPTERS };
  for (const { language, code, line } of snippets('docs/testing.md'))
    files[`line_${line}.${language}`] = code;
  files['tsconfig.json'] = JSON.stringify({
    compilerOptions: {
      target: 'ES2022',
      module: 'ES2022',
      moduleResolution: 'bundler',
      lib: ['ES2022', 'DOM', 'DOM.Iterable'],
      types: ['node'],
      jsx: 'react-jsx',
      strict: true,
      skipLibCheck: true,
      noEmit: true,
    },
    include: ['*'],
  });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  await run(process.execPath, [tsc, '-p', folder]).catch((error) => {
    throw error instanceof Failed ? new Error(error.output) : error;
  });
});

test('docs/testing.md’s sign-in without redirects signs in as it is written', {
  timeout: 300_000,
}, async (t) => {
  const browser = await openBrowser();
  t.after(() => browser.close());
  const { code } = snippets('docs/testing.md').find(({ code }) => code.includes('platform.visit'));
  const world = await example(t, browser, `${code}\ndocument.title = String(user.name);`, {});
  const page = await world.open();
  await page.waitForFunction(() => document.title === 'Ada Lovelace');
});

/** Throws where a browser's does. */
class Socket extends EventTarget {
  state = 'connecting';
  sent = 0;
  open() {
    this.state = 'open';
    this.dispatchEvent(new Event('open'));
  }
  send() {
    if (this.state === 'connecting') throw new DOMException('still connecting', 'InvalidStateError');
    this.sent++;
    this.dispatchEvent(new Event('sent'));
  }
  close() {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.dispatchEvent(new Event('close'));
  }
}

test('docs/api.md’s WebSocket sends nothing before it is open, then each token, and closes where there is none', async (t) => {
  const { code } = snippets('docs/api.md').find(({ name }) => name === 'socket.ts');
  const { code: script } = await transform(code.replace("import { auth } from './auth';", ''), {
    loader: 'ts',
  });
  const { WebSocket } = globalThis;
  t.after(() => Object.assign(globalThis, { WebSocket, auth: undefined }));
  const { connect } = await import(`data:text/javascript,${encodeURIComponent(script)}`);
  globalThis.WebSocket = Socket;
  const begin = async () => {
    globalThis.auth = createTestClient(signedInAs());
    return [globalThis.auth, await connect('wss://api.example.com')];
  };

  const [client, socket] = await begin();
  client.fire({ type: 'token_refreshed' });
  let sent = once(socket, 'sent');
  socket.open();
  await sent;
  sent = once(socket, 'sent');
  client.fire({ type: 'token_refreshed' });
  await sent;
  assert.equal(socket.sent, 2);
  client.fail('getAccessToken', 'network_error');
  const closed = once(socket, 'close');
  client.fire({ type: 'token_refreshed' });
  await closed;

  const [other, second] = await begin();
  second.open();
  await once(second, 'sent');
  other.become(signedOut('logout'));
  assert.equal(second.state, 'closed');
});

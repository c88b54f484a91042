// Every snippet of the documents compiles against the package and the libraries that it names.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { Failed, root, run } from '../../scripts/lib/run.mjs';
import { snippets } from './support/snippets.mjs';

/** What a reader has already. */
const AROUND = `
  import type { IntelliAuth, IntelliAuthOptions } from '@intelliauth/spa-sdk';
  import type { ReactNode } from 'react';
  declare global {
    // Vite's.
    interface ImportMeta {
      readonly env: { readonly DEV: boolean };
    }
    const options: IntelliAuthOptions;
    const tenantUrl: string;
    const clientId: string;
    const client: IntelliAuth;
    const navigate: (url: string, options?: { replace?: boolean }) => void;
    const Spinner: () => ReactNode;
    const App: () => ReactNode;
    const Account: () => ReactNode;
    const Home: () => ReactNode;
    const Reports: () => ReactNode;
    const Callback: () => ReactNode;
    const Problem: (props: { text: string; retry: () => void }) => ReactNode;
    const show: (what: unknown) => void;
    const tell: (what: string) => void;
    const retryLater: () => void;
    const render: (...what: unknown[]) => void;
    const $props: () => { children: unknown };
  }
`;
const MODULES = `
  declare module '@capacitor/app' {
    export const App: {
      addListener(event: 'appUrlOpen', listener: (event: { url: string }) => void): Promise<unknown>;
    };
  }
  declare module '@capacitor/browser' {
    export const Browser: { open(options: { url: string }): Promise<void>; close(): Promise<void> };
  }
  declare module 'next/navigation' {
    export function useRouter(): { replace(url: string): void };
  }
  declare module '$app/navigation' {
    export function goto(url: string, options: { replaceState: boolean }): Promise<void>;
  }
  declare module '$lib/auth';
  declare module '*?url' {
    const url: string;
    export default url;
  }
  declare module '*.vue' {
    const component: import('vue').Component;
    export default component;
  }
`;
const ROUTER =
  "declare const router: import('vue').Plugin<[]> & { replace(url: string): Promise<unknown> }; export default router;";
// tests/kit compiles the testing kit's.
const DOCUMENTS = [
  'README.md',
  'pkg/README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md') && name !== 'testing.md')
    .map((name) => `docs/${name}`),
];

test('every snippet of the documents compiles', { timeout: 600_000 }, async (t) => {
  // Beside tests/apps's packages.
  mkdirSync(join(root, 'target'), { recursive: true });
  const folder = mkdtempSync(join(root, 'target/snippets-'));
  t.after(() => rmSync(folder, { recursive: true }));
  let count = 0;
  const add = (name, code) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), code);
  };
  for (const document of DOCUMENTS) {
    const place = document.replace(/\W/g, '_');
    for (const { language, name, code, line } of snippets(document)) {
      // Other SDKs' code, beside this one's.
      if (name === 'before') continue;
      const script = code.match(/<script[^>]*lang="ts">([\s\S]*?)<\/script>/)?.[1];
      if (script !== undefined) add(`${place}/${language}_${line}.ts`, script);
      else if (['ts', 'tsx', 'js'].includes(language)) {
        const file = name || `line_${line}.${language === 'js' ? 'ts' : language}`;
        add(`${place}/${file}`, /^(import|export) /m.test(code) ? code : `export {};\n${code}`);
      } else continue;
      count++;
    }
  }
  assert.ok(count > 30, `${count} snippets`);
  add('around.d.ts', AROUND);
  add('modules.d.ts', MODULES);
  add('docs_frameworks_md/router.ts', ROUTER);
  add(
    'tsconfig.json',
    JSON.stringify({
      compilerOptions: {
        target: 'ES2022',
        module: 'ES2022',
        moduleResolution: 'bundler',
        lib: ['ES2022', 'DOM', 'DOM.Iterable'],
        types: [],
        jsx: 'react-jsx',
        strict: true,
        skipLibCheck: true,
        noEmit: true,
      },
      include: ['**/*'],
    }),
  );
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  await run(process.execPath, [tsc, '-p', folder]).catch((error) => {
    throw error instanceof Failed ? new Error(error.output) : error;
  });
});

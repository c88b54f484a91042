// The documents' code as apps of their own: what is written there is bundled and served as it is.
import { build, transform } from 'esbuild';
import { compile } from 'svelte/compiler';
import { compileScript, parse } from 'vue/compiler-sfc';
import { root } from '../../../scripts/lib/run.mjs';
import { servedPath } from './serve.mjs';
import { snippets } from './snippets.mjs';
import { reactWorld } from './world.mjs';

/** The code of a document's snippet, by its name or else its language. */
export const named = (document, name) =>
  snippets(document).find((snippet) => snippet.name === name || snippet.language === name).code;

/** Vue's and Svelte's components, as their bundlers compile them. */
const compilers = {
  vue: (code) =>
    `${
      compileScript(parse(code).descriptor, { id: 'app', inlineTemplate: true, genDefaultAs: '__default' })
        .content
    }\nexport default __default;`,
  svelte: (code) => compile(code, { generate: 'client' }).js.code,
};

/**
 * A world whose app is `entry`, which imports `modules`; the example's addresses are the world's.
 *
 * @param {import('node:test').TestContext} t
 * @param {import('playwright-core').Browser} browser
 * @param {string} entry
 * @param {Record<string, string>} modules code by its path without `./`; TSX where it ends so
 * @param {import('./world.mjs').WorldSettings & { options?: object }} [settings]
 */
export async function example(t, browser, entry, modules, settings) {
  const world = await reactWorld(t, browser, {
    registered: ({ redirectUri }) => [redirectUri, new URL('/', redirectUri).href],
    ...settings,
  });
  const plugin = {
    name: 'snippets',
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /^\.\// }, ({ path, importer, namespace }) => {
        if (namespace !== 'snippet' && importer !== '<stdin>' && !/app\.ts$/.test(importer)) return undefined;
        return { path: path.slice(2), namespace: 'snippet' };
      });
      onLoad({ filter: /.*/, namespace: 'snippet' }, async ({ path }) => {
        const [, component] = path.match(/\.(vue|svelte)$/) ?? [];
        const code = modules[path];
        const compiled =
          component && path in modules && /<script/.test(code) ? compilers[component](code) : code;
        const loader = path.endsWith('.tsx') ? 'tsx' : 'ts';
        return { contents: (await transform(compiled, { loader, jsx: 'automatic' })).code, resolveDir: root };
      });
    },
  };
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: root, sourcefile: 'app.ts', loader: 'ts' },
    plugins: [plugin],
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['browser'],
    define: {
      'process.env.NODE_ENV': '"production"',
      __VUE_OPTIONS_API__: 'false',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    },
    outdir: '/out',
    entryNames: 'app',
    absWorkingDir: root,
    write: false,
    logLevel: 'error',
  });
  const { issuer, clientId } = world.platform;
  world.files.clear();
  world.files.set(
    '/index.html',
    '<!doctype html><link rel="icon" href="data:,"><div id="app"></div><script type="module" src="/app.js"></script>',
  );
  for (const { path, text } of outputFiles) {
    const here = text
      .replaceAll('https://your-tenant.example', issuer)
      .replaceAll('https://api.example.com', issuer)
      .replaceAll('your-client-id', clientId);
    world.files.set(servedPath(path), here);
  }
  world.open = async (path = '/') => {
    const page = await world.context.newPage();
    await page.goto(world.origin + path);
    return page;
  };
  return world;
}

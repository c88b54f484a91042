import { basename } from 'node:path';
import { build } from 'esbuild';
import { root } from '../../../scripts/lib/run.mjs';
import { PATIENCE } from './browser.mjs';
import { serve } from './serve.mjs';

/**
 * An app as esbuild bundles it, with code splitting.
 *
 * @typedef {object} Chunk
 * @property {string} path on the server
 * @property {string | undefined} source the module it was made for
 * @property {string[]} modules whose code it holds
 * @property {string[]} imports chunks that are requested because of this one, before it runs
 *
 * @param {string} code the app's own entry
 * @returns {Promise<{ files: Map<string, string>, chunks: Chunk[], entry: Chunk }>}
 */
export async function bundled(code) {
  const { metafile, outputFiles } = await build({
    stdin: { contents: code, resolveDir: root, sourcefile: 'app.js' },
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"production"' },
    outdir: '/',
    absWorkingDir: root,
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const name = (path) => `/${basename(path)}`;
  const chunks = Object.entries(metafile.outputs).map(([path, output]) => ({
    path: name(path),
    source: output.entryPoint?.split('/').at(-1),
    modules: Object.keys(output.inputs),
    imports: output.imports.filter(({ kind }) => kind === 'import-statement').map(({ path }) => name(path)),
  }));
  const files = new Map(outputFiles.map(({ path, text }) => [name(path), text]));
  const entry = chunks.find(({ source }) => source === 'app.js');
  files.set(
    '/index.html',
    `<!doctype html><link rel="icon" href="data:,"><main></main><script type="module" src="${entry.path}"></script>`,
  );
  return { files, chunks, entry };
}

/**
 * Serves such an app, and opens a page that is still to go there.
 *
 * @param {import('node:test').TestContext} t
 * @param {import('playwright-core').Browser} browser
 * @param {Iterable<[string, string | Buffer]>} files
 */
export async function served(t, browser, files) {
  const app = await serve();
  t.after(() => app.close());
  for (const [path, body] of files) app.files.set(path, body);
  const context = await browser.newContext();
  t.after(() => context.close());
  context.setDefaultTimeout(PATIENCE);
  return { origin: `http://localhost:${app.port}`, app, page: await context.newPage() };
}

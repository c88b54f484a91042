// Bundles the apps as an app's own production build would: esbuild, minified, split where the SDK splits.
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { here } from './paths.mjs';

const PAGE = join(here, 'lib/page.js');
/** Whatever they come with, every package gets the same React. */
const alias = Object.fromEntries(
  ['react', 'react-dom'].map((name) => [name, join(here, 'node_modules', name)]),
);
const common = {
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"' },
  legalComments: 'none',
  absWorkingDir: here,
  outdir: '/',
  write: false,
  logLevel: 'silent',
};

/**
 * @typedef {object} Chunk
 * @property {string} path on the server
 * @property {string} source the module that it was made for
 * @property {Buffer} contents
 * @property {string[]} imports chunks that are requested because of this one, before it runs
 *
 * @typedef {object} Bundle
 * @property {Chunk[]} chunks
 * @property {Chunk} entry
 * @property {string[]} eager paths of what is loaded before the app's first line runs
 */

/**
 * @param {import('./apps.mjs').App} app
 * @param {{ apart?: boolean }} [options] `apart`: React and the bench's own lines are left to files of their own, so that
 *   the chunks hold the SDK and the lines that use it
 * @returns {Promise<Bundle>}
 */
export async function bundle(app, { apart = false } = {}) {
  const { metafile, outputFiles } = await build({
    ...common,
    entryPoints: [{ in: `apps/${app.file}`, out: 'app' }],
    splitting: true,
    metafile: true,
    ...(apart ? { plugins: [leftOut] } : { alias: { ...alias, 'bench-page': PAGE } }),
  });
  const name = (path) => `/${basename(path)}`;
  const chunks = Object.entries(metafile.outputs).map(([path, output]) => ({
    path: name(path),
    source: output.entryPoint ?? '',
    contents: Buffer.from(outputFiles.find((file) => name(file.path) === name(path)).contents),
    imports: output.imports
      .filter(({ kind, external }) => kind === 'import-statement' && !external)
      .map(({ path }) => name(path)),
  }));
  const of = (path) => chunks.find((chunk) => chunk.path === path);
  const reach = (path, found = new Set()) => {
    if (found.has(path)) return found;
    found.add(path);
    for (const next of of(path).imports) reach(next, found);
    return found;
  };
  const entry = chunks.find(({ source }) => source === `apps/${app.file}`);
  // An app may itself be loaded by what its SDK has run before it.
  const own = chunks.filter(({ source }) => source.startsWith('apps/'));
  const eager = new Set(own.flatMap(({ path }) => [...reach(path)]));
  return { chunks, entry, eager: [...eager] };
}

/** What is left out of apart bundles, and the file that it is then. */
const SHARED = {
  'bench-page': PAGE,
  react: 'react',
  'react/jsx-runtime': 'react/jsx-runtime',
  'react-dom/client': 'react-dom/client',
};

/** CommonJS asks with `require`, which a page does not have. */
const leftOut = {
  name: 'left out',
  setup(hooks) {
    hooks.onResolve({ filter: /^(react|react-dom|bench-page)(\/|$)/ }, ({ path, kind, namespace }) => {
      if (!(path in SHARED)) return undefined;
      if (kind === 'require-call' && namespace !== 'required') return { path, namespace: 'required' };
      return { path, external: true };
    });
    hooks.onLoad({ filter: /.*/, namespace: 'required' }, ({ path }) => ({
      contents: `export * from ${JSON.stringify(path)}; export { default } from ${JSON.stringify(path)};`,
    }));
  },
};

let shared;
/** The files of {@link SHARED}, by path, and the import map that names them. */
export async function sharedFiles() {
  shared ??= build({
    ...common,
    alias,
    splitting: true,
    entryNames: 'shared/[name]',
    chunkNames: 'shared/[name]-[hash]',
    plugins: [namedExports],
    entryPoints: Object.entries(SHARED).map(([id]) => ({ in: `shared:${id}`, out: id.replaceAll('/', '-') })),
  }).then(({ outputFiles }) => ({
    files: outputFiles.map(({ path, contents }) => [path, Buffer.from(contents)]),
    map: {
      imports: Object.fromEntries(
        Object.keys(SHARED).map((id) => [id, `/shared/${id.replaceAll('/', '-')}.js`]),
      ),
    },
  }));
  return shared;
}

/** React is CommonJS: its names have to be spelled out for those who import them by name. */
const namedExports = {
  name: 'shared',
  setup(hooks) {
    hooks.onResolve({ filter: /^shared:/ }, ({ path }) => ({ path: path.slice(7), namespace: 'shared' }));
    hooks.onLoad({ filter: /.*/, namespace: 'shared' }, async ({ path }) => {
      const file = SHARED[path];
      if (file === PAGE) return { contents: `export * from ${JSON.stringify(PAGE)}`, resolveDir: here };
      const names = Object.keys(await import(file)).filter(
        (name) => /^\w+$/.test(name) && name !== 'default',
      );
      const from = JSON.stringify(file);
      return {
        contents: `export { ${names.filter((name) => name !== 'module.exports').join(', ')} } from ${from}; export { default } from ${from}`,
        resolveDir: here,
      };
    });
  },
};

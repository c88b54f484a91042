// `npm run docs`: the documentation as a site, with TypeDoc's and rustdoc's beside it, built and served.
//   --build   builds it into target/site and ends
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from '../scripts/build.mjs';
import { Advice, npmCommand, root, run } from '../scripts/lib/run.mjs';
import { exclusively, fingerprint, isFresh, keepStamp } from '../scripts/lib/stamp.mjs';
import { bold, dim, main, step } from '../scripts/lib/step.mjs';
import * as need from '../scripts/setup.mjs';
import { diagramsOf, draw } from './lib/diagrams.mjs';
import { writePages } from './lib/pages.mjs';
import { serveSite } from './lib/serve.mjs';

const here = join(root, 'site');
const out = join(root, 'target/site');
/** Under this folder, so that its pages find the generator. */
const pages = join(here, '.pages');

/** The generators are no part of the project's own install. */
async function install() {
  const print = () => fingerprint(['site/package.json', 'site/package-lock.json'], process.version);
  await step('generators', (onLine) =>
    exclusively(async () => {
      if (isFresh('site', print()) && existsSync(join(here, 'node_modules'))) return 'up to date';
      const [command, ...args] = npmCommand();
      const flags = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
      await run(command, [...args, ...flags], { cwd: here, onLine });
      keepStamp('site', print());
      return 'installed';
    }, onLine),
  );
}

async function buildPages() {
  const { sources, pictured } = diagramsOf();
  writePages(pages, pictured);
  await draw(sources, pages);
  const entry = createRequire(join(here, 'package.json')).resolve('vitepress');
  const { build: buildSite } = await import(pathToFileURL(entry).href);
  await buildSite(pages, { outDir: out });
}

async function buildTypes(onLine) {
  const { exports } = JSON.parse(readFileSync(join(root, 'pkg/package.json'), 'utf8'));
  const declared = Object.values(exports).map(({ default: entry }) => entry?.types);
  const entries = declared
    .filter((path) => path && !path.endsWith('/wasm.d.ts'))
    .map((path) => join(root, 'pkg', path));
  const flags = ['--out', join(out, 'types'), '--name', '@intelliauth/spa-sdk', '--readme', 'pkg/README.md'];
  const tsconfig = ['--tsconfig', join(here, 'tsconfig.json'), '--skipErrorChecking', '--excludeExternals'];
  const typedoc = join(here, 'node_modules/typedoc/bin/typedoc');
  await run(process.execPath, [typedoc, ...flags, ...tsconfig, ...entries], { onLine });
}

async function buildRust(onLine) {
  await run('cargo', ['doc', '--no-deps', '--lib', '--quiet'], { onLine });
  rmSync(join(out, 'rust'), { recursive: true, force: true });
  cpSync(join(root, 'target/doc'), join(out, 'rust'), { recursive: true });
}

await main(async () => {
  const port = Number(process.env.DOCS_PORT || 5174);
  if (!Number.isInteger(port)) throw new Advice(`DOCS_PORT=${process.env.DOCS_PORT} is no port`);
  await build();
  await need.browser();
  await install();
  await step('pages', buildPages);
  await step('types', buildTypes);
  await step('rust', buildRust);
  if (process.argv.includes('--build')) return console.log(`\n  The site is in ${bold('target/site')}.\n`);
  await serveSite(out, port);
  console.log(`\n  The documentation   ${bold(`http://localhost:${port}`)}`);
  console.log(dim('\n  Ctrl-C stops it.\n'));
  await new Promise(() => {});
});

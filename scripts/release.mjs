// `npm run release`: builds, checks and packs the package, and prints what would be published. It publishes nothing:
// that is the last line it prints, for a workflow that may attest provenance.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from './build.mjs';
import { remember } from './lib/history.mjs';
import { Advice, ask, npmCommand, root, run } from './lib/run.mjs';
import { bold, dim, main, step } from './lib/step.mjs';
import * as need from './setup.mjs';
import { figures } from './size.mjs';

const folder = join(root, 'target/release-package');
const read = (path) => readFileSync(join(root, path), 'utf8');
const sha256 = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');
const kb = (bytes) => `${(bytes / 1024).toFixed(1)} KB`.padStart(10);

/** What has to agree before anything is built. Answers with the version and its changes. */
async function agreed() {
  const { version } = JSON.parse(read('pkg/package.json'));
  const [, crate] = read('Cargo.toml').match(/^version = "(.+)"/m);
  if (crate !== version)
    throw new Advice(`Cargo.toml says ${crate}, pkg/package.json ${version}: set one of them`);
  const changes = sectionOf(version);
  if (!changes) {
    throw new Advice(`CHANGELOG.md has no section [${version}]: rename [Unreleased] to it, with the date`);
  }
  const changed = await ask('git', 'status', '--porcelain');
  if (changed) throw new Advice(`A release is made of a commit. Commit first, or stash:\n${changed}`);
  return { version, changes };
}

/** A version's section of the changelog, without its heading. */
function sectionOf(version) {
  const sections = read('CHANGELOG.md').split(/^## /m);
  return sections
    .find((section) => section.startsWith(`[${version}]`))
    ?.replace(/.*\n/, '')
    .trim();
}

/** Packs what is built; `npm pack` alone would build it once more. */
async function packed() {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const [command, ...first] = npmCommand();
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const output = await run(command, [...first, ...args], { cwd: join(root, 'pkg') });
  const [answer] = Object.values(JSON.parse(output.slice(output.search(/[[{]/))));
  return { ...answer, path: join(folder, readdirSync(folder)[0]) };
}

function print({ version, changes }, tarball, commit, toolchain) {
  console.log(bold(`\n  @intelliauth/spa-sdk ${version}`));
  for (const { path, size } of tarball.files) console.log(`  ${kb(size)}  ${path}`);
  console.log(`  ${kb(tarball.unpackedSize)}  unpacked, ${kb(tarball.size).trim()} packed\n`);
  const facts = {
    tarball: relative(root, tarball.path),
    integrity: tarball.integrity,
    'sha256 of the wasm': sha256(join(root, 'pkg/dist/intelliauth.wasm')),
    commit,
    ...toolchain,
  };
  for (const [name, fact] of Object.entries(facts)) console.log(`  ${dim(name.padEnd(20))} ${fact}`);
  console.log(bold('\n  Changes'));
  console.log(changes.replace(/^/gm, '  '));
  console.log(
    bold('\n  Nothing was published. A workflow with `id-token: write` would do it, with provenance:'),
  );
  console.log(`  npm publish ${relative(root, tarball.path)} --access public --provenance\n`);
}

await main(async () => {
  await need.node();
  const release = await step('version, changelog, tree', agreed);
  await build();
  if (remember(release.version, await figures())) {
    throw new Advice(
      `docs/size-history.json now has the bytes of ${release.version}: commit it, then run this again`,
    );
  }
  const everything = [process.execPath, join(root, 'scripts/test.mjs')];
  await step('npm test', (onLine) => run(everything[0], everything.slice(1), { onLine }));
  const matrix = join(root, 'scripts/packaging.mjs');
  await step('npm run test:packaging', (onLine) => run(process.execPath, [matrix], { onLine }));
  const tarball = await step('pack', packed);
  const first = (text) => text?.split('\n')[0] ?? 'unknown';
  print(release, tarball, first(await ask('git', 'rev-parse', 'HEAD')), {
    rustc: first(await ask('rustc', '--version')),
    'wasm-bindgen': first(await ask('wasm-bindgen', '--version')),
    node: process.version,
  });
});

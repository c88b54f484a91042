// The package as it is packed: what tools of its users find in it.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { npmCommand, root, run } from '../../scripts/lib/run.mjs';

const manifest = JSON.parse(readFileSync(join(root, 'pkg/package.json'), 'utf8'));
/** A package's command as a script for Node: on Windows what npm links is no program. */
function command(name) {
  const folder = join(root, 'node_modules', name);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof bin === 'string' ? bin : Object.values(bin)[0]);
}

describe('the package', { timeout: 600_000 }, () => {
  let folder;
  let tarball;
  let unpacked;
  before(async () => {
    folder = mkdtempSync(join(root, 'target/pack-'));
    // Built before the tests.
    const [npm, ...args] = npmCommand();
    const flags = ['--ignore-scripts', '--pack-destination', folder];
    await run(npm, [...args, 'pack', ...flags], { cwd: join(root, 'pkg') });
    const [name] = readdirSync(folder);
    tarball = join(folder, name);
    // By its name alone: some tars take a drive for another machine.
    await run('tar', ['-xzf', name], { cwd: folder });
    unpacked = join(folder, 'package');
  });
  after(() => rmSync(folder, { recursive: true }));

  test('publint --strict has nothing to say', async () => {
    assert.match(await run(process.execPath, [command('publint'), 'run', tarball, '--strict']), /All good/);
  });

  test('attw finds the types of every entry in every mode', async () => {
    const said = await run(process.execPath, [command('@arethetypeswrong/cli'), tarball, '--format', 'json']);
    const { analysis, problems } = JSON.parse(said);
    assert.deepEqual(problems ?? {}, {});
    assert.deepEqual(
      Object.keys(analysis.entrypoints).sort(),
      Object.keys(manifest.exports).sort(),
      'every entry is looked at',
    );
  });

  /** The declarations that an entry's reach, by name. */
  function reached(name, found = new Map()) {
    if (found.has(name)) return found;
    const text = readFileSync(join(unpacked, name), 'utf8');
    found.set(name, text);
    for (const [, path] of text.matchAll(/(?:from |import\()'(\.\.?\/[^']+)\.js'/g)) {
      reached(join(dirname(name), `${path}.d.ts`), found);
    }
    return found;
  }

  test('no declaration that an app reaches has private members, which no other copy’s would fit', () => {
    const entries = Object.values(manifest.exports)
      .map(({ default: entry }) => entry?.types)
      .filter(Boolean);
    assert.ok(entries.length >= 6);
    for (const entry of entries) {
      for (const [name, text] of reached(entry)) assert.doesNotMatch(text, /#private|^ *private /m, name);
    }
  });

  test('what declarations speak of is in it, and so are source maps with their sources', () => {
    for (const entry of Object.values(manifest.exports)) {
      for (const [name, text] of entry.default ? reached(entry.default.types) : []) {
        for (const [, path] of text.matchAll(/`((?:docs\/)?\w+\.md)`/g)) {
          assert.ok(existsSync(join(unpacked, path)), `${name} speaks of ${path}`);
        }
      }
    }
    const scripts = readdirSync(join(unpacked, 'dist')).filter((name) => /\.js$/.test(name));
    for (const name of scripts.filter((name) => !['glue.js', 'bytes.js'].includes(name))) {
      const map = JSON.parse(readFileSync(join(unpacked, `dist/${name}.map`), 'utf8'));
      assert.ok(map.sourcesContent?.[0], name);
    }
    for (const path of [
      'SECURITY.md',
      'CHANGELOG.md',
      'docs/errors.md',
      'LICENSE-MIT',
      'LICENSE-APACHE',
      'README.md',
    ]) {
      assert.ok(existsSync(join(unpacked, path)), path);
    }
  });

  test('the manifest says where it comes from', () => {
    for (const field of ['repository', 'homepage', 'bugs', 'engines', 'license', 'description', 'keywords']) {
      assert.ok(manifest[field], field);
    }
  });

  test('the command runs as it is packed, with no other package', async () => {
    const said = await run(process.execPath, [join(unpacked, manifest.bin['spa-sdk']), '--version']);
    assert.equal(said.trim(), manifest.version);
    const path = join(unpacked, manifest.bin['spa-sdk']);
    const form = 'grant_type=authorization_code&client_id=app&code=x';
    const failed = await run(process.execPath, [path, 'explain', form]).catch((error) => error);
    assert.match(failed.output, /^ERROR /m);
  });

  test('no framework’s code is in the core entry, and each entry imports its own framework alone', () => {
    const imports = (name, found = new Set(), seen = new Set()) => {
      if (seen.has(name)) return found;
      seen.add(name);
      const text = readFileSync(join(unpacked, 'dist', name), 'utf8');
      for (const [, path] of text.matchAll(/(?:from|import)\s*\(?['"]([^'"]+)['"]/g)) {
        if (path.startsWith('.')) imports(join(dirname(name), path), found, seen);
        else found.add(path);
      }
      return found;
    };
    assert.deepEqual([...imports('index.js')], []);
    assert.deepEqual([...imports('store.js')], []);
    assert.deepEqual([...imports('vue.js')], ['vue']);
    assert.deepEqual([...imports('react.js')].sort(), ['react', 'react/jsx-runtime']);
  });
});

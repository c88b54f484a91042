// What fails on macOS or Windows alone, as far as it can be seen from here.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { npmCommand, root } from '../../scripts/lib/run.mjs';
import { servedPath } from './support/serve.mjs';

const files = spawnSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).stdout.trim().split('\n');
const modules = files.filter((path) => /\.(mjs|cjs|js|ts)$/.test(path));

test('npm is started as a script for Node on Windows, which starts no npm.cmd without a shell', () => {
  const { npm_execpath: running } = process.env;
  delete process.env.npm_execpath;
  try {
    const [program, script] = npmCommand('win32', join('C:', 'node', 'node.exe'));
    assert.match(program, /node\.exe$/);
    assert.match(script, /npm-cli\.js$/);
    assert.deepEqual(npmCommand('darwin'), ['npm']);
  } finally {
    if (running !== undefined) process.env.npm_execpath = running;
  }
  const direct = modules.filter((path) =>
    /\b(spawn|run|start)\(\s*'np[mx]'|: \['npm'\]/.test(readFileSync(join(root, path), 'utf8')),
  );
  // The bench is run on Linux alone.
  assert.deepEqual(
    direct.filter((path) => !path.startsWith('bench/')),
    [],
  );
});

test('no module is imported by an absolute path, whose drive Node takes for a scheme', () => {
  const absolute = /\bimport\((join|resolve|root)\b/;
  const found = modules.filter(
    (path) => path !== 'tests/e2e/portable.test.mjs' && absolute.test(readFileSync(join(root, path), 'utf8')),
  );
  assert.deepEqual(found, []);
});

test('what esbuild writes is served under the same path', () => {
  for (const path of ['/out/app.js', 'C:\\out\\app.js', 'D:\\a\\out\\app.js']) {
    assert.equal(servedPath(path), '/app.js');
  }
});

test('every file has a name that each system takes, once, and the same line ends', () => {
  const odd = files.filter((path) =>
    /[<>:"|?*\\]|[. ](\/|$)|(^|\/)(con|prn|aux|nul|com\d|lpt\d)(\.|\/|$)/i.test(path),
  );
  assert.deepEqual(odd, []);
  assert.equal(new Set(files.map((path) => path.toLowerCase())).size, files.length);
  assert.match(readFileSync(join(root, '.gitattributes'), 'utf8'), /^\* text=auto eol=lf$/m);
});

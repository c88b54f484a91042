// What fails on macOS or Windows alone, as far as it can be seen from here.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { browsers } from '../../scripts/lib/browsers.mjs';
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
  assert.deepEqual(direct, []);
});

test('npm’s scripts are lines that cmd.exe understands as well', () => {
  const manifests = files.filter((path) => /(^|\/)package\.json$/.test(path));
  assert.ok(manifests.length > 5);
  for (const path of manifests) {
    const { scripts = {} } = JSON.parse(readFileSync(join(root, path), 'utf8'));
    for (const [name, line] of Object.entries(scripts)) {
      // Programs and arguments alone: no word of a shell, no variable, pattern or quote.
      assert.match(line, /^[\w./@:= -]+( && [\w./@:= -]+)*$/, `${path}: ${name}`);
      assert.doesNotMatch(
        line,
        /(^|&& )(\w+=|(exec|export|cp|rm|mv|mkdir|cat|sh|bash|test|\.\/)\b)/,
        `${path}: ${name}`,
      );
    }
  }
});

describe('what npm runs', {
  skip: process.platform === 'win32' && 'Windows tells nobody that a parent is gone',
}, () => {
  /**
   * Has a shell run `npm run begin`, which is `line`: a program that starts another one and says `lives` for ever. Answers
   * once it does; its output closes with the last process that holds it.
   */
  async function running(t, line) {
    const folder = mkdtempSync(join(tmpdir(), 'npm-run-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const helper = pathToFileURL(join(root, 'scripts/lib/run.mjs')).href;
    const other = `setInterval(() => console.log('lives'), 100);`;
    const script = `import { start } from ${JSON.stringify(helper)};
      start(process.execPath, ['-e', ${JSON.stringify(other)}], { onLine: (line) => console.log(line) });`;
    writeFileSync(join(folder, 'script.mjs'), script);
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts: { begin: line } }));
    const npm = [...npmCommand(), 'run', 'begin'].map((word) => `'${word}'`).join(' ');
    // In a group of its own, so that nothing is left whatever comes of it.
    const shell = spawn('sh', ['-c', `${npm} & echo $!; wait`], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    t.after(() => {
      try {
        process.kill(-shell.pid, 'SIGKILL');
      } catch {}
    });
    const closed = once(shell.stdout, 'close');
    const lines = createInterface({ input: shell.stdout });
    const [pid] = await once(lines, 'line');
    const lives = async (times) => {
      for (let left = times; left > 0; ) if ((await once(lines, 'line'))[0] === 'lives') left--;
    };
    await lives(1);
    return { shell, npm: Number(pid), lives, closed };
  }

  test('ends with npm, even one that is killed outright behind its shell', { timeout: 60_000 }, async (t) => {
    const { npm, closed } = await running(t, 'node script.mjs');
    process.kill(npm, 'SIGKILL');
    await closed;
  });

  test('does not end with the terminal that npm was started from', { timeout: 60_000 }, async (t) => {
    // Some shells do so unasked: npm is then the parent.
    const { shell, npm, lives, closed } = await running(t, 'exec node script.mjs');
    shell.kill('SIGKILL');
    await lives(20);
    process.kill(npm, 'SIGKILL');
    await closed;
  });
});

describe('the set-up finds', () => {
  /** What is found on a system that has these programs alone. */
  const found = (platform, env, ...programs) =>
    browsers({ platform, env, exists: (path) => programs.includes(path) });
  const WINDOWS = {
    Path: 'C:\\Windows',
    ProgramFiles: 'C:\\Program Files',
    'ProgramFiles(x86)': 'C:\\Program Files (x86)',
    LocalAppData: 'C:\\Users\\ada\\AppData\\Local',
  };
  const EDGE = 'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe';
  const edgeDriver = (path) => ({ variable: 'MSEDGEDRIVER', path });
  const chromeDriver = (path) => ({ variable: 'CHROMEDRIVER', path });

  test('nothing where there is nothing', () => {
    for (const platform of ['linux', 'darwin', 'win32']) {
      assert.deepEqual(found(platform, { PATH: '/bin' }), { chrome: undefined, driver: undefined });
    }
  });

  test('Edge where it is the only one, without a driver and with its own', () => {
    assert.deepEqual(found('win32', WINDOWS, EDGE), { chrome: EDGE, driver: undefined });
    const path = 'D:\\tools\\msedgedriver.exe';
    const env = { ...WINDOWS, Path: 'C:\\Windows;D:\\tools' };
    assert.deepEqual(found('win32', env, EDGE, path), { chrome: EDGE, driver: edgeDriver(path) });
    const hosted = { ...WINDOWS, EDGEWEBDRIVER: 'D:\\tools' };
    assert.deepEqual(found('win32', hosted, EDGE, path).driver, edgeDriver(path));
    const mac = '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge';
    assert.equal(found('darwin', { PATH: '/bin' }, mac).chrome, mac);
    assert.equal(
      found('linux', { PATH: '/bin:/usr/bin' }, '/usr/bin/microsoft-edge').chrome,
      '/usr/bin/microsoft-edge',
    );
  });

  test('Chromium and Chrome’s channels where they are installed', () => {
    for (const name of ['Google\\Chrome', 'Google\\Chrome Beta', 'Google\\Chrome SxS', 'Chromium']) {
      const path = `${WINDOWS.LocalAppData}\\${name}\\Application\\chrome.exe`;
      assert.equal(found('win32', WINDOWS, path).chrome, path);
    }
    for (const name of ['Google Chrome', 'Google Chrome Beta', 'Google Chrome Canary', 'Chromium']) {
      for (const place of ['/Applications', '/Users/ada/Applications']) {
        const path = `${place}/${name}.app/Contents/MacOS/${name}`;
        assert.equal(found('darwin', { PATH: '/bin', HOME: '/Users/ada' }, path).chrome, path);
      }
    }
    assert.equal(
      found('linux', { PATH: '/opt/bin' }, '/opt/bin/google-chrome-beta').chrome,
      '/opt/bin/google-chrome-beta',
    );
  });

  test('a driver of a browser that is there: chromedriver does not drive Edge, nor msedgedriver Chrome', () => {
    const chrome = `${WINDOWS.ProgramFiles}\\Google\\Chrome\\Application\\chrome.exe`;
    const drivers = ['D:\\tools\\chromedriver.exe', 'D:\\tools\\msedgedriver.exe'];
    const env = { ...WINDOWS, Path: 'D:\\tools' };
    assert.equal(found('win32', env, EDGE, drivers[0]).driver, undefined);
    assert.equal(found('win32', env, chrome, drivers[1]).driver, undefined);
    assert.deepEqual(found('win32', env, chrome, EDGE, ...drivers), {
      chrome,
      driver: chromeDriver(drivers[0]),
    });
    assert.deepEqual(found('win32', env, chrome, EDGE, drivers[1]), {
      chrome,
      driver: edgeDriver(drivers[1]),
    });
  });

  test('what the environment names', () => {
    const env = { PATH: '/bin', CHROME: '/my/msedge', MSEDGEDRIVER: '/my/driver', CHROMEDRIVER: '/my/other' };
    assert.deepEqual(found('linux', env), { chrome: '/my/msedge', driver: edgeDriver('/my/driver') });
    assert.deepEqual(found('linux', { ...env, CHROME: '/my/chrome' }).driver, chromeDriver('/my/other'));
  });
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

// Consumers as they would be on another machine: a folder of their own with the packed package in it.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { npmCommand, root, run, tools } from '../../../scripts/lib/run.mjs';
import { fingerprint, isFresh, keepStamp } from '../../../scripts/lib/stamp.mjs';

const here = join(root, 'tests/packaging');
const workshop = join(tools, 'packaging');

/**
 * A tool, or a way of doing without, that takes the package in.
 *
 * @typedef {object} Case
 * @property {string} name its folder's; the files in there are the consumer's
 * @property {string} title
 * @property {string} [tool] the npm package whose version is told
 * @property {boolean} [fast] whether `npm test` runs it
 * @property {string[]} [apps] folders, seen from `apps/`, whose files it has as well
 * @property {Record<string, Mode>} modes
 *
 * What is run, first of all `run`, in the consumer's folder. Programs are files for Node: of an npm package, or `./own`.
 * @typedef {object} Mode
 * @property {string[]} [run] builds for production, or is the whole test
 * @property {string} [files] the folder that a web server then shows, with index.html for every other address
 * @property {(port: string) => string[]} [server] the server that is started instead
 * @property {string} [html] what the server renders, before any script
 * @property {number} [scripts] how many a page may request up to its sign-in button; none may be empty then
 * @property {number} [late] of these, how many when the app's own code runs
 * @property {string} [preload] the app's own entry, which imports `/preload` in this mode
 * @property {boolean} [warmUp] whether the page is opened once before: the dev server reloads its first page
 * @property {Record<string, string>} [env]
 */

/** All cases, in the order of their folders. @returns {Promise<Case[]>} */
export function cases() {
  return Promise.all(
    readdirSync(join(here, 'cases')).map(async (name) => ({
      name,
      ...(await import(`../cases/${name}/case.mjs`)).default,
    })),
  );
}

/** What npm has put into a consumer's folder. By the lock file tools see where the consumer begins. */
const INSTALLED = ['node_modules', 'package-lock.json'];

let packed;

/** The package as `npm pack` makes it, unpacked once per run. */
function pack(onLine) {
  packed ??= (async () => {
    const folder = join(workshop, 'pack');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const flags = ['--ignore-scripts', '--pack-destination', folder];
    await npm(['pack', ...flags], { cwd: join(root, 'pkg'), onLine });
    const [tarball] = readdirSync(folder);
    await run('tar', ['-xzf', tarball], { cwd: folder });
    return join(folder, 'package');
  })();
  return packed;
}

function npm(args, options) {
  const [command, ...first] = npmCommand();
  return run(command, [...first, ...args], options);
}

/**
 * The consumer's folder, made anew but for what npm has installed there.
 *
 * @param {Case} consumer
 * @param {(line: string) => void} onLine
 */
export async function prepare({ name, apps = [] }, onLine) {
  const folder = join(workshop, name);
  const source = join(here, 'cases', name);
  mkdirSync(folder, { recursive: true });
  const manifest = join(source, 'package.json');
  const stamp = `packaging-${name}`;
  const print = existsSync(manifest) ? fingerprint([`tests/packaging/cases/${name}/package.json`]) : '';
  const installed = INSTALLED.every((entry) => existsSync(join(folder, entry)));
  const kept = isFresh(stamp, print) && (installed || !print) ? INSTALLED : [];
  for (const entry of readdirSync(folder)) {
    if (!kept.includes(entry)) rmSync(join(folder, entry), { recursive: true, force: true });
  }
  for (const from of [...apps.map((app) => join(here, 'apps', app)), source]) {
    cpSync(from, folder, { recursive: true });
  }
  if (print && !existsSync(join(folder, 'package-lock.json'))) {
    await npm(['install', '--no-audit', '--no-fund', '--no-progress', '--loglevel=http'], {
      cwd: folder,
      onLine,
    });
  }
  keepStamp(stamp, print);
  const target = join(folder, 'node_modules/@intelliauth/spa-sdk');
  rmSync(target, { recursive: true, force: true });
  cpSync(await pack(onLine), target, { recursive: true });
  return folder;
}

/** The path of a program of an npm package, from the consumer's folder; its own and Node's flags as they are. */
export function program(folder, [name, ...args]) {
  if (/^[-.]/.test(name)) return [process.execPath, name, ...args];
  return [process.execPath, join(modules(folder, name), name), ...args];
}

/** The version of `tool` that the consumer has. */
export function version(folder, tool) {
  return JSON.parse(readFileSync(join(modules(folder, tool), tool, 'package.json'), 'utf8')).version;
}

/** The `node_modules` that holds `path`: the consumer's own, or the workbench's. */
const modules = (folder, path) =>
  [join(folder, 'node_modules'), join(root, 'node_modules')].find((modules) =>
    existsSync(join(modules, path)),
  );

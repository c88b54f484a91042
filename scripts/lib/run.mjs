// Running other programs, and leaving none behind. Node built-ins only: this runs before npm packages exist.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { homedir, constants as os, setPriority } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const tools = join(root, '.tools');

/** An error whose message says what to do; the user sees that line and no stack trace. */
export class Advice extends Error {}

/** A program that ended badly, with all that it said. */
export class Failed extends Error {
  constructor(what, output) {
    super(what);
    this.output = output;
  }
}

// The project's own tools first; then, should rustup's folder not be on PATH in this shell yet, that one too.
const cargoHome = process.env.CARGO_HOME ?? join(homedir(), '.cargo');
export const env = {
  ...process.env,
  PATH: [join(tools, 'bin'), process.env.PATH, join(cargoHome, 'bin')].join(delimiter),
};
// Both would silently replace what Cargo.toml and .cargo/config.toml say.
delete env.RUSTFLAGS;
delete env.CARGO_ENCODED_RUSTFLAGS;
env.CARGO_TARGET_DIR = join(root, 'target');
// What makes the next build cheaper or a debugger's work easier, a runner that starts from nothing pays for and never uses.
if (env.CI) {
  env.CARGO_INCREMENTAL ??= '0';
  env.CARGO_PROFILE_DEV_CODEGEN_UNITS ??= '1';
  env.CARGO_PROFILE_DEV_DEBUG ??= '0';
}

const WINDOWS = process.platform === 'win32';

/** Whether there is a program at this path. */
export function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The full path of the first of `names` that is on PATH. */
export function which(...names) {
  const folders = env.PATH.split(delimiter);
  const paths = names.flatMap((name) =>
    folders.map((folder) => join(folder, WINDOWS ? `${name}.exe` : name)),
  );
  return paths.find(isProgram);
}

/**
 * npm, as a program and its first arguments: the one that runs this, or the one beside Node. On Windows it is a script for
 * Node, because without a shell nothing starts an `npm.cmd`.
 */
export function npmCommand(platform = process.platform, execPath = process.execPath) {
  const { npm_execpath: running } = process.env;
  if (running) return [execPath, running];
  if (platform !== 'win32') return ['npm'];
  return [execPath, join(dirname(execPath), 'node_modules/npm/bin/npm-cli.js')];
}

const alive = new Set();

/**
 * Starts a program as the leader of its own process group, so that stopping it stops what it started.
 * `onLine` gets every line of stdout and stderr; stdin is a pipe that closes when this process ends. With `yields` it runs
 * only where nothing else wants the processor.
 */
export function start(command, args, { cwd = root, env: extra, onLine = () => {}, yields = false } = {}) {
  const child = spawn(command, args, {
    cwd,
    env: { ...env, ...extra },
    stdio: ['pipe', 'pipe', 'pipe'],
    // The leader of a group; on Windows it would be another console.
    detached: !WINDOWS,
    windowsHide: true,
  });
  alive.add(child);
  if (yields && child.pid) {
    try {
      setPriority(child.pid, os.priority.PRIORITY_LOW);
    } catch {} // It has ended already, or the system does not let it.
  }
  child.output = '';
  child.stdin.on('error', () => {});
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream.setEncoding('utf8').on('data', (text) => {
      child.output += text;
      const lines = (rest + text).split(/\r?\n|\r/);
      rest = lines.pop();
      lines.forEach(onLine);
    });
    stream.on('end', () => rest && onLine(rest));
  }
  child.done = new Promise((resolve, reject) => {
    child.on('error', (error) => {
      alive.delete(child);
      reject(new Failed(`${command}: ${error.code ?? error.message}`, ''));
    });
    child.on('close', (code, signal) => {
      alive.delete(child);
      resolve(signal ?? code);
    });
  });
  return child;
}

/** Runs a program to its end; the answer is what it said. */
export async function run(command, args, options) {
  const child = start(command, args, options);
  child.stdin.end();
  const code = await child.done;
  if (code !== 0) throw new Failed(`${command.split(/[\\/]/).pop()} ended with ${code}`, child.output);
  return child.output;
}

/** What a program prints, or `undefined` if it is missing or fails. */
export const ask = (command, ...args) =>
  run(command, args).then(
    (output) => output.trim(),
    () => undefined,
  );

const signalGroup = (child, signal) => {
  // Windows has no groups and no asking.
  if (WINDOWS) return spawnSync('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore' });
  try {
    process.kill(-child.pid, signal);
  } catch {}
};

/** Stops these programs and what each started, by default all: asked first, then made to. */
export async function stopAll(children = [...alive]) {
  for (const child of children) signalGroup(child, 'SIGTERM');
  let timer;
  const patience = new Promise((resolve) => {
    timer = setTimeout(resolve, 3000);
  });
  await Promise.race([Promise.allSettled(children.map((child) => child.done)), patience]);
  clearTimeout(timer);
  for (const child of children) signalGroup(child, 'SIGKILL');
}

let stopping;
function stop(code) {
  stopping ??= stopAll().finally(() => process.exit(code));
}
for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
  process.on(signal, () => stop(code));
}
// npm killed outright tells nobody; losing it says as much. The shell that npm starts may stand between, and outlive it.
if (process.env.npm_lifecycle_event) {
  const parent = process.ppid;
  const beyond = parentOfShell(parent);
  const lost = () => process.ppid !== parent || parentOfShell(parent) !== beyond;
  setInterval(() => lost() && stop(143), 250).unref();
}

/** The parent of a process that is a shell, where the system tells it in a file. */
function parentOfShell(pid) {
  try {
    const [, name, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').match(/\((.*)\) \S (\d+)/s);
    // Of npm itself nobody minds the parent: it may be meant to outlive the terminal.
    return /^(\w*sh|busybox)$/.test(name) ? parent : undefined;
  } catch {}
}

/** True once a signal asked this process to end: what fails then is no failure. */
export const isStopping = () => stopping !== undefined;
process.on('exit', () => {
  for (const child of alive) signalGroup(child, 'SIGKILL');
});

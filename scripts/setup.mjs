// What the project needs and how it is had. Every need is met once per run, costs next to nothing when it
// is met already, and says in one line what to do when it cannot be met. Node built-ins only.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { browsers } from './lib/browsers.mjs';
import { Advice, ask, env, isProgram, npmCommand, root, run, tools, which } from './lib/run.mjs';
import { exclusively, fingerprint, isFresh, keepStamp } from './lib/stamp.mjs';
import { step } from './lib/step.mjs';

const WASM_PACK = '0.15.1';
const CARGO_FUZZ = '0.13.2';
const TARGET = 'wasm32-unknown-unknown';

const read = (path) => readFileSync(join(root, path), 'utf8');
const older = (found, wanted) => found.localeCompare(wanted, 'en', { numeric: true }) < 0;

/** A need as a step of its own that runs once, and alone in this folder. */
function need(name, meet) {
  let met;
  return () => {
    met ??= step(typeof name === 'function' ? name() : name, (onLine) =>
      exclusively(() => meet(onLine), onLine),
    );
    return met;
  };
}

/** Turns a program's failure to reach its registry into advice. */
async function online(registry, work) {
  try {
    return await work;
  } catch (error) {
    const unreachable =
      /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|could not resolve host|couldn't connect|network failure|spurious network error|failed to download|could not download|dns error/i;
    const [reason] = error.output?.match(unreachable) ?? [];
    if (!reason) throw error;
    throw new Advice(
      `${registry} cannot be reached (${reason}): check the network or proxy, then run this again`,
    );
  }
}

export const node = need('node', () => {
  const wanted = JSON.parse(read('package.json')).engines.node.replace('>=', '');
  const found = process.versions.node;
  if (older(found, wanted)) {
    throw new Advice(
      `Node ${wanted} or newer is needed and this is ${found}: install one from https://nodejs.org`,
    );
  }
  return found;
});

export const npm = need('npm packages', async (onLine) => {
  const workspaces = ['pkg', 'provider', 'tests/apps', 'tests/react-18', 'www'].map(
    (folder) => `${folder}/package.json`,
  );
  const print = () => fingerprint(['package.json', 'package-lock.json', ...workspaces], process.version);
  const installed = existsSync(join(root, 'node_modules/.package-lock.json'));
  if (installed && isFresh('npm', print())) return 'up to date';
  // From nothing, exactly what is locked; later, what package.json asks for now.
  const verb = installed && !env.CI ? 'install' : 'ci';
  const [command, ...args] = npmCommand();
  const flags = ['--no-audit', '--no-fund', '--no-progress', '--loglevel=http', '--include=dev'];
  await online('The npm registry', run(command, [...args, verb, ...flags], { onLine }));
  keepStamp('npm', print());
  return 'installed';
});

export const rust = need('rust', async () => {
  const found = (await ask('rustc', '--version'))?.split(' ')[1];
  if (!found || !which('cargo')) {
    throw new Advice('Rust is missing: install it from https://rustup.rs, then run this again');
  }
  const wanted = read('Cargo.toml').match(/^rust-version = "(.+)"/m)?.[1];
  if (wanted && older(found, wanted)) {
    throw new Advice(`Rust ${wanted} or newer is needed and this is ${found}: run \`rustup update stable\``);
  }
  // rustc links with the system's C compiler, which the smallest systems lack.
  if (process.platform === 'linux' && !which('cc', 'gcc', 'clang')) {
    await apt(['gcc', 'libc6-dev'], 'a C compiler, which Rust links with (gcc or clang)');
  }
  return found;
});

/** The lint tools, which rustup's minimal profile leaves out. */
export const rustLinters = need('rustfmt and clippy', async (onLine) => {
  if ((await ask('cargo', 'fmt', '--version')) && (await ask('cargo', 'clippy', '--version')))
    return 'up to date';
  await rustup(['component', 'add', 'rustfmt', 'clippy'], onLine);
  return 'installed';
});

export const wasmTarget = need(TARGET, async (onLine) => {
  const present = async () =>
    existsSync(join((await ask('rustc', '--print', 'sysroot')) ?? '', 'lib/rustlib', TARGET));
  if (await present()) return 'up to date';
  await rustup(['target', 'add', TARGET], onLine);
  return 'installed';
});

async function rustup(args, onLine) {
  if (!which('rustup')) {
    throw new Advice(
      `This Rust is not rustup's: add what \`rustup ${args.join(' ')}\` would, or use https://rustup.rs`,
    );
  }
  await online("rustup's server", run('rustup', args, { onLine }));
}

/** The command-line tool must be of exactly the version that the crate is built with. */
const bindgenVersion = () => {
  const [, version] = read('Cargo.lock').match(/name = "wasm-bindgen"\nversion = "(.+)"/) ?? [];
  if (!version) throw new Advice('Cargo.lock names no wasm-bindgen: restore it from git');
  return version;
};

// Not with --locked, which asks for a crate version that the registry does not hold; and without TLS, because it talks
// to the driver on this machine alone.
export const wasmBindgen = need(
  () => `wasm-bindgen ${bindgenVersion()}`,
  (onLine) => {
    const programs = ['--bin', 'wasm-bindgen', '--bin', 'wasm-bindgen-test-runner'];
    const flags = ['--no-default-features', ...programs];
    return cargoInstall('wasm-bindgen', ['wasm-bindgen-cli', bindgenVersion(), ...flags], onLine);
  },
);

// Not with --locked, so that it shares what wasm-bindgen was built from: a third less to compile.
export const wasmPack = need(`wasm-pack ${WASM_PACK}`, (onLine) =>
  cargoInstall('wasm-pack', ['wasm-pack', WASM_PACK], onLine, { yields: true }),
);

export const cargoFuzz = need(`cargo-fuzz ${CARGO_FUZZ}`, (onLine) =>
  cargoInstall('cargo-fuzz', ['cargo-fuzz', CARGO_FUZZ, '--locked'], onLine),
);

async function cargoInstall(program, [crate, version, ...flags], onLine, { yields = false } = {}) {
  if ((await ask(join(tools, 'bin', program), '--version')) === `${program} ${version}`) return 'up to date';
  const args = ['install', `${crate}@${version}`, '--root', tools, '--force', ...flags];
  const options = {
    onLine,
    yields,
    env: {
      // One target folder for both tools: they share half of what they are made of.
      CARGO_TARGET_DIR: join(tools, 'target'),
      // Unoptimised they are there in a third of the time, and take 0.1 s longer for a wasm of this size.
      CARGO_PROFILE_RELEASE_OPT_LEVEL: '0',
      CARGO_PROFILE_RELEASE_STRIP: 'true',
    },
  };
  await online('crates.io', run('cargo', args, options));
  const complete = ['wasm-bindgen', 'wasm-pack'].every((name) => which(name)?.startsWith(tools));
  if (complete) rmSync(join(tools, 'target'), { recursive: true, force: true });
  return 'built';
}

const BROWSER = 'Chrome, Chromium or Microsoft Edge';

/** A browser, and where it can be had Chromium's headless shell. */
export const browser = need('browser', async (onLine) => {
  if (findBrowser().chrome && (findShell() || isFresh('shell', SHELL))) return findBrowser().chrome;
  // With the driver that one layer wants: a run then installs once.
  const needed = findBrowser().chrome ? [] : ['chromium', 'chromium-driver'];
  try {
    await apt([...needed, SHELL], BROWSER, onLine);
  } catch {
    // Not every system has it; none needs it.
    if (needed.length > 0) await apt(needed, BROWSER, onLine);
    keepStamp('shell', SHELL);
  }
  if (!findBrowser().chrome) throw new Advice('Chromium was installed, but chromium is not on PATH');
  return `installed ${findBrowser().chrome}`;
});

/** What drives a browser for wasm-bindgen's tests. */
export const driver = need('browser driver', async (onLine) => {
  if (findBrowser().driver) return findBrowser().driver.path;
  const what = `${BROWSER} with the driver of its version (chromedriver, or msedgedriver for Edge)`;
  await apt(['chromium', 'chromium-driver'], what, onLine);
  if (!findBrowser().driver) throw new Advice('Its driver was installed, but chromedriver is not on PATH');
  return `installed ${findBrowser().driver.path}`;
});

const SHELL = 'chromium-headless-shell';

/** Chromium without its user interface, for half the time; not where another browser was asked for. */
export const findShell = () => (env.CHROME ? undefined : which(SHELL));

/** Where a browser and a driver are on this machine, as `browsers` tells it. */
export const findBrowser = () => browsers({ platform: process.platform, env, exists: isProgram });

/** Installs Debian packages where that needs nobody's password. */
async function apt(packages, what, onLine) {
  const missing = new Advice(`Please install ${what}, on PATH, then run this again`);
  if (!which('apt-get')) throw missing;
  const sudo = process.getuid() === 0 ? [] : ['sudo', '-n'];
  if (sudo.length > 0 && (await ask(...sudo, 'true')) === undefined) throw missing;
  const aptGet = (...args) => {
    const [command, ...rest] = [...sudo, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args];
    return run(command, rest, { onLine });
  };
  const install = () => aptGet('install', '-y', '--no-install-recommends', ...packages);
  try {
    // Package lists may be missing or older than what the mirror holds.
    await install().catch(() => aptGet('update').then(install));
  } catch (error) {
    error.message = `apt-get could not install ${packages.join(' and ')}`;
    throw /unable to locate|no installation candidate/i.test(error.output) ? missing : error;
  }
}

// Doing nothing twice: a stamp is the hash of what a step was made from, kept beside the tools.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root, tools } from './run.mjs';

/** Every file under `path` (itself, if it is a file), relative to the root, in a stable order. */
export function files(path, keep = () => true) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (statSync(full).isFile()) return [path];
  return readdirSync(full, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter(keep)
    .sort();
}

/** The hash of these files and folders, by name and content, and of `facts` such as a tool's version. */
export function fingerprint(paths, ...facts) {
  const hash = createHash('sha256').update(facts.join('\0'));
  for (const file of paths.flatMap((path) => files(path))) {
    hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

const stampOf = (name) => join(tools, 'stamps', name);

export const isFresh = (name, print) =>
  existsSync(stampOf(name)) && readFileSync(stampOf(name), 'utf8') === print;

export function keepStamp(name, print) {
  mkdirSync(dirname(stampOf(name)), { recursive: true });
  writeFileSync(stampOf(name), print);
}

let holders = 0;
let taken;

/** Runs `work` while no other run in this folder sets up or builds. Steps of one run may hold it side by side. */
export async function exclusively(work, onLine = () => {}) {
  holders++;
  taken ??= take(onLine);
  const release = await taken;
  try {
    return await work();
  } finally {
    holders--;
    if (holders === 0) {
      taken = undefined;
      release();
    }
  }
}

/** Takes the lock; answers with what lets it go. */
async function take(onLine) {
  const lock = join(tools, 'lock');
  mkdirSync(tools, { recursive: true });
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!holderLives(lock)) rmSync(lock, { force: true });
    else {
      onLine('waiting for another run in this folder');
      await sleep(250);
    }
  }
  const remove = () => rmSync(lock, { force: true });
  process.once('exit', remove);
  return () => {
    process.off('exit', remove);
    remove();
  };
}

function holderLives(lock) {
  try {
    // An empty file is a lock being written this moment; signal 0 only asks.
    const pid = Number(readFileSync(lock, 'utf8'));
    return pid === 0 || process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

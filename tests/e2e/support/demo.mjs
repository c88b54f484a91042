import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../scripts/lib/run.mjs';
import { fingerprint } from '../../../scripts/lib/stamp.mjs';

/** Stands for the tenant in the build; each test puts its own provider in. */
export const TENANT = 'https://tenant.e2e.invalid';

const CACHE = join(root, 'target/e2e');
const SOURCES = [
  'www/src',
  'www/index.html',
  'www/public',
  'www/vite.config.ts',
  'pkg/dist',
  'package-lock.json',
];

let last = Promise.resolve();

/**
 * The demo as `vite build` makes it, and the Content-Security-Policy that its configuration asks for.
 * Kept between runs, as one file that appears whole: several test files may want it at once.
 *
 * @param {'production' | 'development'} mode development is React's own: StrictMode does everything twice
 * @returns {Promise<{ files: Record<string, string>, policy: string }>}
 */
export async function builtDemo(mode) {
  const name = `demo-${mode}-`;
  const file = `${name}${fingerprint(SOURCES).slice(0, 16)}.json`;
  try {
    return JSON.parse(readFileSync(join(CACHE, file), 'utf8'));
  } catch {
    // One after the other: Vite is told the tenant by the process's environment.
    const making = last.then(() => build(mode));
    last = making.catch(() => {});
    const made = await making;
    mkdirSync(CACHE, { recursive: true });
    for (const old of readdirSync(CACHE)) if (old.startsWith(name)) rmSync(join(CACHE, old));
    const draft = join(CACHE, `${process.pid}-${file}`);
    writeFileSync(draft, JSON.stringify(made));
    renameSync(draft, join(CACHE, file));
    return made;
  }
}

async function build(mode) {
  const before = { ...process.env };
  process.env.NODE_ENV = mode;
  process.env.VITE_TENANT_URL = TENANT;
  try {
    const vite = await import('vite');
    const config = { root: join(root, 'www'), logLevel: 'error' };
    const { output } = [await vite.build({ ...config, build: { write: false } })].flat()[0];
    const files = Object.fromEntries(
      output.map((part) => [`/${part.fileName}`, String(part.code ?? part.source)]),
    );
    files['/favicon.svg'] = readFileSync(join(root, 'www/public/favicon.svg'), 'utf8');
    const { preview } = await vite.resolveConfig(config, 'serve', mode);
    return { files, policy: preview.headers['Content-Security-Policy'] };
  } finally {
    process.env = before;
  }
}

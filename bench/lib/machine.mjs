// Where it was measured, and what.
import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { ask } from '../../scripts/lib/run.mjs';
import { apps } from './apps.mjs';
import { here, root } from './paths.mjs';

const version = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;

export const machine = () => ({
  processor: cpus()[0]?.model.replace(/\s+/g, ' ').trim() || 'unknown',
  cores: availableParallelism(),
  memory: `${Math.round(totalmem() / 2 ** 30)} GB`,
  system: `${type()} ${release().split(/[-+]/)[0]} ${arch()}`,
});

export async function versions(chromium) {
  const packages = {};
  for (const { package: name } of apps.filter(({ control }) => !control)) {
    const own = name === '@intelliauth/spa-sdk' ? join(root, 'pkg') : join(here, 'node_modules', name);
    packages[name] = version(own);
  }
  const commit = (await ask('git', 'rev-parse', '--short', 'HEAD')) ?? 'unknown';
  return { commit, chromium, node: process.versions.node, packages };
}

// `npm run format`: writes Rust and JavaScript the way lint wants them.
import { join } from 'node:path';
import { root, run } from './lib/run.mjs';
import { main, step } from './lib/step.mjs';
import * as need from './setup.mjs';

await main(async () => {
  await need.node();
  await need.npm();
  await need.rust();
  await need.rustLinters();
  await step('rustfmt', (onLine) => run('cargo', ['fmt', '--all'], { onLine }));
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  await step('biome', (onLine) => run(process.execPath, [biome, 'check', '--write'], { onLine }));
});

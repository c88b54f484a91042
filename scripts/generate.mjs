// `npm run generate`: what is made from the tables and from runs: texts of errors and findings, docs/wire.md, docs/faults.md.
import { build } from './build.mjs';
import { run } from './lib/run.mjs';
import { files } from './lib/stamp.mjs';
import { main, step } from './lib/step.mjs';
import * as need from './setup.mjs';

await main(async () => {
  const generate = (name, command, ...args) =>
    step(name, (onLine) => run(command, args, { onLine, env: { GENERATE: '1' } }).then(() => ''));
  for (const meet of [need.node, need.npm, need.rust]) await meet();
  // Before the build, which takes some of it in.
  await generate('generated files', 'cargo', 'test', '--lib', 'generated_files');
  for (const meet of [need.browser, build]) await meet();
  const faulty = files('tests/faulty', (name) => name.endsWith('.test.mjs'));
  await generate('wire and faults', process.execPath, '--test', 'tests/hand/wire.test.mjs', ...faulty);
});

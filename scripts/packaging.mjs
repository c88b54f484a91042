// `npm run test:packaging`: the package in every tool there is a case for in tests/packaging, or in those named as
// arguments. The whole writes docs/bundlers.md.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { Advice, root } from './lib/run.mjs';
import { green, main, red, steps } from './lib/step.mjs';
import * as need from './setup.mjs';

const TABLE = 'docs/bundlers.md';

/** The cases that are named, or all; with `fast`, those that need little more than the workbench has. */
export async function packaging({ fast = false, named = [] } = {}) {
  // Imported now: on a fresh machine npm's packages come with this very run.
  const { cases } = await import('../tests/packaging/support/consumer.mjs');
  const { runCases } = await import('../tests/packaging/support/run.mjs');
  const all = await cases();
  const unknown = named.find((name) => !all.some((each) => each.name === name));
  if (unknown) {
    const names = all.map(({ name }) => name).join(', ');
    throw new Advice(`There is no case "${unknown}": choose from ${names}`);
  }
  return runCases(
    all.filter(({ name, fast: isFast }) => (named.length > 0 ? named.includes(name) : isFast || !fast)),
  );
}

/** The matrix, as docs/bundlers.md has it. */
function table(results) {
  const rows = new Map();
  for (const { consumer, mode, version = '', passed } of results) {
    const row = rows.get(consumer) ?? { title: consumer.title, version, modes: [] };
    row.modes.push(`${mode} ${passed ? '✓' : '✗'}`);
    rows.set(consumer, row);
  }
  return [...rows.values()]
    .map(({ title, version, modes }) => `| ${title} | ${version} | ${modes.join(', ')} |`)
    .join('\n');
}

const page = (results) => `# Where the package works

\`npm run test:packaging\` makes this page. Each consumer is a new project that installs the packed package (\`tests/packaging\`). A consumer with a page is loaded in Chromium until a user is signed in, and is still signed in after a reload. The pages of the bundlers and of Next, and the test DOMs, also load \`/explain\` and \`/protocol\` and use them. A production page of these bundlers must not request more scripts than it does now, nor an empty one. With preload, the app's entry imports \`/preload\` ([start-sooner.md](start-sooner.md)), and no script is requested after the app's own code has started. Nothing was configured for the SDK. Node ${process.versions.node}.

| consumer | version | tried |
|---|---|---|
${table(results)}
`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    const named = process.argv.slice(2);
    for (const meet of [need.node, need.npm, need.browser, build]) await meet();
    const results = await packaging({ named });
    const failed = results.filter(({ passed }) => !passed);
    if (named.length === 0) writeFileSync(join(root, TABLE), page(results));
    const seconds = Math.round(steps.reduce((sum, { ms }) => sum + ms, 0) / 1000);
    for (const { consumer, mode } of failed) console.log(`${red('✗')} ${consumer.title}, ${mode}`);
    if (failed.length === 0) console.log(`${green('✓')} everything, in ${seconds} s`);
    console.log(`${results.length - failed.length} passed, ${failed.length} failed`);
    return failed.length > 0 ? 1 : 0;
  });
}

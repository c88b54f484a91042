import { text as textOf } from 'node:stream/consumers';
import { fixture, replay as replayed } from '../replay/replay.js';
import { type Command, EXIT, EXIT_CODES, fileText, options, Usage } from './command.js';

export const replay: Command = {
  summary: 'tell what a support bundle recorded, and run it again on this SDK',
  help: `Usage: npx @intelliauth/spa-sdk replay <file> | -

Tells step by step what a bundle of trace() recorded, marks the first surprise, and hands
the same inputs to the wasm of this version of the SDK: where that does something else
than was recorded, it says so. Nothing is sent anywhere.

Options:
  --keep <about>   print a regression test's fixture instead: the bundle, and what came
                   of it as \`expected\`, to be corrected into what should have come of it
  --json           print what was recorded, replayed and surprising as JSON
  --help

Examples:
  npx @intelliauth/spa-sdk replay bundle.json
  pbpaste | npx @intelliauth/spa-sdk replay -

${EXIT_CODES.replace('an error was found', 'something surprising was recorded, or the replay differs')}`,

  async run(args) {
    const { values, positionals } = options(args, { keep: { type: 'string' }, json: { type: 'boolean' } });
    const [path, ...more] = positionals;
    if (path === undefined) throw new Usage('which bundle?');
    if (more.length > 0) throw new Usage('more than one bundle');
    const text = path === '-' ? await textOf(process.stdin) : fileText(path);
    if (values.keep !== undefined) return { out: await fixture(text, values.keep), code: EXIT.good };
    const { text: told, ...found } = await replayed(text);
    const out = values.json ? `${JSON.stringify(found, undefined, 2)}\n` : told;
    return { out, code: found.surprise || found.difference ? EXIT.errors : EXIT.good };
  },
};

#!/usr/bin/env node
/** `npx @intelliauth/spa-sdk <command>`. */
import { readFileSync } from 'node:fs';
import { EXIT, type Outcome, Usage } from './command.js';
import { doctor } from './doctor.js';
import { explain } from './explain.js';
import { replay } from './replay.js';

const COMMANDS = { explain, doctor, replay };

const HELP = `Usage: npx @intelliauth/spa-sdk <command> [options]

Commands:
${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`)
  .join('\n')}

<command> --help tells more. --version prints the version.
`;

async function run([name, ...args]: string[]): Promise<Outcome> {
  if (name === undefined) throw new Usage('which command?', HELP);
  if (name === '--help' || name === '-h' || name === 'help') return { out: HELP, code: EXIT.good };
  if (name === '--version') {
    const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    return { out: `${JSON.parse(manifest).version}\n`, code: EXIT.good };
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name as keyof typeof COMMANDS] : undefined;
  if (!command) throw new Usage(`there is no command "${name}"`, HELP);
  if (args.includes('--help') || args.includes('-h')) return { out: command.help, code: EXIT.good };
  try {
    return await command.run(args);
  } catch (error) {
    if (error instanceof Usage) error.help ||= command.help;
    throw error;
  }
}

try {
  const { out, code } = await run(process.argv.slice(2));
  process.stdout.write(out);
  process.exitCode = code;
} catch (error) {
  if (error instanceof Usage) {
    process.stderr.write(`${error.message}\n\n${error.help}`);
    process.exitCode = EXIT.usage;
  } else {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = EXIT.failed;
  }
}

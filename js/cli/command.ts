/** What the commands share: how they end, read their options, and colour what they print. */
import { readFileSync } from 'node:fs';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { Severity } from '../explain/report.js';

/** Exit codes: nothing that is an error, an error was found, wrongly used, could not be done. */
export const EXIT = { good: 0, errors: 1, usage: 2, failed: 3 } as const;

export const EXIT_CODES = `Exit codes:
  0  no error was found (warnings and notes may be)
  1  an error was found
  2  the command was used wrongly
  3  the command could not do its work
`;

export interface Outcome {
  /** For standard output. */
  out: string;
  code: number;
}

export interface Command {
  summary: string;
  help: string;
  run(args: string[]): Promise<Outcome>;
}

/** The command was used wrongly. */
export class Usage extends Error {
  help: string;

  constructor(message: string, help = '') {
    super(message);
    this.help = help;
  }
}

/** Reads the options; throws {@link Usage}. */
export function options<T extends NonNullable<ParseArgsConfig['options']>>(args: string[], known: T) {
  try {
    return parseArgs({ args, options: known, allowPositionals: true, strict: true });
  } catch (error) {
    // Its advice on `--` would be wrong for a secret that begins with a dash; and its first sentence says it all.
    throw new Usage((error as Error).message.split('. ')[0] as string);
  }
}

/** What a file holds. Throws {@link Usage}. */
export function fileText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Usage(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}

/** With findings: which exit code. */
export const exitCode = (findings: readonly { severity: Severity }[]): number =>
  findings.some(({ severity }) => severity === 'error') ? EXIT.errors : EXIT.good;

const COLOURS: Record<string, number> = { ERROR: 31, WARNING: 33, NOTE: 36, OK: 32 };

/** Colours the lines that begin with a severity: on a terminal only, and never with NO_COLOR (https://no-color.org). */
export function painted(text: string): string {
  if (!process.stdout.isTTY || process.env.NO_COLOR || process.env.TERM === 'dumb') return text;
  return text.replace(
    /^(ERROR|WARNING|NOTE|OK)\b.*$/gm,
    (line, word) => `\x1b[${COLOURS[word]}m${line}\x1b[0m`,
  );
}

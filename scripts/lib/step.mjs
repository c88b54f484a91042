// What a user sees: one line for each step, with its time. On a terminal the last line shows the steps under way;
// elsewhere a long step says every 20 seconds that it still runs.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Advice, isStopping, root, stopAll, tools } from './run.mjs';

const live = process.stdout.isTTY && !process.env.CI;
const paint = (code) => (text) => (live && !process.env.NO_COLOR ? `\x1b[${code}m${text}\x1b[0m` : text);
export const [bold, dim, red, green] = [1, 2, 31, 32].map(paint);
export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/** Show everything that programs say, not just their last line: for single layers, and VERBOSE=1. */
export const show = { all: Boolean(process.env.VERBOSE) };

/** Every step so far: `{ name, ok, ms, note, tests }`. */
export const steps = [];

const clearLine = () => live && process.stdout.write('\r\x1b[2K');

/** What each step under way has to show. @type {Set<() => string>} */
const underWay = new Set();
let drawing;

function draw() {
  if (show.all) return;
  const frames = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
  const frame = frames[Math.floor(performance.now() / 100) % frames.length];
  const width = Math.floor(((process.stdout.columns || 80) - 3) / underWay.size);
  const parts = [...underWay].map((text) =>
    text()
      .slice(0, width - 1)
      .padEnd(width),
  );
  process.stdout.write(`\r\x1b[2K${frame} ${parts.join('').trimEnd()}`);
}

/**
 * Runs `work(onLine)` as a step. What it returns is a note beside the time, or `{ note, tests }`.
 * A failure is shown with the program's output, and thrown on.
 */
export async function step(name, work) {
  const began = performance.now();
  let last = '';
  const elapsed = () => `${Math.round((performance.now() - began) / 1000)} s`;
  const text = () => `${name}  ${elapsed()}  ${last}`;
  const report = () => console.log(`  ${name}: ${elapsed()}${last && `, ${last.slice(0, 100)}`}`);
  const ticker = live ? undefined : setInterval(report, 20_000);
  underWay.add(text);
  if (live) drawing ??= setInterval(draw, 100);
  const onLine = (line) => {
    last = stripVTControlCharacters(line).trim() || last;
    if (show.all) console.log(line);
  };
  const finish = (ok, result) => {
    clearInterval(ticker);
    underWay.delete(text);
    if (underWay.size === 0) {
      clearInterval(drawing);
      drawing = undefined;
    }
    clearLine();
    const { note = '', tests } = typeof result === 'object' ? result : { note: result };
    const ms = performance.now() - began;
    steps.push({ name, ok, ms, note, tests });
    const line = `${name.padEnd(24)} ${seconds(ms).padStart(8)}  ${note}`.trimEnd();
    console.log(ok ? `${green('✓')} ${line}` : `${red('✗')} ${line}`);
  };
  try {
    const result = await work(onLine);
    finish(true, result ?? '');
    return result;
  } catch (error) {
    if (isStopping()) await new Promise(() => {});
    finish(false, { note: error instanceof Advice ? '' : error.message, tests: error.tests });
    explain(error, name);
    throw error;
  }
}

/** Says once why something failed: one line for an {@link Advice}, else the end of the program's output. */
function explain(error, name) {
  if (error.explained) return;
  error.explained = true;
  if (error instanceof Advice) return console.error(`  ${error.message}`);
  if (error.output === undefined) return console.error(error.stack);
  if (!steps.some((step) => step.name === name)) console.error(`${red('✗')} ${error.message}`);
  const log = join(tools, 'log', `${name.replace(/[^\w.]+/g, '-')}.log`);
  mkdirSync(join(tools, 'log'), { recursive: true });
  writeFileSync(log, error.output);
  if (show.all) return;
  const lines = error.output.trimEnd().split('\n');
  const kept = lines.slice(-150);
  if (kept.length < lines.length) console.error(`  … the first lines are in ${relative(root, log)}`);
  console.error(kept.join('\n'));
}

/** The body of a script: runs it, and ends the process with a code that tells how it went. */
export async function main(work) {
  try {
    process.exitCode = (await work()) ?? 0;
  } catch (error) {
    if (isStopping()) return;
    explain(error, 'error');
    await stopAll();
    process.exitCode = 1;
  }
}

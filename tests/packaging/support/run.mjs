// Runs the cases: each of their modes is one step.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failed, start, stopAll } from '../../../scripts/lib/run.mjs';
import { step } from '../../../scripts/lib/step.mjs';
import { openBrowser } from '../../e2e/support/browser.mjs';
import { freePort, serveFolder, signInAt, warmUp } from './browse.mjs';
import { prepare, program, version } from './consumer.mjs';

/**
 * @typedef {object} Result of one mode
 * @property {import('./consumer.mjs').Case} consumer
 * @property {string} mode
 * @property {string} [version] of the tool
 * @property {boolean} passed
 *
 * @param {import('./consumer.mjs').Case[]} consumers
 * @returns {Promise<Result[]>}
 */
export async function runCases(consumers) {
  const results = [];
  const count = consumers.reduce((sum, { modes }) => sum + Object.keys(modes).length, 0);
  const browser = await openBrowser();
  try {
    for (const consumer of consumers) {
      let folder;
      for (const [name, mode] of Object.entries(consumer.modes)) {
        const result = { consumer, mode: name, passed: false };
        results.push(result);
        const work = async (onLine) => {
          folder ??= await prepare(consumer, onLine);
          if (consumer.tool) result.version = version(folder, consumer.tool);
          const byHand = consumer.apps?.includes('by-hand') ?? false;
          const restore = mode.preload ? preloaded(join(folder, mode.preload)) : () => {};
          const scripts = await runMode(folder, mode, browser, onLine, byHand).finally(restore);
          result.passed = true;
          return { note: scripts, tests: { passed: 1, failed: 0 } };
        };
        const place = `${results.length}/${count}`;
        await step(`${place} ${consumer.title}, ${name}`, work).catch(() => {});
      }
    }
  } finally {
    await browser.close();
  }
  return results;
}

/** What takes longer hangs, in milliseconds. */
const LIMIT = 10 * 60_000;

/** Runs a program to its end. */
async function finish(command, args, options) {
  const child = start(command, args, options);
  child.stdin.end();
  const timer = setTimeout(() => stopAll([child]), LIMIT);
  const code = await child.done;
  clearTimeout(timer);
  if (code !== 0) throw new Failed(`ended with ${code}`, child.output);
}

/** Adds to an app's entry what preloads the SDK; answers with what takes it out again. */
function preloaded(entry) {
  const text = readFileSync(entry, 'utf8');
  writeFileSync(entry, `${text}\nimport '@intelliauth/spa-sdk/preload';\n`);
  return () => writeFileSync(entry, text);
}

async function runMode(folder, mode, browser, onLine, byHand) {
  const env = { NO_COLOR: '1', NODE_ENV: undefined, NODE_OPTIONS: undefined, ...mode.env };
  const options = { cwd: folder, env, onLine };
  const [command, ...args] = mode.run ? program(folder, mode.run) : [];
  if (command) await finish(command, args, options);
  if (!mode.files && !mode.server) return;
  const port = await freePort();
  const signIn = () => signInAt(browser, port, { built: Boolean(mode.run), byHand, most: mode });
  if (mode.files) {
    const close = await serveFolder(join(folder, mode.files), port);
    return signIn().finally(close);
  }
  const [serverCommand, ...serverArgs] = program(folder, mode.server(String(port)));
  const server = start(serverCommand, serverArgs, { ...options, env: { ...env, PORT: String(port) } });
  try {
    const ended = server.done.then((code) => {
      throw new Failed(`the server ended with ${code}`, server.output);
    });
    await Promise.race([answering(port, ended), ended]);
    if (mode.html) await rendered(port, mode.html);
    if (mode.warmUp) await warmUp(browser, port);
    return await signIn();
  } catch (error) {
    if (error instanceof Failed && error.output !== server.output)
      error.output = `${server.output}\n${error.output}`;
    throw error;
  } finally {
    await stopAll([server]);
  }
}

/** The page as the server renders it, before any script. */
async function rendered(port, wanted) {
  const html = await (await fetch(`http://localhost:${port}`)).text();
  if (!html.includes(wanted)) throw new Failed(`the server does not render ${wanted}`, html);
}

/**
 * Once a web server answers there: a server that is started tells it in words of its own. That something listens is not
 * enough: for a moment it may be another one, which looks for a free port.
 */
async function answering(port, ended) {
  let over = false;
  ended.catch(() => {
    over = true;
  });
  const answered = () =>
    fetch(`http://localhost:${port}`, { signal: AbortSignal.timeout(LIMIT) })
      .then((answer) => answer.text())
      .then(
        () => true,
        () => false,
      );
  while (!over && !(await answered())) await new Promise((resolve) => setTimeout(resolve, 100));
}

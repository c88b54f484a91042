// A page with the built package and nothing else: no framework, no meta tags.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { root } from '../../../scripts/lib/run.mjs';

const DIST = join(root, 'pkg/dist');

/** What a page imports, and what a test breaks by its name. */
const NAMED = ['index', 'bytes', 'host', 'trace/trace', 'devtools/index'];

let joined;

/**
 * The package as its modules, the small ones joined: a page asks for half as much, and that is a fifth of its processor
 * time. Module by module it runs in `tests/faulty` and `tests/packaging`.
 */
function sdk() {
  joined ??= buildSync({
    entryPoints: NAMED.map((name) => join(DIST, `${name}.js`)),
    outbase: DIST,
    outdir: '/sdk',
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    // As a page without a bundler has it: not at all.
    define: { 'process.env.NODE_ENV': 'process.env.NODE_ENV' },
    write: false,
  }).outputFiles.map(({ path, contents }) => [
    path.replaceAll('\\', '/').replace(/^.*\/sdk\//, '/sdk/'),
    Buffer.from(contents),
  ]);
  return joined;
}

/** What a bare page is made of, by path. */
export const bareFiles = () => ({
  '/index.html':
    '<!doctype html><title>bare</title><link rel="icon" href="data:,"><script type="module" src="/bare.js"></script>',
  '/bare.js': `
    import { createIntelliAuth, isIntelliAuthError } from '/sdk/index.js';
    window.events = [];
    window.statuses = [];
    window.begin = async (options) => {
      window.auth = await createIntelliAuth(options);
      const seen = (state) => statuses.at(-1) !== state.status && statuses.push(state.status);
      seen(auth.getState());
      auth.subscribe((state, event) => {
        seen(state);
        if (event) events.push(event);
      });
    };
    window.attempt = async (work) => {
      try {
        return { value: await work() };
      } catch (error) {
        const { name, code, message, transient, details } = error;
        const hint = await error.explain?.();
        const cause = error.cause && { name: error.cause.name, message: error.cause.message };
        return { error: { name, code, message, hint, transient, details, cause, known: isIntelliAuthError(error) } };
      }
    };
    window.ready = window.given && begin(window.given);
    window.ready?.catch(() => {});
  `,
  ...Object.fromEntries(sdk()),
  '/sdk/intelliauth.wasm': readFileSync(join(DIST, 'intelliauth.wasm')),
});

/** An error of the SDK's, as the page saw it. */
export class Refusal extends Error {
  constructor(facts) {
    super(`${facts.code}: ${facts.message}`);
    Object.assign(this, facts);
  }
}

/**
 * Calls a method of the page's client.
 *
 * @param {import('playwright-core').Page} page
 * @param {string} method
 * @param {...any} args
 * @throws {Refusal}
 */
export async function ask(page, method, ...args) {
  const given = [method, args];
  return unwrap(await page.evaluate(([method, args]) => attempt(() => auth[method](...args)), given));
}

/** What `ask` would throw. */
export async function refusal(page, method, ...args) {
  const answer = await ask(page, method, ...args).catch((error) => error);
  if (answer instanceof Refusal) return answer;
  throw new Error(
    `${method} was not refused: ${answer instanceof Error ? answer.stack : JSON.stringify(answer)}`,
  );
}

/** The answer of the page's `attempt`. */
export function unwrap({ value, error }) {
  if (error) throw new Refusal(error);
  return value;
}

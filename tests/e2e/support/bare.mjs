// A page with the built package and nothing else: no framework, no bundler, no meta tags.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../scripts/lib/run.mjs';

const DIST = join(root, 'pkg/dist');

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
  ...Object.fromEntries(
    readdirSync(DIST, { recursive: true })
      .filter((name) => /\.(js|wasm)$/.test(name))
      .map((name) => [`/sdk/${name}`, readFileSync(join(DIST, name))]),
  ),
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

// A bundle's runs for the native core: `tests/replay.rs` hands them to the crate itself. What stands for a placeholder
// is what the replay on the wasm took for it.
import { asForm } from '../../pkg/dist/replay/stand-ins.js';
import { Story } from '../../pkg/dist/replay/story.js';

/** Inputs that are a name alone, as `native::record` reads them. */
const NAMED = {
  start: 'start',
  revalidate: 'revalidate',
  pageHidden: 'page_hidden',
  pageShown: 'page_shown',
  timeout: 'timeout',
  dispose: 'dispose',
};
const LOCKS = {
  granted: 'lock_granted',
  unavailable: 'lock_unavailable',
  locksMissing: 'locks_missing',
  stolen: 'lock_stolen',
};

/** One input as `native::record` reads it. */
function inputOf({ input, with: given = [] }, values) {
  const [first, second, third, fourth] = given;
  const filled = (text, spelt) => (typeof text === 'string' ? values.fill(text, spelt) : null);
  const call = (what) => ({ call: first, what });
  if (Object.hasOwn(NAMED, input)) return NAMED[input];
  if (Object.hasOwn(LOCKS, input)) return { [LOCKS[input]]: first };
  switch (input) {
    case 'holder':
      return { lock_holder: first, holder: filled(second) };
    case 'message':
      return { message: filled(first, asForm) };
    case 'verified': {
      const verdict = second === true ? 'valid' : second === false ? 'invalid' : 'unsupported';
      return { verified: first, verdict };
    }
    case 'answered':
      return second
        ? {
            response: first,
            status: second.status,
            body: bodyOf(third, values),
            retry_after: Number(second.retryAfter ?? 0) * 1000,
          }
        : { response: first, failure: fourth ? 'timeout' : 'network' };
    case 'loginWithRedirect':
      return call({ login: loginOf(values.fillAll(second)), by_user: third, navigates: !fourth });
    case 'handleCallback':
      return call({ callback: filled(second, asForm) });
    case 'getToken':
      return call({ token: { forced: second, min_validity: third, rejected: null } });
    case 'tokenAfter401': {
      const rejected = { access_token: filled(second), challenges: filled(third) };
      return call({ token: { forced: false, min_validity: 0, rejected } });
    }
    case 'logout': {
      const { returnTo = null, localOnly, extraParams = {} } = values.fillAll(second);
      const extra = Object.entries(extraParams);
      return call({ logout: { return_to: returnTo, extra, provider: !localOnly }, navigates: !third });
    }
    default:
      throw new Error(`no input ${input} is known natively`);
  }
}

function loginOf(options) {
  return {
    app_state: options.appState,
    scope: options.scope,
    prompt: options.prompt,
    login_hint: options.loginHint,
    ui_locales: options.uiLocales,
    acr_values: options.acrValues,
    max_age: options.maxAge,
    extra: Object.entries(options.extraParams ?? {}),
  };
}

function bodyOf(text, values) {
  if (typeof text !== 'string' || text === '⟨octets⟩') return null;
  try {
    return JSON.stringify(values.fillAll(JSON.parse(text)));
  } catch {
    return values.fill(text);
  }
}

/**
 * The runs of a bundle or fixture, each step with all that the page held: plain values, none of them secret. A run that
 * was not recorded whole is left out. `expected` is what came of them when they were recorded.
 *
 * @param {typeof import('../../pkg/dist/replay/replay.js').replay} replay
 * @returns {Promise<{ found: import('../../pkg/dist/replay/replay.js').Replay, expected: string[], runs: object[] }>}
 */
export async function nativeRuns(replay, text) {
  const runs = new Map();
  const found = await replay(text, (run, step, values) => {
    if (!runs.has(run)) {
      const options = values.fillAll(run.options);
      const redirectPage = new URL(options.redirectUri).href;
      runs.set(run, { options: { ...options, redirectPage }, seed: Math.trunc(run.seed * 9e15), steps: [] });
    }
    const stored = (step.found ?? []).map(([area, key, text]) => [
      area,
      values.fill(key),
      typeof text === 'string' ? values.fill(text, asForm) : text,
    ]);
    const writes = step.did.filter(([name]) => name === 'write' || name === 'full');
    runs.get(run).steps.push({
      input: inputOf(step, values),
      wall: step.wall,
      mono: step.mono,
      online: !step.offline,
      ...(step.address !== undefined && { address: values.fill(step.address, asForm) }),
      ...(stored.length > 0 && { found: stored }),
      ...(writes.some(([name]) => name === 'full') && { full: writes.map(([name]) => name === 'full') }),
    });
  });
  const expected = [...runs.keys()].flatMap((run) => new Story(run).outcomes);
  return { found, expected, runs: [...runs.values()] };
}

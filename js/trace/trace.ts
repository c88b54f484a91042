/** What `trace: true` and `trace()` load: the page's recorder, and the records of this tab's earlier pages. */
import type { tap } from '../guard.js';
import { type Bundle, FORMAT, type Run, VERSION } from './record.js';
import { Recorder } from './recorder.js';

/** Where a tab keeps what its earlier pages recorded. That it is there switches recording on, as the option does. */
const KEPT = 'intelliauth.trace';
/** The key by which all tabs make the same placeholders. */
const SHARED = 'intelliauth.trace.key';
const HOUR = 60 * 60 * 1000;
/** How many characters are kept. */
const ROOM = 128 * 1024;

interface Kept {
  at: number;
  runs: Run[];
}

let recorder: Recorder | undefined;

/** Records from now on, every client that is made on this page. */
export function record(tapped: typeof tap): void {
  if (recorder) return;
  recorder = new Recorder(key(), globalThis);
  recorder.onStep = (input) => {
    if (input === 'pageHidden') keep([...earlier(), ...runs()]);
    // After a sign-out, the next user must not read it.
    else if (input === 'logout') keep([]);
  };
  tapped(recorder.through, recorder.scope);
}

/** Everything that is recorded, to find out what happened. */
export function bundle(): string {
  const recorded = [...earlier(), ...runs()];
  const made: Bundle = {
    kind: 'intelliauth-trace',
    format: FORMAT,
    sdk: VERSION,
    made: new Date().toISOString(),
    browser: browser(),
    runs: recorded,
  };
  if (!recorder) {
    keep(earlier());
    made.note =
      'Nothing was recorded on this page. From its next page on this tab records, for an hour: load the page again, do what failed, and call trace() once more. The option `trace: true` records from the start.';
  }
  return JSON.stringify(made);
}

/** The runs of this page so far, with descriptions of the values that they name. */
export const runs = (): Run[] =>
  (recorder?.records ?? []).map(({ run }) => {
    const values: Run['values'] = {};
    const named = (text: string) => {
      for (const [, name] of text.matchAll(/⟨([^⟩]*)⟩/g)) {
        if (name === undefined || !Object.hasOwn(run.values, name) || Object.hasOwn(values, name)) continue;
        const said = run.values[name] as { of?: string };
        values[name] = said;
        named(said.of === undefined ? JSON.stringify(said) : `⟨${said.of}⟩`);
      }
    };
    named(JSON.stringify(run.steps));
    return { ...run, values };
  });

/** The records of this tab's earlier pages of the last hour. */
function earlier(): Run[] {
  const kept = attempt(() => JSON.parse(sessionStorage.getItem(KEPT) ?? 'null') as Kept | null);
  const here = new Set(runs().map(({ id }) => id));
  const fresh = kept && Math.abs(Date.now() - kept.at) < HOUR && Array.isArray(kept.runs) ? kept.runs : [];
  return fresh.filter(({ id }) => !here.has(id));
}

/** The newest of them, as far as there is room. */
function keep(all: Run[]): void {
  const kept: Kept = { at: Date.now(), runs: [...all] };
  let text = JSON.stringify(kept);
  while (text.length > ROOM && kept.runs.length > 0) {
    kept.runs.shift();
    text = JSON.stringify(kept);
  }
  attempt(() => sessionStorage.setItem(KEPT, text));
}

/**
 * A random key, the same in all tabs for an hour, so that a secret has the same placeholder in all their records. It
 * is in no bundle.
 */
function key(): string {
  const [at, known] = attempt(() => localStorage.getItem(SHARED))?.split(' ') ?? [];
  if (known && Math.abs(Date.now() - Number(at)) < HOUR) return known;
  const made = [...crypto.getRandomValues(new Uint32Array(4))].map((word) => word.toString(36)).join('');
  attempt(() => localStorage.setItem(SHARED, `${Date.now()} ${made}`));
  return made;
}

function browser(): Bundle['browser'] {
  return {
    userAgent: navigator.userAgent,
    secureContext: isSecureContext,
    locks: 'locks' in navigator,
    channel: typeof BroadcastChannel === 'function',
    framed: window !== window.top,
    sessionStorage: attempt(() => sessionStorage !== null) ?? false,
    localStorage: attempt(() => localStorage !== null) ?? false,
  };
}

function attempt<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch {
    return undefined;
  }
}

/** A run as a sequence of messages between those who take part, for a terminal and for a diagram. */
import type { Run, Step } from '../trace/record.js';

export type Party = 'app' | 'SDK' | 'platform' | 'browser' | 'other tabs';

/** One message. `at`: milliseconds since the run began. */
export interface Message {
  at: number;
  from: Party;
  to: Party;
  text: string;
  /** Something that a sign-in that goes well does not have. */
  surprise?: true;
}

/** The result of a call, a request or an event: what a regression test compares. */
export type Outcome = string;

// biome-ignore lint/suspicious/noExplicitAny: of a bundle's, whose members each line looks for
type Args = any[];

const METHODS: Record<string, string> = {
  getToken: 'getAccessToken',
  tokenAfter401: 'fetch, after a 401',
};

/** The placeholders and words of a form or a query that tell requests apart. */
function named(text: string, names: string[]): string {
  const values = new URLSearchParams(text);
  const found = names.flatMap((name) => (values.has(name) ? [`${name}=${values.get(name)}`] : []));
  return found.join(', ');
}

const query = (url: string) => url.split('?')[1]?.split('#')[0] ?? '';
const path = (url: string) => /^\w+:\/\/[^/]*([^?#]*)/.exec(url)?.[1] ?? url;

/** Tells one run. */
export class Story {
  readonly messages: Message[] = [];
  readonly outcomes: Outcome[] = [];
  readonly #calls = new Map<unknown, string>();
  readonly #requests = new Map<unknown, string>();
  readonly #began: number;

  constructor(run: Run) {
    this.#began = run.steps[0]?.mono ?? 0;
    for (const step of run.steps) this.#tell(step);
  }

  #tell(step: Step): void {
    const at = step.mono - this.#began;
    const say = (from: Party, to: Party, text: string, surprise = false) =>
      this.messages.push({ at, from, to, text, ...(surprise ? { surprise } : {}) });
    this.#input(step, say);
    for (const [name, ...args] of step.did) this.#action(name, args, say);
    if (step.trapped) {
      say('SDK', 'app', 'the SDK itself failed: internal', true);
      this.outcomes.push('internal');
    }
  }

  #input({ input, with: given = [], found = [], offline }: Step, say: Say): void {
    const [first, second, third] = given as Args;
    if (input in CALLS) {
      const method = METHODS[input] ?? input;
      this.#calls.set(first, method);
      say('app', 'SDK', `${method}(${CALLS[input]?.(given as Args) ?? ''})`);
    } else if (input === 'answered') {
      this.#answered(first, second, third, given[3] === true, say);
    } else if (input === 'message') {
      say('other tabs', 'SDK', named(first, ['kind', 'sid', 'generation', 'code', 'reason']));
    } else if (input === 'verified') {
      const said =
        second === true
          ? 'the signature is right'
          : second === false
            ? 'the signature is wrong'
            : 'the signature cannot be verified';
      say('browser', 'SDK', said, second !== true);
    } else {
      say('browser', 'SDK', INPUTS[input] ?? input, input === 'stolen' || input === 'locksMissing');
    }
    if (offline) say('browser', 'SDK', 'it is offline', true);
    for (const [area, key, text] of found) {
      const where = area === 'tab' ? 'sessionStorage' : 'localStorage';
      const what = key.replace(/^intelliauth\.[^.]*\./, '');
      if (text === false) say('browser', 'SDK', `${where} is blocked`, true);
      else if (text === null) say('browser', 'SDK', `${where} has no ${what} any more`);
      else
        say(
          'browser',
          'SDK',
          `${where} has ${what}${/(^|&)refresh_pending=1/.test(text) ? ', whose refresh token may be spent' : ''}`,
        );
    }
  }

  #answered(
    id: unknown,
    response: { status: number } | null,
    body: string | undefined,
    late: boolean,
    say: Say,
  ): void {
    const asked = this.#requests.get(id) ?? 'a request';
    if (!response) {
      say(
        'platform',
        'SDK',
        `${asked}: ${late ? 'no answer in time' : 'no answer: network, CORS or a refused redirect'}`,
        true,
      );
      return;
    }
    const { error, error_description } = parsed(body) as { error?: string; error_description?: string };
    const said = [error, error_description && `(${error_description})`].filter(Boolean).join(' ');
    say(
      'platform',
      'SDK',
      `${asked}: ${response.status}${said && ` ${said}`}`,
      response.status >= 400 || !!error,
    );
  }

  #action(name: string, args: Args, say: Say): void {
    const [first, second, third] = args;
    if (name === 'send') {
      const grant = third
        ? named(third, ['grant_type', 'code', 'code_verifier', 'refresh_token', 'token'])
        : '';
      this.#requests.set(first, third ? `POST ${path(second)}` : `GET ${path(second)}`);
      say('SDK', 'platform', `${third ? 'POST' : 'GET'} ${path(second)}${grant && `: ${grant}`}`);
      this.outcomes.push(
        `sends ${third ? named(third, ['grant_type']) || 'a form' : 'GET'} to ${path(second)}`,
      );
    } else if (name === 'assign') {
      say(
        'SDK',
        'platform',
        `the page leaves for ${path(second ?? first)}: ${named(query(first), ['state', 'code_challenge', 'redirect_uri', 'prompt'])}`,
      );
    } else if (name === 'answer') {
      say(
        'SDK',
        'app',
        `${this.#calls.get(first) ?? 'a call'}: ${second === undefined || second === null ? 'done' : typeof second === 'string' ? second : JSON.stringify(second)}`,
      );
      this.outcomes.push(`${this.#calls.get(first)}: answered`);
    } else if (name === 'refuse') {
      const details = Object.entries(second.details ?? {}).map(([name, value]) => `${name}: ${value}`);
      say(
        'SDK',
        'app',
        `${this.#calls.get(first) ?? 'a call'}: ${second.code}${details.length > 0 ? ` (${details.join('; ')})` : ''}`,
        true,
      );
      this.outcomes.push(`${this.#calls.get(first)}: refused, ${second.code}`);
    } else if (name === 'notify') {
      const more = [first.code, first.reason, first.check].filter(Boolean).join(', ');
      const bad =
        ['refresh_failing', 'storage_failed'].includes(first.type) ||
        (first.type === 'signed_out' && first.reason !== 'logout' && first.reason !== 'never');
      say('SDK', 'app', `event ${first.type}${more && `: ${more}`}`, bad);
      this.outcomes.push(`event ${first.type}${more && `: ${more}`}`);
    } else if (name === 'post') {
      say('SDK', 'other tabs', named(first, ['kind', 'sid', 'generation', 'code', 'reason']));
    } else if (name === 'full') {
      say(
        'browser',
        'SDK',
        `${first === 'tab' ? 'sessionStorage' : 'localStorage'} is full or blocked`,
        true,
      );
    } else if (name === 'warn') {
      say('SDK', 'app', `warning ${first.code}`, true);
    } else if (name === 'steal' || name === 'detach') {
      say('SDK', 'browser', name === 'steal' ? 'takes the lock from its holder' : 'ends', name === 'steal');
    } else if (name === 'lock') {
      say('SDK', 'browser', `asks for the lock ${String(second).replace(/^intelliauth\.[^.]*\./, '')}`);
    }
  }
}

type Say = (from: Party, to: Party, text: string, surprise?: boolean) => void;

const parsed = (text: string | undefined): object => {
  try {
    return Object(JSON.parse(text ?? '{}'));
  } catch {
    return {};
  }
};

/** What of a call's arguments is told. */
const CALLS: Record<string, (args: Args) => string> = {
  loginWithRedirect: ([, options]) => Object.keys(options ?? {}).join(', '),
  handleCallback: ([, url]) => named(query(url ?? ''), ['code', 'state', 'error', 'iss']),
  getToken: ([, forced]) => (forced ? 'forceRefresh' : ''),
  tokenAfter401: () => '',
  logout: ([, options]) => Object.keys(options ?? {}).join(', '),
};

const INPUTS: Record<string, string> = {
  start: 'the page begins',
  revalidate: 'the page is looked at again',
  pageHidden: 'the page is left',
  pageShown: 'the page is back from the back/forward cache',
  timeout: 'a timer',
  granted: 'the lock is held',
  unavailable: "the lock is another tab's",
  holder: 'who holds the lock',
  locksMissing: 'there are no locks here',
  stolen: 'the lock was taken away',
  dispose: 'the app needs the client no more',
};

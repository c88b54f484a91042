/**
 * Records at the boundary between JavaScript and the wasm: every input, what the wasm reads meanwhile, and what it does.
 * That is all that a client's course depends on. What is secret is a placeholder as soon as an input is handled.
 */
import type { Through } from '../guard.js';
import {
  DISPOSE,
  LOCK_GRANTED,
  LOCK_HOLDER,
  LOCK_STOLEN,
  LOCK_UNAVAILABLE,
  LOCKS_MISSING,
  MESSAGE,
  PAGE_HIDDEN,
  PAGE_SHOWN,
  REVALIDATE,
  START,
  TIMEOUT,
} from '../inputs.js';
import type { Found, Run, Step } from './record.js';
import { OCTETS, options, Redactor } from './redact.js';

/** How much one client's record holds: its steps, and the octets that they come to. */
const MAX_STEPS = 400;
const MAX_BYTES = 128 * 1024;
/** How many clients of one page are remembered. */
const MAX_CLIENTS = 8;

type Inner = Parameters<Through>[0];
type Redact = (redactor: Redactor, value: never) => unknown;
const plain: Redact = (_, value) => value;
const text =
  (say: (redactor: Redactor, text: string) => unknown): Redact =>
  (redactor, value) =>
    typeof value === 'string' ? say(redactor, value) : undefined;

/** How an argument is passed to the wasm. */
type Kind = 'number' | 'flag' | 'maybe' | 'text' | 'object';
type Argument = [Kind, Redact];
const number: Argument = ['number', plain];
const flag: Argument = ['flag', plain];

/** The inputs of `core_happened` by their number: the name, and the arguments after the number. */
const HAPPENED: Record<number, [name: string, Argument[]]> = {
  [START]: ['start', []],
  [REVALIDATE]: ['revalidate', []],
  [PAGE_HIDDEN]: ['pageHidden', []],
  [PAGE_SHOWN]: ['pageShown', []],
  [TIMEOUT]: ['timeout', []],
  [DISPOSE]: ['dispose', []],
  [LOCK_GRANTED]: ['granted', [number]],
  [LOCK_UNAVAILABLE]: ['unavailable', [number]],
  [LOCKS_MISSING]: ['locksMissing', [number]],
  [LOCK_STOLEN]: ['stolen', [number]],
  [LOCK_HOLDER]: ['holder', [number, ['text', text((to, holder) => to.hide('holder', holder))]]],
  [MESSAGE]: ['message', [['text', text((to, message) => to.form(message))]]],
};

/** The number by which `Core.happened` is told what a step calls `input`. */
export const numberOf = (input: string): number | undefined =>
  Object.keys(HAPPENED)
    .map(Number)
    .find((what) => HAPPENED[what]?.[0] === input);

/** The other exports that are inputs, without their first argument, which is the client. */
const INPUTS: Record<string, Argument[]> = {
  core_getToken: [number, flag, number],
  core_tokenAfter401: [
    number,
    ['text', text((to, token) => to.hide('access_token', token))],
    ['text', text((to, challenges) => to.challenges(challenges))],
  ],
  core_logout: [number, ['object', (to, given) => to.login(given)], flag],
  core_answered: [
    number,
    ['object', (_, response) => answered(response)],
    ['text', text((to, body) => to.body(body))],
    flag,
  ],
  core_verified: [number, ['maybe', plain]],
  loginWithRedirect: [number, ['object', (to, given) => to.login(given)], flag, flag],
  handleCallback: [number, ['text', text((to, url) => to.address(url))]],
};

/** The calls of the host, and how each is recorded. Others are not recorded. */
// biome-ignore lint/suspicious/noExplicitAny: each has its own
const ACTIONS: Record<string, (to: Redactor, args: any[]) => unknown[]> = {
  answer: (to, [call, value]) => [call, to.answer(value)],
  cancel: (_, args) => args,
  changed: () => [],
  channel: (_, args) => args,
  detach: () => [],
  lease: (to, [token, ...until]) => [to.hide('access_token', token), ...until],
  lock: (to, [ticket, name, queue]) => [ticket, to.key(name), queue],
  notify: (to, [event]) => [told(to, event)],
  post: (to, [message]) => [to.form(message)],
  queryHolder: (_, args) => args,
  refuse: (to, [call, fault, cause, back]) => [call, to.fault(fault), named(cause), to.answer(back)],
  send: (to, [request, url, form]) => [request, to.url(url), form === undefined ? null : to.form(form)],
  setTimer: (_, [delay]) => [delay ?? null],
  steal: (_, args) => args,
  unlock: (_, args) => args,
  verify: (_, [request, , algorithm]) => [request, algorithm.name],
  warn: (to, [fault]) => [to.fault(fault)],
  write: (to, [area, key, stored]) => [area, to.key(key), to.stored(key, stored)],
  full: (to, [area, key]) => [area, to.key(key)],
  remove: (to, [area, key]) => [area, to.key(key)],
  assign: (to, [url]) => [to.here(url)],
  replace: (to, [url]) => [to.here(url)],
};

const named = (cause: unknown) => (cause instanceof Error ? cause.name : undefined);

function answered(response: unknown) {
  // An object that only looks like a response counts as none.
  if (!(response instanceof Response)) return null;
  const { status, headers } = response;
  const after = headers.get('retry-after');
  return { status, retryAfter: after && /^\d+$/.test(after) ? after : undefined };
}

/** The authorize URL stands in the action that goes there. */
function told(to: Redactor, { at: _, authorizeUrl: __, ...event }: Record<string, unknown>) {
  return typeof event.refusedBy === 'string' ? { ...event, refusedBy: to.free(event.refusedBy) } : event;
}

/** One client's record. */
class ClientRecord {
  readonly run: Run;
  readonly redactor: Redactor;
  /** What its storage held when it last looked. */
  readonly seen = new Map<string, string | null | false>();
  address = '';
  /** Whether the wasm reads through the recorder: one that was started earlier does not. */
  looked = false;
  #bytes = 0;
  readonly #sizes: number[] = [];

  constructor(id: string, given: Record<string, unknown>, key: string) {
    this.run = { id, options: options(given, key), seed: 0, steps: [], values: {} };
    this.redactor = new Redactor(key, this.run.options, this.run.values);
  }

  /** If there is no more room, steps that changed nothing are dropped first, then the oldest. */
  add(step: Step): void {
    const { steps } = this.run;
    const size = JSON.stringify(step).length;
    steps.push(step);
    this.#sizes.push(size);
    this.#bytes += size;
    while (steps.length > MAX_STEPS || this.#bytes > MAX_BYTES) {
      const idle = steps.findIndex((step) => !step.found && step.did.every(([name]) => name === 'setTimer'));
      const at = Math.max(idle, 0);
      steps.splice(at, 1);
      this.#bytes -= this.#sizes.splice(at, 1)[0] ?? 0;
      this.run.dropped = (this.run.dropped ?? 0) + 1;
    }
  }
}

/** A step while it is made: what was read and done is not redacted yet. */
interface PendingStep {
  record: ClientRecord;
  wall: number;
  mono: number;
  offline: boolean;
  address?: string;
  found: [area: Found[0], key: string, text: string | null | false][];
  did: [string, unknown[]][];
  /** The body of the request that was made last. */
  form?: string;
}

/** What of a page the wasm uses. */
export type Page = Pick<
  typeof globalThis,
  | 'Date'
  | 'performance'
  | 'Math'
  | 'crypto'
  | 'Request'
  | 'location'
  | 'history'
  | 'sessionStorage'
  | 'localStorage'
>;

export class Recorder {
  readonly records: ClientRecord[] = [];
  readonly #key: string;
  readonly #page: Page;
  readonly #byPointer = new Map<unknown, ClientRecord>();
  #pending: PendingStep | undefined;
  #new: ClientRecord | undefined;
  /** Called after each input. */
  onStep: (input: string) => void = () => {};

  constructor(key: string, page: Page) {
    this.#key = key;
    this.#page = page;
  }

  /** The wasm's exports are called through this. */
  readonly through: Through = (inner, args, name, exports) => {
    if (name === 'core_new') return this.#made(inner, args);
    const record = this.#byPointer.get(args[0]);
    const happened = name === 'core_happened' ? HAPPENED[args[1] as number] : undefined;
    const kinds = happened?.[1] ?? (Object.hasOwn(INPUTS, name) ? INPUTS[name] : undefined);
    if (!record || !kinds) return inner(...args);
    // A message is about no lock.
    const given = decoded(kinds, args.slice(happened ? (args[1] === MESSAGE ? 3 : 2) : 1), exports);
    const input = happened?.[0] ?? name.replace('core_', '');
    return this.#input(record, input, kinds, given, () => inner(...args));
  };

  #made(inner: Inner, args: unknown[]): unknown {
    const [given, host] = args as [Record<string, unknown>, object];
    // Another client of this page is traced, not this one.
    if (given.trace === false) return inner(...args);
    const id = Math.random().toString(36).slice(2, 8);
    const record = new ClientRecord(id, given, this.#key);
    this.#new = record;
    try {
      const made = inner(given, this.#host(host)) as [unknown, unknown, unknown];
      // Refused options have no client.
      if (!made[2]) {
        this.#byPointer.set(made[0], record);
        this.records.push(record);
        if (this.records.length > MAX_CLIENTS) this.records.shift();
      }
      return made;
    } finally {
      this.#new = undefined;
    }
  }

  /** `given` is what memory held before the wasm took it. */
  #input(
    record: ClientRecord,
    input: string,
    kinds: Argument[],
    given: unknown[],
    call: () => unknown,
  ): unknown {
    const before = this.#pending;
    const [wall, mono] = this.#times();
    const pending: PendingStep = { record, wall, mono, offline: false, found: [], did: [] };
    this.#pending = pending;
    let trapped = true;
    try {
      const result = call();
      trapped = false;
      return result;
    } finally {
      this.#pending = before;
      this.#keep(pending, input, kinds, given, trapped);
      this.onStep(input);
    }
  }

  #keep(pending: PendingStep, input: string, kinds: Argument[], given: unknown[], trapped: boolean): void {
    const { record, wall, mono, offline, address } = pending;
    const to = record.redactor;
    let step: Step = { input, wall, mono, did: [] };
    try {
      const said = given.map((value, at) => (kinds[at] as Argument)[1](to, value as never));
      if (said.length > 0) step = { input, with: said, wall, mono, did: [] };
      if (offline) step.offline = true;
      if (address !== undefined) step.address = to.address(address);
      if (pending.found.length > 0) {
        step.found = pending.found.map(([area, key, text]) => {
          return [area, to.key(key), typeof text === 'string' ? to.stored(key, text) : text];
        });
      }
      for (const [name, args] of pending.did) step.did.push([name, ...(ACTIONS[name]?.(to, args) ?? [])]);
      if (trapped) step.trapped = true;
    } catch {
      // Recording must not break the app, and what cannot be redacted is left out.
      step.did = [['unreadable']];
    }
    record.add(step);
    if (record.looked) delete record.run.unseen;
    else record.run.unseen = true;
  }

  #do(name: string, ...args: unknown[]): void {
    this.#pending?.did.push([name, args]);
  }

  #host(host: object): object {
    return new Proxy(host, {
      get: (target, name) => {
        const method = (target as never)[name];
        if (typeof method !== 'function') return method;
        return (...args: unknown[]) => {
          if (name === 'send') this.#do('send', args[0], (args[1] as Request).url, this.#pending?.form);
          else if (Object.hasOwn(ACTIONS, name)) this.#do(String(name), ...args);
          const result = (method as (...args: unknown[]) => unknown).apply(target, args);
          if (name === 'online' && !result && this.#pending) this.#pending.offline = true;
          return result;
        };
      },
    });
  }

  /** What the wasm sees in place of the page's globals. Time stands still while an input is handled. */
  readonly scope = scoped(this);

  now(): { wall: number; mono: number } {
    const [wall, mono] = this.#times();
    return this.#pending ?? { wall, mono };
  }

  #times(): [number, number] {
    return [this.#page.Date.now(), Math.floor(this.#page.performance.now())];
  }

  random(): number {
    const drawn = this.#page.Math.random();
    if (this.#new) this.#new.run.seed = drawn;
    return drawn;
  }

  get page(): Page {
    return this.#page;
  }

  request(url: string, init: RequestInit): Request {
    if (this.#pending) this.#pending.form = init.body as string | undefined;
    return new this.#page.Request(url, init);
  }

  address(): string {
    const { href } = this.#page.location;
    const pending = this.#pending;
    if (pending) pending.record.looked = true;
    if (pending && pending.record.address !== href) {
      pending.address = href;
      pending.record.address = href;
    }
    return href;
  }

  did(name: string, ...args: unknown[]): void {
    this.#do(name, ...args);
  }

  /** Records what was found, if it has changed. */
  found(area: Found[0], key: string, text: string | null | false): void {
    const pending = this.#pending;
    if (pending) pending.record.looked = true;
    const place = `${area} ${key}`;
    if (!pending || (pending.record.seen.get(place) ?? null) === text) return;
    pending.record.seen.set(place, text);
    pending.found.push([area, key, text]);
  }

  /** The SDK's keys: one may have been added or removed. */
  scan(area: Found[0], storage: Storage): void {
    const pending = this.#pending;
    if (!pending) return;
    const keys = Array.from({ length: storage.length }, (_, at) => storage.key(at) ?? '');
    const there = keys.filter(
      (key) => key.startsWith('intelliauth.') && !key.startsWith('intelliauth.trace'),
    );
    for (const key of there) this.found(area, key, storage.getItem(key));
    for (const [place, text] of pending.record.seen) {
      const key = place.slice(area.length + 1);
      if (place.startsWith(`${area} `) && typeof text === 'string' && !there.includes(key))
        this.found(area, key, null);
    }
  }

  /** What the client wrote itself is no change. */
  wrote(area: Found[0], key: string, text: string | null): void {
    this.#pending?.record.seen.set(`${area} ${key}`, text);
  }
}

function scoped(recorder: Recorder): unknown {
  const storage = (area: Found[0], name: 'sessionStorage' | 'localStorage') => {
    let real: Storage;
    try {
      real = recorder.page[name];
    } catch (blocked) {
      recorder.found(area, '', false);
      throw blocked;
    }
    return {
      get length() {
        try {
          recorder.scan(area, real);
        } catch {}
        return real.length;
      },
      key: (at: number) => real.key(at),
      getItem: (key: string) => {
        let text: string | null | false = false;
        try {
          text = real.getItem(key);
          return text;
        } finally {
          recorder.found(area, key, text);
        }
      },
      setItem: (key: string, text: string) => {
        try {
          real.setItem(key, text);
        } catch (full) {
          recorder.did('full', area, key);
          throw full;
        }
        recorder.did('write', area, key, text);
        recorder.wrote(area, key, text);
      },
      removeItem: (key: string) => {
        real.removeItem(key);
        recorder.did('remove', area, key);
        recorder.wrote(area, key, null);
      },
    };
  };
  return {
    Date: { now: () => recorder.now().wall },
    performance: { now: () => recorder.now().mono },
    Math: { random: () => recorder.random() },
    get crypto() {
      return recorder.page.crypto;
    },
    // Called with `new`.
    Request: function made(url: string, init: RequestInit) {
      return recorder.request(url, init);
    },
    get sessionStorage() {
      return storage('tab', 'sessionStorage');
    },
    get localStorage() {
      return storage('origin', 'localStorage');
    },
    location: {
      get href() {
        return recorder.address();
      },
      assign: (url: string) => {
        recorder.did('assign', url);
        recorder.page.location.assign(url);
      },
    },
    history: {
      get state() {
        return recorder.page.history.state;
      },
      replaceState: (state: unknown, title: string, url: string) => {
        recorder.did('replace', url);
        recorder.page.history.replaceState(state, title, url);
      },
    },
  };
}

/** Arguments as the glue passed them, read out of the wasm's memory. */
function decoded(kinds: Argument[], args: unknown[], exports: WebAssembly.Exports): unknown[] {
  const { buffer } = exports.memory as WebAssembly.Memory;
  let at = 0;
  return kinds.map(([kind]) => {
    const value = args[at++];
    if (kind === 'flag') return value === 1 || value === true;
    if (kind === 'maybe') return value === 0xffffff ? undefined : value === 1;
    if (kind !== 'text') return value;
    const length = args[at++] as number;
    const bytes = new Uint8Array(buffer, (value as number) >>> 0, length);
    return value === 0 ? undefined : utf8(bytes);
  });
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function utf8(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return OCTETS;
  }
}

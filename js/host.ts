/** The browser's side of the session that must outlive the wasm: locks, the timer, the channel, the reasons to look again. */
import type { Core } from './glue.js';

/** The longest delay that every browser's timer keeps, in milliseconds. */
const LONGEST_DELAY = 2 ** 31 - 1;

interface Held {
  name: string;
  /** Ends the waiting, where it still waits. */
  queued: AbortController;
  /** Lets the lock go, once it is held. */
  release?: () => void;
  timer?: ReturnType<typeof setTimeout>;
}

/** What the wasm calls; `js/client.ts` adds the calls that wait. */
export class Host {
  readonly #locks = new Map<number, Held>();
  readonly #requests = new Map<number, AbortController>();
  readonly #listening = new AbortController();
  #channel: BroadcastChannel | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #core: Core | undefined;
  /** Called once everything was let go. */
  onDetached = () => {};

  /** Hands the wasm something that happened. If it dies of that, `guard.ts` saw it, and nobody here waits for an answer. */
  #feed(tell: (core: Core) => void): void {
    try {
      if (this.#core) tell(this.#core);
    } catch {}
  }

  /** Feeds `core` from now on. */
  attach(core: Core): void {
    this.#core = core;
    const name = core.namespace();
    const listening = bare({ signal: this.#listening.signal });
    this.#channel = attempt(() => new BroadcastChannel(name));
    this.#channel?.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') this.#feed((core) => core.message(data));
    });
    const revalidate = () => this.#feed((core) => core.revalidate());
    const visible = () => {
      if (document.visibilityState === 'visible') revalidate();
    };
    document.addEventListener('visibilitychange', visible, listening);
    for (const type of ['focus', 'online', 'offline']) addEventListener(type, revalidate, listening);
    const shown = ({ persisted }: PageTransitionEvent) => {
      if (persisted) this.#feed((core) => core.pageShown());
      else revalidate();
    };
    addEventListener('pageshow', shown, listening);
    const changed = ({ key }: StorageEvent) => {
      if (key === null || key.startsWith(name)) revalidate();
    };
    addEventListener('storage', changed, listening);
    // What it says first has to be heard by the siblings already.
    this.#feed((core) => core.start());
  }

  /** Stops feeding it and lets everything go. */
  detach(): void {
    this.#core = undefined;
    this.#listening.abort();
    this.#channel?.close();
    // What is still under way may want to post: into a closed channel that throws.
    this.#channel = undefined;
    clearTimeout(this.#timer);
    for (const ticket of this.#locks.keys()) this.unlock(ticket);
    this.onDetached();
  }

  send(id: number, request: Request, controller: AbortController, timeout: number, limit: number): void {
    const timer = setTimeout(() => controller.abort(), timeout);
    this.#requests.set(id, controller);
    void exchange(request, limit)
      .then(
        ([response, body]) => this.#feed((core) => core.answered(id, response, body, false)),
        () => this.#feed((core) => core.answered(id, undefined, undefined, controller.signal.aborted)),
      )
      .finally(() => {
        clearTimeout(timer);
        this.#requests.delete(id);
      });
  }

  cancel(id: number): void {
    this.#requests.get(id)?.abort();
  }

  verify(
    id: number,
    key: JsonWebKey,
    algorithm: RsaHashedImportParams & EcKeyImportParams & RsaPssParams & EcdsaParams,
    signature: BufferSource,
    signed: BufferSource,
  ): void {
    // A key that the browser refuses did not sign it. An algorithm that it does not know is another matter; so is a page
    // on plain http, which has no `crypto.subtle`.
    const verified = async () => {
      const imported = await crypto.subtle.importKey('jwk', key, algorithm, false, ['verify']);
      return crypto.subtle.verify(algorithm, imported, signature, signed);
    };
    void verified().then(
      (valid) => this.#feed((core) => core.verified(id, valid)),
      ({ name }: DOMException) => {
        const unsupported = name === 'NotSupportedError' || name === 'TypeError';
        this.#feed((core) => core.verified(id, unsupported ? undefined : false));
      },
    );
  }

  online(): boolean {
    return navigator.onLine !== false;
  }

  post(text: string): void {
    attempt(() => this.#channel?.postMessage(text));
  }

  wake(delay: number | undefined): void {
    clearTimeout(this.#timer);
    if (delay !== undefined) {
      this.#timer = setTimeout(() => this.#feed((core) => core.timeout()), Math.min(delay, LONGEST_DELAY));
    }
  }

  lock(ticket: number, name: string, patience: number): void {
    const held: Held = { name, queued: new AbortController() };
    this.#locks.set(ticket, held);
    if (!attempt(() => navigator.locks)) {
      this.#chance(ticket, held);
    } else if (patience === 0) {
      void this.#request(ticket, held, { ifAvailable: true });
    } else {
      void this.#request(ticket, held, { signal: held.queued.signal });
      void this.#watch(ticket, held, patience);
    }
  }

  steal(ticket: number): void {
    const held = this.#locks.get(ticket);
    if (!held) return;
    held.queued.abort();
    void this.#request(ticket, held, { steal: true });
  }

  unlock(ticket: number): void {
    const held = this.#locks.get(ticket);
    if (!held) return;
    this.#locks.delete(ticket);
    clearTimeout(held.timer);
    if (held.release) held.release();
    else held.queued.abort();
  }

  /** Plain http, an old browser, or storage that is blocked: chance keeps tabs apart, and the record is read again once it is this tab's turn. */
  #chance(ticket: number, held: Held): void {
    clearTimeout(held.timer);
    held.timer = setTimeout(() => {
      held.release = () => {};
      this.#feed((core) => core.granted(ticket));
    }, Math.random() * 100);
  }

  async #request(ticket: number, held: Held, options: LockOptions): Promise<void> {
    const hold = (lock: Lock | null) => {
      if (!this.#locks.has(ticket)) return;
      if (!lock) return this.#feed((core) => core.unavailable(ticket));
      clearTimeout(held.timer);
      const released = new Promise<void>((resolve) => {
        held.release = resolve;
      });
      this.#feed((core) => core.granted(ticket));
      return released;
    };
    try {
      await navigator.locks.request(held.name, bare(options), hold);
    } catch {
      // Another took the lock from this tab, this tab stopped asking, or there are no locks to be had.
      if (held.release) {
        if (this.#locks.delete(ticket)) this.#feed((core) => core.stolen(ticket));
      } else if (this.#locks.has(ticket) && !(options.signal?.aborted ?? false)) {
        this.#chance(ticket, held);
      }
    }
  }

  /** Whether one and the same holder kept the lock for the whole of the patience: a queue is served in order, so a holder that is still the same never let go. */
  async #watch(ticket: number, held: Held, patience: number): Promise<void> {
    const before = await holder(held.name);
    if (held.release || !this.#locks.has(ticket)) return;
    held.timer = setTimeout(async () => {
      const after = await holder(held.name);
      if (held.release || !this.#locks.has(ticket)) return;
      if (before !== undefined && before === after) this.#feed((core) => core.unavailable(ticket));
      else void this.#watch(ticket, held, patience);
    }, patience);
  }
}

/** The answer, and its body as far as `limit` octets: no compressed bomb is ever unpacked whole. */
async function exchange(request: Request, limit: number): Promise<[Response, Uint8Array | undefined]> {
  const response = await fetch(request);
  const reader = response.body?.getReader();
  let body = new Uint8Array();
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    if (body.length + value.length > limit) {
      // Whether cancelling succeeds changes nothing.
      reader.cancel().catch(() => {});
      return [response, undefined];
    }
    const longer = new Uint8Array(body.length + value.length);
    longer.set(body);
    longer.set(value, body.length);
    body = longer;
  }
  return [response, body];
}
/** Without a prototype, whose members the browser would read as well. */
const bare = <T extends object>(options: T): T => Object.setPrototypeOf(options, null);

async function holder(name: string): Promise<string | undefined> {
  try {
    const { held } = await navigator.locks.query();
    return held?.find((lock) => lock.name === name)?.clientId;
  } catch {
    // Where it cannot be asked, nobody is known to hold it, and nothing is stolen.
    return undefined;
  }
}

/** Pages that may not store anything (site data blocked, some frames) meet a SecurityError wherever tabs share something. */
function attempt<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch {
    return undefined;
  }
}

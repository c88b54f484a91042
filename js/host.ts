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
  readonly #listening = new AbortController();
  #channel: BroadcastChannel | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #core: Core | undefined;
  /** Set once nobody needs it any more. */
  #rested: (() => void) | undefined;

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
      if (typeof data === 'string') this.#feed((core) => core.heard(data));
    });
    const look = () => this.#feed((core) => core.look());
    const seen = () => {
      if (document.visibilityState === 'visible') look();
    };
    document.addEventListener('visibilitychange', seen, listening);
    for (const type of ['pageshow', 'focus', 'online', 'offline']) addEventListener(type, look, listening);
    const changed = ({ key }: StorageEvent) => {
      if (key === null || key.startsWith(name)) look();
    };
    addEventListener('storage', changed, listening);
    // What it says first has to be heard by the siblings already.
    this.#feed((core) => core.start());
  }

  /**
   * Feeds it until what it does under a lock is done, and calls `rested` then: let go earlier, a lock would have a sibling
   * send the same refresh token.
   */
  retire(rested: () => void): void {
    this.#rested = rested;
    for (const [ticket, { release }] of this.#locks) if (!release) this.unlock(ticket);
    this.#rest();
  }

  #rest(): void {
    if (this.#rested && this.#locks.size === 0) this.detach();
  }

  /** Stops feeding it and lets everything go. */
  detach(): void {
    const rested = this.#rested;
    this.#rested = undefined;
    this.#core = undefined;
    this.#listening.abort();
    this.#channel?.close();
    // What is still under way may want to post: into a closed channel that throws.
    this.#channel = undefined;
    clearTimeout(this.#timer);
    for (const ticket of this.#locks.keys()) this.unlock(ticket);
    rested?.();
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
      this.#timer = setTimeout(() => this.#feed((core) => core.wake()), Math.min(delay, LONGEST_DELAY));
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
    this.#rest();
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
      if (!lock) return this.#feed((core) => core.overdue(ticket));
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
      if (before !== undefined && before === after) this.#feed((core) => core.overdue(ticket));
      else void this.#watch(ticket, held, patience);
    }, patience);
  }
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

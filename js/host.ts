/** The browser's side of the session that must outlive the wasm: locks, the timer, the channel, the reasons to revalidate. */
import type { Core } from './glue.js';
import {
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
} from './inputs.js';
import { type SignatureAlgorithm, verified } from './signature.js';

/** The longest delay that every browser's timer keeps, in milliseconds. */
const LONGEST_DELAY = 2 ** 31 - 1;

interface LockRequest {
  name: string;
  /** Ends the waiting, where it still waits. */
  queued: AbortController;
  /** Releases the lock, once it is held. */
  release?: () => void;
}

/** What the wasm calls; `js/client.ts` adds the calls that wait. */
export class Host {
  readonly #locks = new Map<number, LockRequest>();
  readonly #requests = new Map<number, AbortController>();
  readonly #listening = new AbortController();
  #channel: BroadcastChannel | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #core: Core | undefined;
  #name = '';
  /** Called once everything was released. */
  onDetached = () => {};

  /** What calls that accept any valid token get without asking the wasm, until either clock shows this. */
  #lease: { token: string; wall: number; mono: number } | undefined;

  /** Hands the wasm something that happened. If it traps, `guard.ts` sees it, and no caller here waits for an answer. */
  #feed(tell: (core: Core) => void): void {
    this.endLease();
    try {
      if (this.#core) tell(this.#core);
    } catch {}
  }

  #happened(what: number, ticket = 0, text?: string): void {
    this.#feed((core) => core.happened(what, ticket, text));
  }

  /** Feeds `core` from now on. */
  attach(core: Core): void {
    this.#core = core;
    const name: string = core.namespace();
    this.#name = name;
    const listening = bare({ signal: this.#listening.signal });
    const revalidate = () => this.#happened(REVALIDATE);
    const visible = () => {
      if (document.visibilityState === 'visible') revalidate();
    };
    document.addEventListener('visibilitychange', visible, listening);
    for (const type of ['focus', 'online', 'offline']) addEventListener(type, revalidate, listening);
    const shown = ({ persisted }: PageTransitionEvent) => {
      if (persisted) this.#happened(PAGE_SHOWN);
      else revalidate();
    };
    addEventListener('pageshow', shown, listening);
    addEventListener('pagehide', () => this.#happened(PAGE_HIDDEN), listening);
    const changed = ({ key }: StorageEvent) => {
      if (key === null || key.startsWith(name)) revalidate();
    };
    addEventListener('storage', changed, listening);
    this.#happened(START);
  }

  /** Stops feeding it, and releases everything. */
  detach(): void {
    this.#core = undefined;
    this.#listening.abort();
    this.channel(false);
    clearTimeout(this.#timer);
    for (const ticket of this.#locks.keys()) this.unlock(ticket);
    this.onDetached();
  }

  send(id: number, request: Request, controller: AbortController, timeout: number, limit: number): void {
    const timer = setTimeout(() => controller.abort(), timeout);
    this.#requests.set(id, controller);
    void exchange(request, controller, limit)
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
    algorithm: SignatureAlgorithm,
    signature: Uint8Array,
    signed: Uint8Array,
  ): void {
    // What the wasm shows of its memory is copied: it is there for this call only.
    void verified(key, algorithm, signature.slice(), signed.slice()).then((valid) =>
      this.#feed((core) => core.verified(id, valid)),
    );
  }

  lease(token: string, wall: number, mono: number): void {
    this.#lease = { token, wall, mono };
  }

  /** The leased token, while the lease lasts. */
  leased(): string | undefined {
    const lease = this.#lease;
    return lease && Date.now() < lease.wall && performance.now() < lease.mono ? lease.token : undefined;
  }

  /** Before another input is handed over. */
  endLease(): void {
    this.#lease = undefined;
  }

  online(): boolean {
    return navigator.onLine !== false;
  }

  channel(open: boolean): void {
    this.#channel?.close();
    // Without a channel nothing is posted: a closed one throws.
    this.#channel = open ? attempt(() => new BroadcastChannel(this.#name)) : undefined;
    this.#channel?.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') this.#happened(MESSAGE, 0, data);
    });
  }

  post(text: string): void {
    attempt(() => this.#channel?.postMessage(text));
  }

  setTimer(delay: number | undefined): void {
    clearTimeout(this.#timer);
    if (delay !== undefined) {
      this.#timer = setTimeout(() => this.#happened(TIMEOUT), Math.min(delay, LONGEST_DELAY));
    }
  }

  lock(ticket: number, name: string, queue: boolean): void {
    const request: LockRequest = { name, queued: new AbortController() };
    this.#locks.set(ticket, request);
    void this.#request(ticket, request, queue ? { signal: request.queued.signal } : { ifAvailable: true });
  }

  steal(ticket: number): void {
    const request = this.#locks.get(ticket);
    if (!request) return;
    request.queued.abort();
    void this.#request(ticket, request, { steal: true });
  }

  unlock(ticket: number): void {
    const request = this.#locks.get(ticket);
    if (!request) return;
    this.#locks.delete(ticket);
    if (request.release) request.release();
    else request.queued.abort();
  }

  queryHolder(ticket: number): void {
    const request = this.#locks.get(ticket);
    void holder(request?.name).then((held) => {
      if (this.#locks.get(ticket) === request) this.#happened(LOCK_HOLDER, ticket, held);
    });
  }

  async #request(ticket: number, request: LockRequest, options: LockOptions): Promise<void> {
    const hold = (lock: Lock | null) => {
      if (this.#locks.get(ticket) !== request) return;
      if (!lock) return this.#happened(LOCK_UNAVAILABLE, ticket);
      const released = new Promise<void>((resolve) => {
        request.release = resolve;
      });
      this.#happened(LOCK_GRANTED, ticket);
      return released;
    };
    try {
      await navigator.locks.request(request.name, bare(options), hold);
    } catch {
      // Another tab took the lock, this tab stopped asking, or there are no locks: plain http, an old browser, or site data
      // that is blocked.
      if (this.#locks.get(ticket) !== request || options.signal?.aborted) return;
      if (request.release) this.#locks.delete(ticket);
      this.#happened(request.release ? LOCK_STOLEN : LOCKS_MISSING, ticket);
    }
  }
}

/** The answer, and its body up to `limit` octets: a decompression bomb is never unpacked whole. */
async function exchange(
  request: Request,
  controller: AbortController,
  limit: number,
): Promise<[Response, Uint8Array | undefined]> {
  const response = await fetch(request);
  // The copy's: of an answer that may not be stored, as those with tokens are, Chromium takes the request for cancelled when
  // a script reads the body to its end, and its tools show none.
  const reader = response.clone().body?.getReader();
  let body = new Uint8Array();
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    if (body.length + value.length > limit) {
      controller.abort();
      return [response, undefined];
    }
    const longer = new Uint8Array(body.length + value.length);
    longer.set(body);
    longer.set(value, body.length);
    body = longer;
  }
  return [response, body];
}
/** Without a prototype: the browser would read its members too. */
const bare = <T extends object>(options: T): T => Object.setPrototypeOf(options, null);

async function holder(name: string | undefined): Promise<string | undefined> {
  try {
    const { held } = await navigator.locks.query();
    return held?.find((lock) => lock.name === name)?.clientId;
  } catch {
    // Where it cannot be asked, nothing is stolen.
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

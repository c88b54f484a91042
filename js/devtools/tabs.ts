/** The other tabs in which the overlay is shown: they tell each other that they are there. */

export interface Tab {
  id: string;
  path: string;
  status: string;
}

type TabMessage = Tab & { kind: 'here' | 'ask' | 'bye' };

export class Tabs {
  readonly #others = new Map<string, Tab>();
  readonly #id = Math.random().toString(36).slice(2, 8);
  readonly #status: () => string;
  readonly #changed: () => void;
  #channel: BroadcastChannel | undefined;
  constructor(status: () => string, changed: () => void) {
    this.#status = status;
    this.#changed = changed;
  }

  get all(): Tab[] {
    return [...this.#others.values()];
  }

  open(): void {
    addEventListener('pagehide', this.#leave);
    addEventListener('pageshow', this.#join);
    this.#join();
  }

  tell(): void {
    this.#post('here');
  }

  close(): void {
    this.#leave();
    removeEventListener('pagehide', this.#leave);
    removeEventListener('pageshow', this.#join);
  }

  /** At the start, and when the page comes back from the back/forward cache. */
  readonly #join = (): void => {
    if (this.#channel) return;
    try {
      this.#channel = new BroadcastChannel('intelliauth.devtools');
    } catch {
      // Where a page may not talk to others there is none to show.
      return;
    }
    this.#channel.addEventListener('message', ({ data }: MessageEvent<TabMessage>) => {
      const { kind, id, path, status } = Object(data) as TabMessage;
      if (typeof id !== 'string') return;
      if (kind === 'bye') this.#others.delete(id);
      else this.#others.set(id, { id, path: String(path), status: String(status) });
      if (kind === 'ask') this.tell();
      this.#changed();
    });
    this.#post('ask');
  };

  /** A message to a page in the back/forward cache would end it, so the channel is closed; who is there is asked again. */
  readonly #leave = (): void => {
    this.#post('bye');
    this.#channel?.close();
    this.#channel = undefined;
    this.#others.clear();
    this.#changed();
  };

  #post(kind: TabMessage['kind']): void {
    const message: TabMessage = { kind, id: this.#id, path: location.pathname, status: this.#status() };
    this.#channel?.postMessage(message);
  }
}

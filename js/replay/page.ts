/** The page of a replay: its clocks, storage and address are what a step found, and nothing leaves it. */
import type { Found, Step } from '../trace/record.js';
import type { Page } from '../trace/recorder.js';
import { asForm, type StandIns } from './stand-ins.js';

type Area = Found[0];

export class ReplayedPage {
  #wall = 0;
  #mono = 0;
  #draws = 0;
  #seed = 0;
  online = true;
  /** Whether the writes of this step fail, in their order. */
  #fails: boolean[] = [];
  readonly #held = { tab: new Map<string, string | false>(), origin: new Map<string, string | false>() };
  readonly #blocked = new Set<Area>();

  /** What the recorder takes for a page. */
  readonly page: Page;

  constructor(seed: number) {
    this.#seed = seed;
    const storage = (area: Area) => this.#storage(area);
    this.page = {
      Date: { now: () => this.#wall },
      performance: { now: () => this.#mono },
      Math: { random: () => this.#seed },
      crypto: { getRandomValues: (octets: Uint8Array) => this.#draw(octets) },
      Request,
      location: { href: 'http://localhost/', assign: () => {} },
      history: { state: null, replaceState: () => {} },
      get sessionStorage() {
        return storage('tab');
      },
      get localStorage() {
        return storage('origin');
      },
    } as unknown as Page;
  }

  /** As the step found it. */
  become(step: Step, values: StandIns): void {
    this.#wall = step.wall;
    this.#mono = step.mono;
    this.online = !step.offline;
    if (step.address !== undefined) this.page.location.href = values.fill(step.address, asForm);
    for (const [area, key, text] of step.found ?? []) {
      if (key === '') this.#blocked.add(area);
      else if (text === null) this.#held[area].delete(values.fill(key));
      else this.#held[area].set(values.fill(key), text && values.fill(text, asForm));
    }
    const writes = step.did.filter(([name]) => name === 'write' || name === 'full');
    this.#fails = writes.map(([name]) => name === 'full');
  }

  /** Never the same twice. */
  #draw(octets: Uint8Array): Uint8Array {
    this.#draws++;
    for (const at of octets.keys()) octets[at] = (at * 31 + this.#draws * 97) & 0xff;
    return octets;
  }

  #storage(area: Area): Storage {
    if (this.#blocked.has(area)) throw new DOMException('blocked when it was recorded', 'SecurityError');
    const held = this.#held[area];
    return {
      get length() {
        return held.size;
      },
      key: (at: number) => [...held.keys()][at] ?? null,
      getItem: (key: string) => {
        const text = held.get(key);
        if (text === false) throw new DOMException('not readable when it was recorded', 'SecurityError');
        return text ?? null;
      },
      setItem: (key: string, text: string) => {
        if (this.#fails.shift()) throw new DOMException('full when it was recorded', 'QuotaExceededError');
        held.set(key, text);
      },
      removeItem: (key: string) => void held.delete(key),
    } as Storage;
  }
}

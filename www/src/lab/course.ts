// What is drawn of a course: rows with a caption, marks, and the state of every lane after it.
import type { Entry } from './engine';
import { duration, nameOf } from './words';

export type Lane = 'storage' | 'lock' | 'provider' | number;

export type Mark =
  | { readonly type: 'arrow'; readonly from: Lane; readonly to: Lane; readonly lost?: boolean }
  | { readonly type: 'dot'; readonly lane: Lane; readonly token?: string; readonly label?: string };

export interface TabState {
  readonly open: boolean;
  readonly frozen: boolean;
  /** `in`, `failing`, `loading`, or why nobody is signed in. */
  readonly status: string;
  readonly token?: string;
}

export interface State {
  readonly tabs: readonly TabState[];
  /** The tab that holds the session's lock. */
  readonly holder?: number;
  /** The tokens of the record, `signed out`, or nothing. */
  readonly stored?: string;
  readonly storage: 'works' | 'full' | 'blocked';
  readonly online: boolean;
  /** The tokens that the provider gave out last. */
  readonly issued?: string;
}

export interface Row {
  readonly tick: number;
  readonly at: number;
  readonly kind: string;
  readonly tone: 'plain' | 'you' | 'chance' | 'bad' | 'gap';
  readonly caption: string;
  readonly marks: readonly Mark[];
  readonly state: State;
}

/** A row while others may still join it. */
export type Draft = { -readonly [K in keyof Row]: Row[K] } & {
  marks: Mark[];
  tabs: number[];
  token?: string;
};

/** A longer pause has a row of its own; what happens closer together may share one. In milliseconds. */
const QUIET = 1_500;
const TOGETHER = 80;

export const dot = (lane: Lane, token?: string): Mark => ({ type: 'dot', lane, token });
export const arrow = (from: Lane, to: Lane, lost?: boolean): Mark => ({ type: 'arrow', from, to, lost });

/** The rows so far, and what is the case after them. */
export class Course {
  readonly rows: Draft[] = [];
  state: State = { tabs: [], storage: 'works', online: true };
  /** When a message was posted. */
  readonly postedAt = new Map<number, number>();
  /** The messages that were lost, and the requests that carried a code or a refresh token. */
  readonly missed = new Set<number>();
  readonly tokenRequests = new Set<number>();

  /** @param all also what is hidden otherwise: sign-in records, marks, the callback's lock */
  constructor(
    entries: readonly Entry[],
    readonly all: boolean,
  ) {
    for (const { kind, number = -1, text } of entries) {
      if (kind === 'missed' || kind === 'posted_lost') this.missed.add(number);
      if (kind === 'sent' && (text === 'refresh' || text === 'code')) this.tokenRequests.add(number);
    }
  }

  set(change: Partial<State>) {
    this.state = { ...this.state, ...change };
  }

  setTab(tab: number, change: Partial<TabState>) {
    const tabs = [...this.state.tabs];
    tabs[tab] = { ...(tabs[tab] ?? { open: false, frozen: false, status: 'loading' }), ...change };
    this.set({ tabs });
  }

  add(entry: Entry, caption: string, marks: Mark[], tone: Row['tone'] = 'plain', tabs: number[] = []): Draft {
    const { rows, state } = this;
    const before = rows.at(-1);
    if (before && entry.at - before.at > QUIET) {
      const gap = `${duration(entry.at - before.at)} pass`;
      rows.push({ ...before, kind: 'gap', tone: 'gap', caption: gap, marks: [], tabs: [], token: undefined });
    }
    const { tick, at, kind, token } = entry;
    const row = { tick, at, kind, tone, caption, marks, tabs, state, token };
    rows.push(row);
    return row;
  }

  /** The last row, if it is one of `kind` that `entry` belongs to. */
  joins(entry: Entry, kind: string): Draft | undefined {
    const last = this.rows.at(-1);
    return last && last.kind === kind && entry.at - last.at <= TOGETHER ? last : undefined;
  }
}

/** An entry with what is read of it again and again. */
export interface Told extends Entry {
  readonly tab: number;
  readonly who: string;
  /** The first word of its text, and the second. */
  readonly what: string;
  readonly place: string;
}

export type Teller = (course: Course, told: Told) => void;

/** What a lane is called, in full. */
export function laneName(lane: Lane): string {
  if (lane === 'storage') return 'Storage';
  if (lane === 'lock') return 'Lock';
  return lane === 'provider' ? 'Provider' : nameOf(lane);
}

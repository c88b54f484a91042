// From the simulation's log to what is drawn: rows with a caption, marks, and the state of every lane after it.
import type { Entry, Played } from './engine';

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

type Draft = { -readonly [K in keyof Row]: Row[K] } & { marks: Mark[]; tabs: number[]; token?: string };

const QUIET = 1_500;
const TOGETHER = 80;

export const nameOf = (tab: number | undefined) => `Tab ${(tab ?? 0) + 1}`;

/** `Tab 1`, `Tabs 1 and 2`, `Tabs 1, 2 and 3` */
export function namesOf(tabs: readonly number[]): string {
  const numbers = [...new Set(tabs)].sort((a, b) => a - b).map((tab) => tab + 1);
  const last = numbers.pop();
  return numbers.length === 0 ? `Tab ${last}` : `Tabs ${numbers.join(', ')} and ${last}`;
}

export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 120) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = seconds / 60;
  return minutes < 120 ? `${Math.round(minutes)} min` : `${Math.round(minutes / 60)} h`;
}

const said: Record<string, (who: string, to: string, token?: string) => string> = {
  query: (who, to) => `${who} asks ${to}: do you hold newer tokens than mine?`,
  present: (who, _to) =>
    `${who} ${who.startsWith('Tabs') ? 'say' : 'says'} what they hold`.replace(
      'says what they hold',
      'says what it holds',
    ),
  tokens: (who, to, token) => `${who} passes ${token} on to ${to}`,
  left: (who) => `${who} says that it is leaving`,
  failing: (who) => `${who} says that its refresh failed, so that the others wait too`,
  ended: (who, to) => `${who} tells ${to} that the session has ended`,
};

const signedOut: Record<string, string> = {
  never: 'nobody is signed in',
  logout: 'signed out',
  login_required: 'signed out: the token ran out, and there is no refresh token',
  session_expired: 'signed out: the provider ended the session (session_expired)',
  session_lost: 'signed out: the session is lost (session_lost)',
  session_mismatch: 'signed out: the answer was of another session (session_mismatch)',
};

const answers: Record<string, string> = {
  refused: 'refused (invalid_grant)',
  mismatch: 'an ID token of another user',
  timeout: 'no answer in time',
  network_error: 'no connection',
  platform_unavailable: '503: not now',
  rate_limited: '429: not so often',
  token_response_invalid: 'a page that is no answer',
};

const chance: Record<string, string> = {
  Freeze: 'the browser freezes it',
  Throttle: 'it is hidden, and its timers run late',
  Kill: 'it is closed',
  Reload: 'it is reloaded',
  Duplicate: 'the user duplicates it',
  Back: 'the user follows a link, and comes back later',
  Sleep: 'the device sleeps',
  Jump: 'the clock is set',
  Blocked: 'storage is blocked',
  Full: 'storage is full',
  Clear: 'storage is cleared',
  Corrupt: 'the record is overwritten with something else',
  SignOut: 'the user signs out',
  Offline: 'the network is gone',
  Outage: 'the provider is down',
  PlatformRevokes: 'the provider ends the session',
};

/** What may go wrong in a seed's world, in words. */
export function faultsOf(plan: string): string {
  const names =
    plan
      .match(/\[(.*)\]/)?.[1]
      ?.split(', ')
      .filter(Boolean) ?? [];
  if (names.length === 0) return 'nothing goes wrong by chance';
  return `what may go wrong: ${names.map((name) => name.replace(/(?<=[a-z])[A-Z]/g, ' $&').toLowerCase()).join(', ')}`;
}

const deeds: Record<string, string> = {
  tab: 'open a new tab',
  fill: 'fill the storage: nothing more can be written',
  block: 'block the storage',
  free: 'let storage work again',
  clear: 'clear the storage',
  offline: 'cut the network',
  online: 'restore the network',
  outage: 'take the provider down',
  recover: 'bring the provider back',
  sleep: 'let the device sleep',
  revoke: 'end the session at the provider',
  lose_answer: 'let the provider’s next answer get lost',
  lose_messages: 'lose every message that is on its way',
  lose_requests: 'lose every request and answer that is on its way',
};

/** The rows of a course. With `all` also what is hidden otherwise: sign-in records, marks, the callback's lock. */
export function rowsOf(played: Played, all: boolean): Row[] {
  const rows: Draft[] = [];
  let state: State = { tabs: [], storage: 'works', online: true };
  const sentAt = new Map<number, number>();

  const setTab = (tab: number, change: Partial<TabState>) => {
    const tabs = [...state.tabs];
    const old = tabs[tab] ?? { open: false, frozen: false, status: 'loading' };
    tabs[tab] = { ...old, ...change };
    state = { ...state, tabs };
  };
  const add = (
    entry: Entry,
    caption: string,
    marks: Mark[],
    tone: Row['tone'] = 'plain',
    tabs: number[] = [],
  ) => {
    const before = rows.at(-1);
    if (before && entry.at - before.at > QUIET) {
      const { tick, at } = before;
      const text = `${duration(entry.at - before.at)} pass`;
      rows.push({
        tick,
        at,
        kind: 'gap',
        tone: 'gap',
        caption: text,
        marks: [],
        tabs: [],
        state: before.state,
      });
    }
    rows.push({
      tick: entry.tick,
      at: entry.at,
      kind: entry.kind,
      tone,
      caption,
      marks,
      tabs,
      state,
      token: entry.token,
    });
  };
  /** The last row, if it is one that `entry` belongs to. */
  const joins = (entry: Entry, kind: string) => {
    const last = rows.at(-1);
    return last && last.kind === kind && entry.at - last.at <= TOGETHER ? last : undefined;
  };

  const { entries } = played;
  for (let at = 0; at < entries.length; at++) {
    const entry = entries[at] as Entry;
    const { kind, tab = 0, other = 0, number = 0, token, text = '' } = entry;
    const who = nameOf(tab);
    const [what = '', place] = text.split(' ');
    switch (kind) {
      case 'load':
        setTab(tab, { open: true, frozen: false, status: 'loading', token: undefined });
        add(entry, what === 'callback' ? `${who} comes back with a code` : `${who} opens the app`, [
          { type: 'dot', lane: tab },
        ]);
        break;
      case 'gone':
        setTab(tab, { open: false, frozen: false, token: undefined });
        if (state.holder === tab) state = { ...state, holder: undefined };
        add(entry, text.startsWith('to the platform') ? `${who} goes to the provider` : `${who} is gone`, [
          { type: 'dot', lane: tab },
        ]);
        break;
      case 'frozen':
        setTab(tab, { frozen: true });
        add(entry, `${who} is frozen: it hears, does and forgets nothing`, [{ type: 'dot', lane: tab }]);
        break;
      case 'thawed':
        setTab(tab, { frozen: false });
        add(entry, `${who} thaws, and hears all at once what it missed`, [{ type: 'dot', lane: tab }]);
        break;
      case 'state': {
        const signedIn = text === 'in' || text === 'failing';
        setTab(tab, { status: text, token: signedIn ? token : undefined });
        const last = joins(entry, 'state');
        const dot: Mark = { type: 'dot', lane: tab, token: signedIn ? token : undefined };
        if (text === 'loading') break;
        if (text === 'never' && !all) break;
        if (last && last.token === token && last.tone === 'plain' && text === 'in') {
          last.tabs.push(tab);
          last.marks.push(dot);
          last.state = state;
          last.caption = `${namesOf(last.tabs)} have ${token}`;
        } else if (text === 'in') {
          add(entry, `${who} has ${token}`, [dot], 'plain', [tab]);
        } else if (text === 'failing') {
          add(entry, `${who} keeps ${token}, and tries again later`, [dot], 'chance', [tab]);
        } else {
          const bad = text !== 'logout' && text !== 'never';
          add(entry, `${who} is ${signedOut[text] ?? text}`, [dot], bad ? 'bad' : 'chance', [tab]);
        }
        break;
      }
      case 'posted':
      case 'posted_lost': {
        sentAt.set(number, entry.at);
        const lost =
          kind === 'posted_lost' || entries.some((e) => e.kind === 'missed' && e.number === number);
        const arrow: Mark = { type: 'arrow', from: tab, to: other, lost };
        const last = joins(entry, what);
        const mine =
          last && (last.tabs.length === 1 ? last.tabs[0] === tab && last.tick === entry.tick : false);
        if (last && (mine || what === 'present')) {
          last.marks.push(arrow);
          if (!last.tabs.includes(tab)) last.tabs.push(tab);
        } else {
          add({ ...entry, kind: what }, '', [arrow], 'plain', [tab]);
        }
        const row = rows.at(-1) as Draft;
        const to = row.marks.flatMap((mark) =>
          mark.type === 'arrow' && typeof mark.to === 'number' ? [mark.to] : [],
        );
        const someLost = row.marks.some((mark) => mark.type === 'arrow' && mark.lost);
        const words = said[what]?.(namesOf(row.tabs), namesOf(to).replace('Tab', 'tab'), token) ?? what;
        row.caption = words + (someLost ? ' (lost)' : '');
        if (someLost) row.tone = 'chance';
        break;
      }
      case 'heard': {
        const late = entry.at - (sentAt.get(number) ?? entry.at);
        if (late > 100) {
          add(entry, `${who} hears what ${nameOf(other)} said, ${duration(late)} later`, [
            { type: 'arrow', from: other, to: tab },
          ]);
        }
        break;
      }
      case 'asked':
        if (what === 'callback' && !all) break;
        add(entry, `${who} asks for the ${what === 'callback' ? 'callback’s ' : ''}lock`, [
          { type: 'arrow', from: tab, to: 'lock' },
        ]);
        break;
      case 'granted': {
        if (what === 'callback' && !all) break;
        if (what !== 'callback') state = { ...state, holder: tab };
        const holds: Mark = { type: 'dot', lane: 'lock', label: String(tab + 1) };
        const last = rows.at(-1);
        if (last?.kind === 'asked' && last.tick === entry.tick && last.caption.startsWith(`${who} asks`)) {
          last.caption = `${who} asks for the lock, and has it`;
          last.marks.push(holds);
          last.state = state;
          last.kind = 'granted';
        } else {
          const free =
            what === 'unlocked' ? `${who} has the lock, as everybody has` : `${who} has the lock now`;
          add(entry, free, [{ type: 'arrow', from: 'lock', to: tab }, holds]);
        }
        break;
      }
      case 'busy':
        if (all)
          add(entry, `${who} cannot have the lock`, [{ type: 'arrow', from: 'lock', to: tab, lost: true }]);
        break;
      case 'released':
        if (what === 'callback' && !all) break;
        if (state.holder === tab && what !== 'callback') state = { ...state, holder: undefined };
        add(entry, `${who} lets the lock go`, [{ type: 'arrow', from: tab, to: 'lock' }]);
        break;
      case 'stolen':
        if (state.holder === tab) state = { ...state, holder: undefined };
        add(
          entry,
          entry.other === undefined
            ? `${who} loses the lock`
            : `${nameOf(other)} takes the lock away from ${who.toLowerCase()}, which kept it for too long`,
          [{ type: 'arrow', from: 'lock', to: tab, lost: true }],
          'chance',
        );
        break;
      case 'sent': {
        const content: Record<string, string> = {
          refresh: `the refresh token of ${token}`,
          code: 'the code and its verifier',
          revoke: `the refresh token of ${token}, to be revoked`,
          metadata: 'a request for the metadata',
          keys: 'a request for the keys',
        };
        if (!all && (what === 'metadata' || what === 'keys')) break;
        add(entry, `${who} sends ${content[what]}`, [{ type: 'arrow', from: tab, to: 'provider' }]);
        break;
      }
      case 'never_arrived':
        add(
          entry,
          what === 'busy' ? 'The provider is busy' : `The request of ${who.toLowerCase()} never arrives`,
          [{ type: 'arrow', from: tab, to: 'provider', lost: true }],
          'chance',
        );
        break;
      case 'arrived':
        if (what === 'tokens') {
          state = { ...state, issued: token };
          const index = Number(token?.slice(1));
          const spent = index > 0 ? `; ${token?.[0]}${index - 1} is spent` : '';
          add(entry, `The provider gives out ${token}${spent}`, [{ type: 'dot', lane: 'provider', token }]);
        } else if (what === 'reuse') {
          state = { ...state, issued: undefined };
          const words = `The provider sees ${token}’s refresh token a second time, and ends the session`;
          add(entry, words, [{ type: 'dot', lane: 'provider' }], 'bad');
        } else if (what === 'refused') {
          add(entry, 'The provider refuses', [{ type: 'dot', lane: 'provider' }], 'chance');
        } else if (what === 'revoked') {
          state = { ...state, issued: undefined };
          add(entry, 'The provider ends the session', [{ type: 'dot', lane: 'provider' }]);
        }
        break;
      case 'answer_lost':
        add(
          entry,
          `The answer to ${who.toLowerCase()} is lost`,
          [{ type: 'arrow', from: 'provider', to: tab, lost: true }],
          'chance',
        );
        break;
      case 'answered': {
        if (
          !all &&
          !entries.some((e) => e.kind === 'sent' && e.number === number && /refresh|code/.test(e.text ?? ''))
        )
          break;
        const good = what === 'tokens';
        const lost = what === 'timeout' || what === 'network_error';
        const words = good ? `${who} has the provider’s answer` : `${who} gets ${answers[what] ?? what}`;
        add(entry, words, [{ type: 'arrow', from: 'provider', to: tab, lost }], good ? 'plain' : 'chance');
        break;
      }
      case 'written':
      case 'unwritten':
      case 'removed': {
        const record = what === 'session' || what === 'tombstone';
        if (!record && !all) break;
        const lane: Lane = place === 'origin' ? 'storage' : tab;
        const done = kind !== 'unwritten';
        const stored = kind === 'written' ? (what === 'tombstone' ? 'signed out' : token) : undefined;
        if (record && place === 'origin') state = { ...state, stored };
        const thing = what === 'tombstone' ? '“signed out”' : what === 'session' ? token : `its ${what}`;
        const words =
          kind === 'removed'
            ? `${who} removes the record`
            : done
              ? `${who} writes ${thing} to ${place === 'origin' ? 'storage' : 'its own storage'}`
              : `${who} cannot write ${thing}${state.storage === 'blocked' ? '' : ', and removes the old record, whose refresh token is spent'}`;
        const mark: Mark =
          lane === tab ? { type: 'dot', lane } : { type: 'arrow', from: tab, to: lane, lost: !done };
        add(entry, words, [mark], done ? 'plain' : 'chance');
        break;
      }
      case 'called':
        if (what === 'new' || all) {
          const which = what === 'new' ? 'a new token' : 'a token';
          add(entry, `The app in ${who.toLowerCase()} asks for ${which}`, [{ type: 'dot', lane: tab }]);
        }
        break;
      case 'settled':
        if (what !== 'done' && (what !== 'token' || all)) {
          const result = what === 'token' ? token : `the error ${what}`;
          add(entry, `The app in ${who.toLowerCase()} gets ${result}`, [{ type: 'dot', lane: tab }]);
        }
        break;
      case 'signs_in':
        add(entry, `The user signs in in ${who.toLowerCase()}`, [{ type: 'dot', lane: tab }], 'you');
        break;
      case 'signs_out':
        add(entry, `The user signs out in ${who.toLowerCase()}`, [{ type: 'dot', lane: tab }], 'you');
        break;
      case 'did': {
        if (what === 'fill') state = { ...state, storage: 'full' };
        if (what === 'block') state = { ...state, storage: 'blocked' };
        if (what === 'free') state = { ...state, storage: 'works' };
        if (what === 'clear') state = { ...state, stored: undefined };
        if (what === 'offline') state = { ...state, online: false };
        if (what === 'online') state = { ...state, online: true };
        const own: Record<string, string> = {
          reload: `reload ${who.toLowerCase()}`,
          close: `close ${who.toLowerCase()}`,
          duplicate: `duplicate ${who.toLowerCase()}`,
          steal: `take the lock away from ${who.toLowerCase()}`,
        };
        const marks: Mark[] = entry.tab === undefined ? [] : [{ type: 'dot', lane: tab }];
        add(entry, `You ${own[what] ?? deeds[what] ?? what}`, marks, 'you');
        break;
      }
      case 'fault':
        add(
          entry,
          `By chance, ${who.toLowerCase()}: ${chance[what] ?? what}`,
          [{ type: 'dot', lane: tab }],
          'chance',
        );
        if (what === 'Clear') state = { ...state, stored: undefined };
        break;
      case 'broken':
        add(entry, `Broken: “${text.split(':')[0]}”`, [], 'bad');
        break;
    }
  }
  return rows;
}

/** What a lane is called, in full. */
export function laneName(lane: Lane): string {
  if (lane === 'storage') return 'Storage';
  if (lane === 'lock') return 'Lock';
  return lane === 'provider' ? 'Provider' : nameOf(lane);
}

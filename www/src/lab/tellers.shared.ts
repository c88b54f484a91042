// What tabs share: the channel, the locks and the storage.
import { arrow, dot, type Teller } from './course';
import { duration, nameOf, namesOf, said } from './words';

const posted: Teller = (course, told) => {
  const { tab, what, other = 0, number = -1, token, at, tick } = told;
  course.postedAt.set(number, at);
  const mark = arrow(tab, other, course.missed.has(number));
  // One row for all whom a tab tells the same, and for all who answer.
  const last = course.joins(told, what);
  const mine = last?.tabs.length === 1 && last.tabs[0] === tab && last.tick === tick;
  const row = last && (mine || what === 'present') ? last : course.add({ ...told, kind: what }, '', []);
  row.marks.push(mark);
  if (!row.tabs.includes(tab)) row.tabs.push(tab);
  const arrows = row.marks.flatMap((one) => (one.type === 'arrow' ? [one] : []));
  const to = arrows.flatMap((one) => (typeof one.to === 'number' ? [one.to] : []));
  const lost = arrows.some((one) => one.lost);
  const words = said[what]?.(namesOf(row.tabs), namesOf(to).replace('Tab', 'tab'), token) ?? what;
  row.caption = lost ? `${words} (lost)` : words;
  if (lost) row.tone = 'chance';
};

const granted: Teller = (course, told) => {
  const { tab, who, what, tick } = told;
  if (what === 'callback' && !course.all) return;
  if (what !== 'callback') course.set({ holder: tab });
  const holds = { ...dot('lock'), label: String(tab + 1) };
  const last = course.rows.at(-1);
  if (last?.kind === 'asked' && last.tick === tick && last.tabs[0] === tab) {
    last.kind = 'granted';
    last.caption = `${who} asks for the lock, and has it`;
    last.marks.push(holds);
    last.state = course.state;
  } else {
    const caption = what === 'unlocked' ? 'has the lock, as everybody has' : 'has the lock now';
    course.add(told, `${who} ${caption}`, [arrow('lock', tab), holds]);
  }
};

const stored: Teller = (course, told) => {
  const { kind, tab, who, what, place, token } = told;
  const record = what === 'session' || what === 'tombstone';
  if (!record && !course.all) return;
  const shared = place === 'origin';
  const thing = what === 'tombstone' ? '“signed out”' : what === 'session' ? token : `its ${what}`;
  if (record && shared) {
    const now = what === 'tombstone' ? 'signed out' : token;
    course.set({ stored: kind === 'written' ? now : undefined });
  }
  const old =
    course.state.storage === 'blocked' ? '' : ', and removes the old record, whose refresh token is spent';
  const words: Record<string, string> = {
    removed: 'removes the record',
    written: `writes ${thing} to ${shared ? 'storage' : 'its own storage'}`,
    unwritten: `cannot write ${thing}${old}`,
  };
  const failed = kind === 'unwritten';
  const mark = shared ? arrow(tab, 'storage', failed) : dot(tab);
  course.add(told, `${who} ${words[kind]}`, [mark], failed ? 'chance' : 'plain');
};

export const shared: Record<string, Teller> = {
  posted,
  posted_lost: posted,
  heard(course, told) {
    const { tab, who, other = 0, number = -1, at } = told;
    const late = at - (course.postedAt.get(number) ?? at);
    if (late <= 100) return;
    course.add(told, `${who} hears what ${nameOf(other)} said, ${duration(late)} later`, [arrow(other, tab)]);
  },
  asked(course, told) {
    if (told.what === 'callback' && !course.all) return;
    const which = told.what === 'callback' ? 'the callback’s lock' : 'the lock';
    course.add(told, `${told.who} asks for ${which}`, [arrow(told.tab, 'lock')], 'plain', [told.tab]);
  },
  granted,
  busy(course, told) {
    if (course.all) course.add(told, `${told.who} cannot have the lock`, [arrow('lock', told.tab, true)]);
  },
  released(course, told) {
    if (told.what === 'callback' && !course.all) return;
    if (told.what !== 'callback' && course.state.holder === told.tab) course.set({ holder: undefined });
    course.add(told, `${told.who} lets the lock go`, [arrow(told.tab, 'lock')]);
  },
  stolen(course, told) {
    if (course.state.holder === told.tab) course.set({ holder: undefined });
    const caption =
      told.other === undefined
        ? `${told.who} loses the lock`
        : `${nameOf(told.other)} takes the lock away from ${told.who.toLowerCase()}, which kept it for too long`;
    course.add(told, caption, [arrow('lock', told.tab, true)], 'chance');
  },
  written: stored,
  unwritten: stored,
  removed: stored,
};

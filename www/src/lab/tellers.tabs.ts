// Tabs: what becomes of them, what they hold, and what is done to them.
import { dot, type Teller } from './course';
import { chance, deeds, namesOf, signedOut } from './words';

const status: Teller = (course, told) => {
  const { tab, who, token, text = '' } = told;
  const signedIn = text === 'in' || text === 'failing';
  const held = signedIn ? token : undefined;
  course.setTab(tab, { status: text, token: held });
  if (text === 'loading' || (text === 'never' && !course.all)) return;
  const last = course.joins(told, 'state');
  if (text === 'in' && last?.token === token && last?.tone === 'plain') {
    last.tabs.push(tab);
    last.marks.push(dot(tab, held));
    last.state = course.state;
    last.caption = `${namesOf(last.tabs)} have ${token}`;
  } else if (text === 'in') {
    course.add(told, `${who} has ${token}`, [dot(tab, held)], 'plain', [tab]);
  } else if (text === 'failing') {
    course.add(told, `${who} keeps ${token}, and tries again later`, [dot(tab, held)], 'chance');
  } else {
    const wanted = text === 'logout' || text === 'never';
    course.add(told, `${who} is ${signedOut[text] ?? text}`, [dot(tab)], wanted ? 'chance' : 'bad');
  }
};

const did: Teller = (course, told) => {
  const { what, tab, who } = told;
  if (what === 'fill') course.set({ storage: 'full' });
  if (what === 'block') course.set({ storage: 'blocked' });
  if (what === 'free') course.set({ storage: 'works' });
  if (what === 'clear') course.set({ stored: undefined });
  if (what === 'offline' || what === 'online') course.set({ online: what === 'online' });
  const toTab: Record<string, string> = {
    reload: `reload ${who.toLowerCase()}`,
    close: `close ${who.toLowerCase()}`,
    duplicate: `duplicate ${who.toLowerCase()}`,
    steal: `take the lock away from ${who.toLowerCase()}`,
  };
  const deed = toTab[what];
  course.add(told, `You ${deed ?? deeds[what] ?? what}`, deed ? [dot(tab)] : [], 'you');
};

export const tabs: Record<string, Teller> = {
  load(course, told) {
    course.setTab(told.tab, { open: true, frozen: false, status: 'loading', token: undefined });
    const caption = told.what === 'callback' ? 'comes back with a code' : 'opens the app';
    course.add(told, `${told.who} ${caption}`, [dot(told.tab)]);
  },
  gone(course, told) {
    course.setTab(told.tab, { open: false, frozen: false, token: undefined });
    if (course.state.holder === told.tab) course.set({ holder: undefined });
    const caption = told.text?.startsWith('to the p') ? 'goes to the provider' : 'is gone';
    course.add(told, `${told.who} ${caption}`, [dot(told.tab)]);
  },
  frozen(course, told) {
    course.setTab(told.tab, { frozen: true });
    course.add(told, `${told.who} is frozen: it hears, does and forgets nothing`, [dot(told.tab)]);
  },
  thawed(course, told) {
    course.setTab(told.tab, { frozen: false });
    course.add(told, `${told.who} thaws, and hears all at once what it missed`, [dot(told.tab)]);
  },
  state: status,
  did,
  fault(course, told) {
    if (told.what === 'Clear') course.set({ stored: undefined });
    const caption = `By chance, ${told.who.toLowerCase()}: ${chance[told.what] ?? told.what}`;
    course.add(told, caption, [dot(told.tab)], 'chance');
  },
  signs_in(course, told) {
    course.add(told, `The user signs in in ${told.who.toLowerCase()}`, [dot(told.tab)], 'you');
  },
  signs_out(course, told) {
    course.add(told, `The user signs out in ${told.who.toLowerCase()}`, [dot(told.tab)], 'you');
  },
  called(course, told) {
    if (told.what !== 'new' && !course.all) return;
    const which = told.what === 'new' ? 'a new token' : 'a token';
    course.add(told, `The app in ${told.who.toLowerCase()} asks for ${which}`, [dot(told.tab)]);
  },
  settled(course, told) {
    if (told.what === 'done' || (told.what === 'token' && !course.all)) return;
    const result = told.what === 'token' ? told.token : `the error ${told.what}`;
    course.add(told, `The app in ${told.who.toLowerCase()} gets ${result}`, [dot(told.tab)]);
  },
  broken(course, told) {
    course.add(told, `Broken: “${told.text?.split(':')[0]}”`, [], 'bad');
  },
};

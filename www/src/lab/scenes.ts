// What one may begin with. Each is a script of the simulation: `simulation/src/script.rs` says how it is written.

export interface Scene {
  readonly name: string;
  readonly title: string;
  /** What is to be seen in it. */
  readonly about: string;
  readonly script: string;
}

const calm = 'calm local 60';
const threeTabs = `${calm}\ndo tab\ndo signin 0\nwait 2000 tab\ndo tab`;

export const scenes: readonly Scene[] = [
  {
    name: 'refresh',
    title: 'Three tabs, one refresh',
    about:
      'The user signs in in tab 1 and opens two more. When the access token is about to run out, all three want a new one. One of them gets the lock, and the provider is asked once.',
    script: threeTabs,
  },
  {
    name: 'frozen',
    title: 'A tab freezes with the lock',
    about:
      'The browser freezes the tab that holds the lock, in the middle of its refresh. The others wait no longer than such a refresh can take; then one of them takes the lock away.',
    script: `${threeTabs}\nwhen granted session: freeze holder\nwait 70000 thaw frozen\nstop 20000`,
  },
  {
    name: 'signout',
    title: 'Sign-out in mid-refresh',
    about:
      'One tab’s refresh is on its way to the provider when the user signs out in another tab. The answer comes after that, and must not bring the session back.',
    script: `${threeTabs}\nwhen sent refresh: signout other\nstop 20000`,
  },
  {
    name: 'network',
    title: 'The network goes',
    about:
      'The network is gone when the token is due. Nobody is signed out for that: the session waits until there is a network again.',
    script: `${threeTabs}\nwait 30000 offline\nwait 45000 online\nstop 30000`,
  },
  {
    name: 'answer',
    title: 'The answer is lost',
    about:
      'The worst that can happen: the provider gives out new tokens and the answer never arrives. The refresh token that the tabs hold is spent, and no client can know it. The end is told as what it is: session_lost.',
    script: `${threeTabs}\nwhen granted session: lose answer\nstop 30000`,
  },
  {
    name: 'blocked',
    title: 'Storage is blocked',
    about:
      'Nothing can be read or written any more. The tab with new tokens keeps them in memory, passes them on to the others, and they are written down as soon as storage works again.',
    script: `${threeTabs}\nwait 20000 block\nwait 40000 free\nstop 40000`,
  },
  {
    name: 'duplicate',
    title: 'A duplicated tab',
    about:
      'With tokens kept per tab, duplicating a tab copies them, refresh token included. The tab that used it second would end the session, so the copies ask each other before they send.',
    script: 'calm session 60\ndo tab\ndo signin 0\nwait 2000 duplicate 0\nwait 1000 duplicate 0\nstop 60000',
  },
];

export interface Rule {
  readonly name: string;
  readonly title: string;
  readonly about: string;
}

/** What can be switched off; as `simulation/src/script.rs` names it. */
export const rules: readonly Rule[] = [
  { name: 'lock', title: 'the lock', about: 'Every tab gets the lock at once.' },
  {
    name: 'hold',
    title: 'keeping the lock until the answer',
    about: 'The lock is let go as soon as the request is sent.',
  },
  {
    name: 'reread',
    title: 'reading storage again under the lock',
    about: 'The holder of the lock goes by what it read before it had it.',
  },
  {
    name: 'query',
    title: 'the question to the other tabs',
    about: 'Nobody asks the other tabs for newer tokens before a refresh token is sent.',
  },
  { name: 'channel', title: 'all messages between tabs', about: 'No message arrives.' },
  {
    name: 'tombstone',
    title: 'the mark that a sign-out leaves',
    about: 'A sign-out removes the record and leaves nothing in its place.',
  },
];

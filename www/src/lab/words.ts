// The words of the page: names, times, and what happens in a sentence.

export const nameOf = (tab: number | undefined) => `Tab ${(tab ?? 0) + 1}`;

/** `Tab 1`, `Tabs 1 and 2`, `Tabs 1, 2 and 3` */
export function namesOf(tabs: readonly number[]): string {
  const numbers = [...new Set(tabs)].sort((a, b) => a - b).map((tab) => tab + 1);
  const last = numbers.pop();
  return numbers.length === 0 ? `Tab ${last}` : `Tabs ${numbers.join(', ')} and ${last}`;
}

/** `144 ms`, `4.3 s`, `12 min` */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 120) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = seconds / 60;
  return minutes < 120 ? `${Math.round(minutes)} min` : `${Math.round(minutes / 60)} h`;
}

/** What one tab says to others. */
export const said: Record<string, (who: string, to: string, token?: string) => string> = {
  query: (who, to) => `${who} asks ${to}: do you hold newer tokens than mine?`,
  present: (who) => (who.startsWith('Tabs') ? `${who} say what they hold` : `${who} says what it holds`),
  tokens: (who, to, token) => `${who} passes ${token} on to ${to}`,
  left: (who) => `${who} says that it is leaving`,
  failing: (who) => `${who} says that its refresh failed, so that the others wait too`,
  ended: (who, to) => `${who} tells ${to} that the session has ended`,
};

/** Why nobody is signed in. */
export const signedOut: Record<string, string> = {
  never: 'nobody is signed in',
  logout: 'signed out',
  login_required: 'signed out: the token ran out, and there is no refresh token',
  session_expired: 'signed out: the provider ended the session (session_expired)',
  session_lost: 'signed out: the session is lost (session_lost)',
  session_mismatch: 'signed out: the answer was of another session (session_mismatch)',
};

/** What a request comes to, other than tokens. */
export const answers: Record<string, string> = {
  refused: 'refused (invalid_grant)',
  mismatch: 'an ID token of another user',
  timeout: 'no answer in time',
  network_error: 'no connection',
  platform_unavailable: '503: not now',
  rate_limited: '429: not so often',
  token_response_invalid: 'a page that is no answer',
};

/** What chance does to a tab or to everything. */
export const chance: Record<string, string> = {
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

/** What the user of the page does: “You …”. */
export const deeds: Record<string, string> = {
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

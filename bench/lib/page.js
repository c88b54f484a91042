// What every app of the bench shares. An app reports what its client came to; the bench reads the times.
/** Where the provider is and who asks, written into the page by the server. */
export const config = { redirectUri: `${location.origin}/callback`, ...window.BENCH };

const wants = new URLSearchParams(location.search);
let reported;

/**
 * The client is ready: the page knows whether the user is signed in.
 *
 * @param {{ signedIn: boolean, signIn: () => unknown, token: () => Promise<string> }} client
 */
export function report(client) {
  window.client = client;
  const state = client.signedIn ? 'in' : 'out';
  if (reported === state) return;
  reported = state;
  mark(state);
  if (!client.signedIn && wants.has('go')) client.signIn();
}

/** Tells the bench that something happened, and when. */
function mark(what, more) {
  const at = performance.now();
  const [page] = performance.getEntriesByType('navigation');
  const facts = { what, path: location.pathname, ms: at - page.responseEnd, ...more };
  navigator.sendBeacon('/bench', JSON.stringify(facts));
}

/** For clients that are made by a function; a failure is told too. */
export const run = (start) =>
  start(config).then(report, (error) => mark('failed', { error: String(error?.stack ?? error) }));

/** As if so much time had passed, for the clocks that a script can read. Timers run as they do. */
let leapt = 0;
const wall = Date.now.bind(Date);
const monotonic = performance.now.bind(performance);
const leap = (ms) => {
  leapt += ms;
  const RealDate = Date;
  if (leapt === ms) {
    window.Date = class extends RealDate {
      constructor(...given) {
        super(...(given.length > 0 ? given : [wall() + leapt]));
      }
      static now() {
        return wall() + leapt;
      }
    };
    performance.now = () => monotonic() + leapt;
  }
};

/** So many callers ask for a token at one moment, `ms` later than it is. */
window.expire = async (callers, ms) => {
  leap(ms);
  const began = monotonic();
  const asked = await Promise.allSettled(Array.from({ length: callers }, async () => client.token()));
  const failed = asked.filter(({ status }) => status === 'rejected');
  const tokens = new Set(asked.map(({ value }) => value));
  const facts = { ms: monotonic() - began, failed: failed.length, tokens: tokens.size };
  return { ...facts, error: failed.length > 0 ? String(failed[0].reason) : undefined };
};

/** How long one call takes while the token is valid, in microseconds: the mean of as many as fit `ms`. */
window.timeToken = async (ms) => {
  for (let n = 0; n < 20; n++) await client.token();
  const began = monotonic();
  let calls = 0;
  while (monotonic() - began < ms) {
    for (let n = 0; n < 10; n++) await client.token();
    calls += 10;
  }
  return ((monotonic() - began) * 1000) / calls;
};

// Every tab of the app at the same moment. A channel does not hear itself.
const channel = new BroadcastChannel('bench');
channel.onmessage = ({ data }) =>
  expire(1, data.ms).then((facts) =>
    navigator.sendBeacon('/bench', JSON.stringify({ what: 'token', ...facts })),
  );
window.expireAll = (ms) => {
  channel.postMessage({ ms });
  return expire(1, ms);
};

// What the page under test does when the runner says so.
import { createIntelliAuth } from '/sdk/index.js';

// The SDK's time, which the runner lets pass: a short time limit would pass on a busy machine by itself.
let ahead = 0;
for (const clock of [Date, performance]) {
  const now = clock.now.bind(clock);
  clock.now = () => now() + ahead;
}
const timers = new Map();
const [start, stop] = [setTimeout, clearTimeout];
window.setTimeout = (work, delay = 0, ...rest) => {
  const run = () => {
    stop(id);
    timers.delete(id);
    work(...rest);
  };
  const id = start(run, delay);
  timers.set(id, { due: performance.now() + delay, run });
  return id;
};
window.clearTimeout = (id) => {
  stop(id);
  timers.delete(id);
};

let auth;
const events = [];
let said = [];

/** Everything that anybody could read off a value, errors above all. */
function spelled(value, depth = 0) {
  if (typeof value !== 'object' || value === null || depth > 4) return String(value);
  const parts = [String(value)];
  try {
    parts.push(JSON.stringify(value));
  } catch {}
  for (const name of Object.getOwnPropertyNames(value)) {
    try {
      parts.push(name, spelled(value[name], depth + 1));
    } catch {}
  }
  if (value instanceof Error) parts.push(value.message, value.stack, spelled(value.cause, depth + 1));
  return parts.join('\n');
}
const overhear = (...values) => said.push(...values.map((value) => spelled(value)));
for (const [name, method] of Object.entries(console)) {
  if (typeof method !== 'function') continue;
  console[name] = (...values) => {
    overhear(name, ...values);
    return method.apply(console, values);
  };
}
addEventListener('error', ({ message, filename, error }) => overhear(message, filename, error));
addEventListener('unhandledrejection', ({ reason }) => overhear(reason));
addEventListener('securitypolicyviolation', (violation) => overhear(violation.blockedURI, violation.sample));

const told = (error) => {
  overhear(error);
  return error?.name === 'IntelliAuthError'
    ? { code: error.code, details: error.details, transient: error.transient }
    : { code: 'not_ours', details: { text: String(error?.stack ?? error) } };
};
const attempt = (work) =>
  work().then(
    (value) => ({ value, state: auth?.getState() }),
    (error) => ({ error: told(error), state: auth?.getState() }),
  );

window.drive = {
  events,
  /** As a new tab has it. */
  forget() {
    auth?.dispose();
    auth = undefined;
    sessionStorage.clear();
    localStorage.clear();
    history.replaceState(null, '', '/');
    events.length = 0;
    said = [];
    timers.clear();
    ahead = 0;
  },
  /** What the console, thrown errors, uncaught ones and events have said since the last time. */
  said() {
    const all = said.join('\n');
    said = [];
    return all;
  },
  /** At another address, with everything begun anew. */
  arrive(url) {
    auth?.dispose();
    auth = undefined;
    history.pushState(null, '', url);
  },
  start: (options) =>
    attempt(async () => {
      auth = await createIntelliAuth(options);
      auth.subscribe((_, event) => {
        if (!event) return;
        events.push(event);
        overhear(event);
      });
    }),
  login: (options) =>
    attempt(async () => {
      let url;
      await auth.loginWithRedirect({
        ...options,
        openUrl: (given) => {
          url = given;
        },
      });
      return url;
    }),
  callback: (url) => attempt(() => auth.handleCallback(url)),
  callbackTwice: () =>
    attempt(() => Promise.all([auth.handleCallback(), auth.handleCallback()]).then(([one]) => one)),
  refresh: () => attempt(() => auth.getAccessToken({ forceRefresh: true }).then(() => undefined)),
  /** Nothing is tried again afterwards, so that what left can be counted. */
  refreshOnce: () => window.drive.refresh().finally(() => auth.dispose()),
  token: () => attempt(() => auth.getAccessToken().then(() => undefined)),
  logout: (options) => attempt(() => auth.logout(options)),
  /** So many milliseconds pass, and what became due by a timer is done. */
  passTime(milliseconds) {
    ahead += milliseconds;
    const now = performance.now();
    const due = [...timers.values()].filter((timer) => timer.due <= now);
    for (const { run } of due.sort((one, other) => one.due - other.due)) run();
  },
  isCallback: () => auth.isCallback(),
  state: () => auth?.getState(),
  trace: () => auth?.trace(),
  dispose: () => auth?.dispose(),
  polluted: () => Object.keys(Object.prototype).join() || ('polluted' in {} ? 'polluted' : ''),
};
window.ready = true;

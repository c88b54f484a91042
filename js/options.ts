/**
 * Reads options: own members only, each checked for its type. A changed `Object.prototype` adds none, and a wrong
 * option is refused as `invalid_config`, with its name.
 */
import { type Fault, fault } from './faults.js';
import type { HandledEvent, IntelliAuthOptions } from './types.js';

/** Answers with the value as it may be used. Throws a {@link Fault}. */
// biome-ignore lint/suspicious/noExplicitAny: what an app gave may be anything
export type Reader = (value: any, option: string) => unknown;

const refused = (option: string, problem: string, instead: string): Fault =>
  fault('invalid_config', false, { option, problem, instead });

// biome-ignore lint/suspicious/noExplicitAny: what an app gave may be anything
const kind = (instead: string, fits: (value: any) => boolean): Reader => {
  return (value, option) => {
    if (!fits(value)) throw refused(option, 'it has the wrong type', instead);
    return value;
  };
};

export const text = kind('a string', (value) => typeof value === 'string');
const scope = kind("a string such as 'openid profile email'", (value) => typeof value === 'string');
export const number = kind('a number of seconds', (value) => typeof value === 'number');
export const seconds = kind('0 or more seconds', (value) => typeof value === 'number' && value >= 0);
export const flag = kind('true or false', (value) => typeof value === 'boolean');
export const callable = kind('a function', (value) => typeof value === 'function');
const signal = kind(
  'an AbortSignal',
  // A test's DOM may have another `AbortSignal` than `Request` has.
  (value) => typeof value?.aborted === 'boolean' && typeof value.addEventListener === 'function',
);
const list = kind(
  'an array of strings',
  (value) => Array.isArray(value) && [...value].every((item) => typeof item === 'string'),
);
// A namespace of a module is as good as an object; dates, maps and the like are not.
const object = kind('an object', (value) => /t (Object|Module)]$/.test({}.toString.call(value)));
const wasm = kind(
  'a URL, bytes or a compiled module',
  (value) =>
    typeof value === 'string' ||
    ArrayBuffer.isView(value) ||
    [URL, ArrayBuffer, WebAssembly.Module].some((type) => value instanceof type),
);

/** A path is one of this page's origin; with two slashes it would name another host. */
const addressHere: Reader = (value, option) => {
  const given = text(value, option) as string;
  return /^\/(?![/\\])/.test(given) ? location.origin + given : given;
};

export const texts: Reader = (value, option) => [...(list(value, option) as string[])];

/** Own members by their readers. `undefined` counts as absent. */
export const members =
  (readers: Record<string, Reader>, others?: Reader): Reader =>
  (given, at) => {
    const read = Object.create(null);
    for (const name of Object.keys(object(given, at) as object)) {
      const option = at === WHOLE ? name : `${at}.${name}`;
      const value = guarded((value) => value[name], given, option);
      if (value === undefined) continue;
      const reader = Object.hasOwn(readers, name) ? readers[name] : others;
      if (!reader) throw refused(option, 'there is no such option', meant(name, Object.keys(readers)));
      read[name] = guarded(reader, value, option);
    }
    return read;
  };

/** What an argument as a whole is called. */
const WHOLE = 'options';

/** A getter or proxy of the app's may throw whatever it likes. */
function guarded(reader: Reader, value: unknown, option: string): unknown {
  try {
    return reader(value, option);
  } catch (thrown) {
    if ((thrown as Fault | undefined)?.code === 'invalid_config') throw thrown;
    throw refused(option, 'it cannot be read', 'a plain value');
  }
}

export const endpoints = members({
  authorization: text,
  token: text,
  endSession: text,
  revocation: text,
  jwks: text,
});

const clientReaders: Record<string, Reader> = {
  tenantUrl: text,
  clientId: text,
  redirectUri: addressHere,
  scope,
  tokenStorage: text,
  discovery: flag,
  issuer: text,
  endpoints,
  clockSkewSeconds: number,
  requestTimeoutSeconds: number,
  allowedOrigins: texts,
  additionalAudiences: texts,
  trace: flag,
  wasm,
};

const withDefaults =
  (reader: Reader): Reader =>
  (given, at) => {
    const read = reader(given, at) as IntelliAuthOptions;
    read.redirectUri ??= `${location.origin}/`;
    return read;
  };

/** Of `createIntelliAuth`. */
export const clientOptions = withDefaults(members(clientReaders));

/** Of `IntelliAuthProvider`, without its children. */
export const providerOptions = withDefaults(
  members({
    ...clientReaders,
    onSignedIn: callable,
    onSignInError: callable,
    navigate: callable,
    handleCallbackAutomatically: flag,
  }),
);

/** What is sent with one sign-in. */
export const authorizationReaders = {
  scope,
  prompt: text,
  loginHint: text,
  uiLocales: text,
  acrValues: text,
  maxAge: seconds,
  extraParams: members({}, text),
};

export const loginOptions = members({
  ...authorizationReaders,
  appState: object,
  openUrl: callable,
  signal,
});

export const tokenOptions = members({ forceRefresh: flag, minValidity: seconds, signal });
export const callbackOptions = members({ signal });
export const logoutOptions = members({
  returnTo: addressHere,
  localOnly: flag,
  extraParams: members({}, text),
  openUrl: callable,
  signal,
});

/** The address that `given` is on this page. */
export const address = (given: unknown): string | undefined =>
  guarded(
    (url) => {
      if (url === undefined || eventOf(url)) return undefined;
      const text = url instanceof URL ? url.href : url;
      try {
        if (typeof text === 'string') return new URL(text, location.href).href;
      } catch {} // `URL.canParse` is younger than the browsers that are supported.
      throw refused('url', 'it is no address', 'a string or URL, or nothing for the address of the page');
    },
    given,
    'url',
  ) as string | undefined;

/** The event that a handler was given, as in `onClick={auth.logout}`: it is no options. */
export function eventOf(given: unknown): Event | undefined {
  if (given instanceof Event) return given;
  // React's synthetic ones.
  const native = Object.hasOwn(Object(given), 'nativeEvent');
  return native ? eventOf((given as { nativeEvent: unknown }).nativeEvent) : undefined;
}

/** The options that `given` are. */
export function read<T>(reader: Reader, given: T | HandledEvent | undefined): T {
  const whole: Reader = (given, at) => reader(given === undefined || eventOf(given) ? {} : given, at);
  return guarded(whole, given, WHOLE) as T;
}

/** Names of other SDKs for options that have a quite different name here. */
const ELSEWHERE: Record<string, string> = {
  authority: 'tenantUrl',
  domain: 'tenantUrl',
  issuerUri: 'tenantUrl',
  cacheLocation: 'tokenStorage',
};

/** The name that was probably meant, or else all there are. */
function meant(name: string, known: string[]): string {
  if (name === 'audience' || name === 'resource') {
    return `extraParams: { ${name}: '…' } at the sign-in`;
  }
  const here = Object.hasOwn(ELSEWHERE, name) ? ELSEWHERE[name] : undefined;
  if (here && known.includes(here)) return here;
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z]/g, '');
  const given = plain(name);
  const near = known
    .map((name) => ({
      name,
      far: given.length > 3 && plain(name).includes(given) ? 1 : distance(given, plain(name)),
    }))
    .filter(({ name: { length }, far }) => far * 3 <= length)
    .sort((a, b) => a.far - b.far);
  return near[0]?.name ?? `one of ${known.join(', ')}`;
}

/** Levenshtein's: how many letters differ. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (const letter of from) {
    const next = [(row[0] as number) + 1];
    for (let at = 1; at <= to.length; at++) {
      const [above, left, corner] = [row[at], next[at - 1], row[at - 1]] as [number, number, number];
      next.push(Math.min(above + 1, left + 1, corner + (letter === to[at - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) as number;
}

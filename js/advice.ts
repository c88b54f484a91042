/** What the console tells a developer: what to register, and where an app will fail later. Production builds leave it out. */
import type { IntelliAuthError } from './errors.js';
import type { AuthState, IntelliAuthOptions, ProviderCallbacks, ProviderOptions } from './types.js';

const told = new Set<string>();

/** Each is told once, however often it is true. */
function tell(level: 'info' | 'warn', text: string): void {
  if (told.has(text)) return;
  told.add(text);
  console[level](`IntelliAuth: ${text}`);
}

/** The options of a client that works. */
export function ofOptions(options: IntelliAuthOptions & ProviderCallbacks, state: AuthState): void {
  const redirectUri = new URL(options.redirectUri as string);
  tell(
    'info',
    `the redirect URI to register with the platform, character for character, is ${options.redirectUri}`,
  );
  const { origin, pathname } = redirectUri;
  if (origin !== location.origin) {
    const problem = `redirectUri is at ${origin} and this page at ${location.origin}, so a sign-in that begins here is not known there`;
    tell('warn', `${problem}. Open the app at ${origin}, or write redirectUri: '${pathname}'.`);
  }
  ofTenant(options);
  ofGranted(state, options.scope ?? 'openid profile email');
  ofCallbacks(options);
}

/** Not every platform names these in what it grants. */
const UNNAMED = ['', 'openid', 'offline_access'];

/** A session that was granted less than the app asks for now: another deploy's, say. */
function ofGranted(state: AuthState, scope: string): void {
  if (state.status !== 'authenticated') return;
  const granted = state.scope.split(' ').concat(UNNAMED);
  const missing = scope.split(' ').filter((name) => !granted.includes(name));
  if (missing.length === 0) return;
  const problem = `this session was granted '${state.scope}', without ${missing.join(' ')}: its sign-in asked for less than '${scope}', as before a deploy that changed scope, or the platform grants less`;
  tell(
    'warn',
    `${problem}. Refreshed tokens stay so. Where a page needs more than getState().scope has, call loginWithRedirect().`,
  );
}

/** A tenant's address that may not be the issuer, where no metadata will tell before the user has signed in. */
function ofTenant({ tenantUrl, issuer, discovery }: IntelliAuthOptions): void {
  if (issuer !== undefined || discovery || !tenantUrl.endsWith('/')) return;
  const bare = tenantUrl.replace(/\/+$/, '');
  const problem = `tenantUrl ends with a slash, so the platform has to name itself ${tenantUrl}, slash included`;
  tell(
    'warn',
    `${problem}. If it names itself ${bare}, write tenantUrl: '${bare}'; if it does so with the slash, write issuer: '${tenantUrl}' as well.`,
  );
}

/** A call that was refused: the issuer is another than expected, in metadata, callback or ID token. */
export function ofRefusal({ code, details }: IntelliAuthError): void {
  const { option, expected, received } = details as Record<string, string | undefined>;
  // Where none was named, no option helps. A wrong option is told by itself.
  if (option !== 'issuer' || code === 'invalid_config') return;
  tell(
    'warn',
    `the platform names itself ${received}, and this client expects ${expected}: compared character for character, trailing slash included. If the first is your platform, write issuer: '${received}'.`,
  );
}

/** A client that the app made, and what is given beside it. */
export function ofReadyClient(options: ProviderOptions): void {
  const ignored = Object.entries(options)
    .filter(([name, value]) => value !== undefined && !BESIDE_A_CLIENT.includes(name))
    .map(([name]) => name);
  for (const name of ignored) {
    tell(
      'warn',
      `${name} is ignored, because a client is given, which has its own options. Write it where the client is made, by createIntelliAuth, or leave it out.`,
    );
  }
  ofCallbacks(options);
}

const BESIDE_A_CLIENT = ['client', 'handleCallbackAutomatically', 'navigate', 'onSignedIn', 'onSignInError'];

/** Callbacks that are never called. */
function ofCallbacks(options: ProviderCallbacks): void {
  const { handleCallbackAutomatically, navigate, onSignedIn, onSignInError } = options;
  if (handleCallbackAutomatically === false) {
    const idle = Object.entries({ navigate, onSignedIn, onSignInError }).filter(([, given]) => given);
    for (const [name] of idle) {
      tell(
        'warn',
        `${name} is never called, because handleCallbackAutomatically is false. Leave one of them out.`,
      );
    }
  } else if (navigate && onSignedIn && onSignInError) {
    tell(
      'warn',
      'navigate is never called, because onSignedIn and onSignInError are called instead. Leave it out.',
    );
  }
}

/** A request that `fetch` sent as it was given. */
export function ofRequestWithoutToken(url: string): void {
  const { origin } = new URL(url);
  const instead = `write allowedOrigins: ['${origin}'] if that is your API, or use the page's own fetch if it needs no token`;
  tell('warn', `fetch sends no access token to ${origin}, which is not among allowedOrigins: ${instead}.`);
}

/** Where a sign-in is to go on. */
export function ofReturnTo(returnTo: string | undefined): void {
  if (returnTo === undefined) return;
  let origin: string;
  try {
    ({ origin } = new URL(returnTo, location.href));
  } catch {
    return;
  }
  if (origin === location.origin) return;
  tell(
    'warn',
    `appState.returnTo is at ${origin} and is not followed: it has to be a page of ${location.origin}.`,
  );
}

/** The state right after a sign-in. */
export function ofSession(state: AuthState): void {
  if (state.status !== 'authenticated' || state.refreshAt !== undefined) return;
  const asked = state.scope.split(' ').includes('offline_access');
  const instead = asked
    ? "Some platforms give one only with prompt: 'consent' as well"
    : `Many platforms give one for a scope: write scope: '${state.scope} offline_access'`;
  const problem = 'the platform gave no refresh token, so the session ends with its access token';
  tell('warn', `${problem}, at ${new Date(state.expiresAt).toISOString()}. ${instead}.`);
}

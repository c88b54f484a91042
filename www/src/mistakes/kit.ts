// What the mistakes are made with: a client of their own, the provider in a window of its own, and this page's clock and
// storage bent for a moment. An app must do none of this.
import { createIntelliAuth, type IntelliAuth, type IntelliAuthOptions } from '@intelliauth/spa-sdk';

import { authOptions, defaults } from '../config';

/** What is registered with the provider. */
export const registered = { redirectUri: defaults.redirectUri, clientId: defaults.clientId };

/** A client that is right but for `wrong`, and forgotten after `use`. Its tokens stay out of the demo's own session. */
export async function withClient<T>(
  wrong: Partial<IntelliAuthOptions>,
  use: (auth: IntelliAuth) => Promise<T>,
): Promise<T> {
  tidy();
  const auth = await createIntelliAuth({ ...authOptions, ...registered, tokenStorage: 'memory', ...wrong });
  try {
    return await use(auth);
  } finally {
    auth.dispose();
    tidy();
  }
}

/**
 * Removes what these sign-ins leave in the tab: their records, and that they were begun. Opening the provider's window
 * takes the click away, so to the SDK they look as if no user had started them.
 */
function tidy() {
  try {
    for (const key of Object.keys(sessionStorage)) {
      if (/^intelliauth\..+\.(attempts|tx\..+)$/.test(key)) sessionStorage.removeItem(key);
    }
  } catch {
    // Storage is blocked: this is that mistake.
  }
}

/** Runs `work` as if no user had clicked. */
export async function withoutUser<T>(work: () => Promise<T>): Promise<T> {
  Object.defineProperty(navigator, 'userActivation', { configurable: true, value: { isActive: false } });
  try {
    return await work();
  } finally {
    Reflect.deleteProperty(navigator, 'userActivation');
  }
}

/** Begins a sign-in, and answers with its address instead of going there. */
export async function authorizeUrl(auth: IntelliAuth): Promise<string> {
  let address = '';
  await auth.loginWithRedirect({
    openUrl: (url) => {
      address = url;
    },
  });
  return address;
}

/** Signs in in `other`, and answers with the address that the provider sent it back to. */
export async function callbackFrom(auth: IntelliAuth, other: Window): Promise<string> {
  other.location.href = await authorizeUrl(auth);
  return new Promise((resolve, reject) => {
    const look = setInterval(() => {
      const back = addressOf(other);
      if (!back && !other.closed) return;
      clearInterval(look);
      other.close();
      if (back) resolve(back);
      else reject(new Error('The window was closed before the provider answered.'));
    }, 50);
  });
}

/** Where a window of this origin was sent; nothing while it is at the provider. */
function addressOf(other: Window): string | undefined {
  try {
    if (other.location.origin !== location.origin) return undefined;
    // The page there may have cleaned its address by now.
    return other.performance.getEntriesByType('navigation')[0]?.name || undefined;
  } catch {
    return undefined;
  }
}

/** The record of a sign-in that was begun, as the SDK keeps it in this tab until the callback. */
export function begun(url: string) {
  const state = new URL(url).searchParams.get('state') ?? '';
  const key = Object.keys(sessionStorage).find((key) => key.endsWith(`.tx.${state}`));
  if (!key) throw new Error('The sign-in left no record');
  const fields = new URLSearchParams(sessionStorage.getItem(key) ?? '');
  return { state, fields, save: () => sessionStorage.setItem(key, String(fields)) };
}

/** Sends a token request of its own, without the SDK. */
export function tokenRequest(path: '/oauth2/token' | '/oauth2/revoke', form: Record<string, string>) {
  const body = new URLSearchParams({ client_id: registered.clientId, ...form });
  return fetch(new URL(path, authOptions.tenantUrl), { method: 'POST', body, credentials: 'omit' });
}

/** This page's clock is off by `milliseconds` while `work` runs. */
export async function withClockOff<T>(milliseconds: number, work: () => Promise<T>): Promise<T> {
  const real = Date.now;
  Date.now = () => real() + milliseconds;
  try {
    return await work();
  } finally {
    Date.now = real;
  }
}

/** Storage throws while `work` runs, as it does where a browser blocks it. */
export async function withoutStorage<T>(work: () => Promise<T>): Promise<T> {
  const names = ['sessionStorage', 'localStorage'] as const;
  const real = names.map((name) => Object.getOwnPropertyDescriptor(window, name));
  for (const name of names) {
    Object.defineProperty(window, name, {
      configurable: true,
      get() {
        throw new DOMException('Access is denied for this document.', 'SecurityError');
      },
    });
  }
  try {
    return await work();
  } finally {
    names.forEach((name, at) => {
      Object.defineProperty(window, name, real[at] as PropertyDescriptor);
    });
  }
}

/** Runs `work`, and answers with the refresh token that it was given meanwhile. */
export async function refreshTokenOf(work: () => Promise<unknown>): Promise<string> {
  const real = window.fetch;
  let token = '';
  window.fetch = async (...request) => {
    const response = await real(...request);
    const answer = await response
      .clone()
      .json()
      .catch(() => null);
    token = answer?.refresh_token ?? token;
    return response;
  };
  try {
    await work();
    return token;
  } finally {
    window.fetch = real;
  }
}

// The classic mistakes, each made for real.
import { explain, type Finding } from '@intelliauth/spa-sdk/explain';

import { apiUrl, authOptions } from '../config';
import {
  authorizeUrl,
  begun,
  callbackFrom,
  refreshTokenOf,
  registered,
  tokenRequest,
  withClient,
  withClockOff,
  withoutStorage,
  withoutUser,
} from './kit';

/** Where no error is thrown: what came of it instead. */
export type Outcome = { readonly findings: readonly Finding[] } | { readonly surprise: string };

export interface Mistake {
  readonly name: string;
  readonly title: string;
  /** What is done wrong, and what usually leads to it. */
  readonly about: string;
  /** Needs the provider, in a window of its own. */
  readonly window?: boolean;
  /** Makes it; the SDK's error is thrown. */
  readonly make: (other: Window) => Promise<Outcome>;
}

const none = (what: string): Outcome => ({ surprise: what });

/** The provider shows a page of its own and never comes back: nothing reaches the SDK, so its `explain` is asked. */
function neverReturns(wrong: { redirectUri?: string; clientId?: string }) {
  return (other: Window) =>
    withClient(wrong, async (auth) => {
      const url = await authorizeUrl(auth);
      other.location.href = url;
      const { findings } = await explain(url, {
        redirectUris: [registered.redirectUri],
        clientId: registered.clientId,
      });
      return { findings };
    });
}

/** A callback of a sign-in, with what is done to it before the SDK answers it. */
function badCallback(spoil: (url: string) => Promise<unknown> | unknown, wrong = {}) {
  return (other: Window) =>
    withClient(wrong, async (auth) => {
      const url = await callbackFrom(auth, other);
      await spoil(url);
      await auth.handleCallback(url);
      return none('The sign-in succeeded.');
    });
}

const otherPort = () => {
  const uri = new URL(registered.redirectUri);
  uri.port = String(Number(uri.port || 80) + 1);
  return uri.href;
};

export const mistakes: readonly Mistake[] = [
  {
    name: 'trailing-slash',
    title: 'A slash at the end of the redirect URI',
    about:
      'The app sends …/callback/ and …/callback is registered. Providers compare character by character.',
    window: true,
    make: (other) => neverReturns({ redirectUri: `${registered.redirectUri}/` })(other),
  },
  {
    name: 'port',
    title: 'Another port in the redirect URI',
    about: 'The development server took the next port, because the usual one was in use.',
    window: true,
    make: (other) => neverReturns({ redirectUri: otherPort() })(other),
  },
  {
    name: 'client',
    title: 'A client that is not registered',
    about: 'The client id is another environment’s, or has a typo.',
    window: true,
    make: neverReturns({ clientId: 'not-registered' }),
  },
  {
    name: 'code-twice',
    title: 'A code that is used twice',
    about:
      'Something else exchanges the code first: a second client on the page, or an old handler of the callback.',
    window: true,
    make: badCallback(async (url) => {
      const { fields } = begun(url);
      const code = new URL(url).searchParams.get('code') ?? '';
      await tokenRequest('/oauth2/token', {
        grant_type: 'authorization_code',
        code,
        redirect_uri: registered.redirectUri,
        code_verifier: fields.get('verifier') ?? '',
      });
    }),
  },
  {
    name: 'verifier',
    title: 'The verifier of another tab',
    about: 'Two sign-ins share one place for their verifier, and the later one wrote over the earlier one’s.',
    window: true,
    make: badCallback((url) => {
      const { fields, save } = begun(url);
      fields.set('verifier', crypto.randomUUID() + crypto.randomUUID());
      save();
    }),
  },
  {
    name: 'callback-twice',
    title: 'A callback that is opened again',
    about: 'The address of the callback was reloaded, bookmarked, or opened in a second tab.',
    window: true,
    make: (other) =>
      withClient({}, async (auth) => {
        const url = await callbackFrom(auth, other);
        await auth.handleCallback(url);
        return withClient({}, async (second) => {
          await second.handleCallback(url);
          return none('It was answered twice.');
        });
      }),
  },
  {
    name: 'unknown-state',
    title: 'An answer that nobody asked for',
    about:
      'The callback’s state is of no sign-in that this tab began: another origin, another tab, or an attack.',
    make: () =>
      withClient({}, async (auth) => {
        await auth.handleCallback(`${registered.redirectUri}?code=made-up&state=made-up`);
        return none('It was accepted.');
      }),
  },
  {
    name: 'expired-state',
    title: 'A sign-in that took too long',
    about: 'The provider’s page stood open for two hours before the user signed in there.',
    make: () =>
      withClient({}, async (auth) => {
        const url = await authorizeUrl(auth);
        const { state, fields, save } = begun(url);
        fields.set('at', String(Number(fields.get('at')) - 2 * 3_600_000));
        save();
        await auth.handleCallback(`${registered.redirectUri}?code=late&state=${state}`);
        return none('It was accepted.');
      }),
  },
  {
    name: 'issuer',
    title: 'An issuer that is not quite the provider’s',
    about: 'The issuer is configured with a slash at its end, and the provider names itself without one.',
    window: true,
    make: badCallback(() => {}, { issuer: `${authOptions.tenantUrl}/` }),
  },
  {
    name: 'clock',
    title: 'A clock that is off',
    about: 'The device’s clock is half an hour ahead while the provider’s answer is checked.',
    window: true,
    make: (other) =>
      withClient({}, async (auth) => {
        const url = await callbackFrom(auth, other);
        await withClockOff(30 * 60_000, () => auth.handleCallback(url));
        return none('The sign-in succeeded.');
      }),
  },
  {
    name: 'storage',
    title: 'Storage that is blocked',
    about:
      'The browser blocks this site’s storage, so that nothing of the sign-in could survive the redirect.',
    make: () =>
      withoutStorage(() =>
        withClient({}, async (auth) => {
          await authorizeUrl(auth);
          return none('The sign-in began.');
        }),
      ),
  },
  {
    name: 'api-401',
    title: 'An API that says 401',
    about: 'The provider ended the session meanwhile: the API refuses the token, and so does a refresh.',
    window: true,
    make: (other) =>
      withClient({}, async (auth) => {
        const url = await callbackFrom(auth, other);
        const refresh = await refreshTokenOf(() => auth.handleCallback(url));
        await tokenRequest('/oauth2/revoke', { token: refresh });
        const response = await auth.fetch(new URL('/api/me', apiUrl));
        // The call has its 401; why there is no better token is what the next call says.
        await auth.getAccessToken();
        return none(`The API answered ${response.status}.`);
      }),
  },
  {
    name: 'loop',
    title: 'A page that signs in by itself, again and again',
    about: 'The page at the redirect URI begins a sign-in instead of answering the callback, and so on.',
    make: () =>
      withoutUser(() =>
        withClient({}, async (auth) => {
          for (let times = 0; times < 20; times++) await authorizeUrl(auth);
          return none('It goes on for ever.');
        }),
      ),
  },
  {
    name: 'config',
    title: 'An option that cannot be',
    about: 'The redirect URI has a fragment, left over from a router that uses the hash.',
    make: () =>
      withClient({ redirectUri: `${registered.redirectUri}#/home` }, async () => none('It was accepted.')),
  },
];

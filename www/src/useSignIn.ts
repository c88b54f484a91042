import { useIntelliAuth } from '@intelliauth/spa-sdk/react';
import { useCallback } from 'react';

import { redirectUri } from './config';
import { tabStore } from './tabStore';

const destination = tabStore('demo.destination', '/');

/** Signs in and comes back to this page; from a failed callback, to the page that the sign-in began on. */
export function useSignIn() {
  const { loginWithRedirect } = useIntelliAuth();
  return useCallback(() => {
    const onCallback = location.pathname === new URL(redirectUri).pathname;
    const returnTo = onCallback ? destination.get() : location.pathname + location.search;
    destination.set(returnTo);
    // What goes wrong is the hook's `error`, which the page shows.
    loginWithRedirect({ appState: { returnTo } }).catch(() => {});
  }, [loginWithRedirect]);
}

import { useIntelliAuth } from '@intelliauth/spa-sdk/react';
import { useCallback } from 'react';

/** Signs in. The user comes back to this page, also from a sign-in that fails. */
export function useSignIn() {
  const { loginWithRedirect } = useIntelliAuth();
  return useCallback(() => {
    // What goes wrong is the hook's `error`, which the page shows.
    loginWithRedirect().catch(() => {});
  }, [loginWithRedirect]);
}

// What the demo writes down about a sign-in. The SDK tells it in events; those from before the redirect
// would be lost with their page, so they are kept in sessionStorage. Events never hold a secret.
import type { AuthEvent } from '@intelliauth/spa-sdk';
import { useIntelliAuth } from '@intelliauth/spa-sdk/react';
import { useEffect } from 'react';

import { tabStore } from './tabStore';

const MOST_EVENTS = 40;

/** What the SDK did, for this sign-in. */
export const journal = tabStore<readonly AuthEvent[]>('demo.journal', []);

/** The masked authorize URL of a sign-in that an earlier page started and no callback has answered. */
export const unanswered = tabStore<string | null>('demo.unanswered', null);

/** Takes down the SDK's events. To be used once, where it is never unmounted. */
export function useNotes() {
  const { subscribe, error } = useIntelliAuth();
  useEffect(() => subscribe((_state, event) => event && takeDown(event)), [subscribe]);
  useEffect(() => {
    if (error) unanswered.set(null); // the error says more
  }, [error]);
}

function takeDown(event: AuthEvent) {
  const startsAnew = event.type === 'sign_in_started' && !event.elsewhere;
  journal.set(startsAnew ? [event] : [...journal.get(), event].slice(-MOST_EVENTS));

  if (startsAnew) {
    unanswered.set(null);
    unanswered.save(event.authorizeUrl); // for the page that comes after this one
  }
  if (event.type === 'callback_received') unanswered.set(null);
}

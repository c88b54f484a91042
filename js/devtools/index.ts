/**
 * What the session and the last sign-in are, shown on the page while an app is developed.
 *
 * It is an entry of its own: production builds are without it where it is imported under the bundler's condition.
 */

import type { Methods } from '../types.js';
import { elementClass } from './element.js';

/** What it shows: a client, or what `useIntelliAuth()` and the stores hand out. */
export type DevtoolsClient = Pick<
  Methods,
  'getState' | 'getIdTokenClaims' | 'getAccessToken' | 'subscribe' | 'trace'
>;

/** The element `<intelliauth-devtools>`. */
export interface DevtoolsElement extends HTMLElement {
  /** Set once; another one replaces it. */
  auth: DevtoolsClient | undefined;
  /** Whether the panel is shown. Also the attribute `open`. */
  open: boolean;
}

const NAME = 'intelliauth-devtools';

/** Makes `<intelliauth-devtools>` known, for templates that name it. Its client is the property `auth`. */
export function defineDevtools(): void {
  if (!customElements.get(NAME)) customElements.define(NAME, elementClass());
}

/**
 * Shows the overlay in the page's corner, and has this tab record: see `trace()`.
 * @returns a function that takes it away
 * @example
 * if (import.meta.env.DEV) {
 *   const { showDevtools } = await import('@intelliauth/spa-sdk/devtools');
 *   showDevtools(auth);
 * }
 */
export function showDevtools(auth: DevtoolsClient): () => void {
  defineDevtools();
  const element = document.createElement(NAME) as DevtoolsElement;
  element.auth = auth;
  document.body.append(element);
  return () => element.remove();
}

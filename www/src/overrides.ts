// For trying out mistakes: `?redirectUri=…&clientId=…&tenantUrl=…&tokenStorage=…&discovery=1` change this tab's
// configuration. A part of the demo: a real app's configuration must not come from its address.
import type { TokenStorage } from '@intelliauth/spa-sdk';

import { tabStore } from './tabStore';

export const tokenStorages: readonly TokenStorage[] = ['session', 'memory', 'local'];

/** What may be overridden, and which values make sense. */
const accepts = {
  tenantUrl: isWebAddress,
  clientId: () => true,
  redirectUri: isWebAddress,
  tokenStorage: (value: string) => tokenStorages.some((storage) => storage === value),
  discovery: (value: string) => value === '1' || value === '0',
};

export type OverrideName = keyof typeof accepts;
export type Overrides = { [name in OverrideName]?: string };

const store = tabStore<Overrides>('demo.overrides', {});
export const overrides: Overrides = { ...store.get(), ...takeFromAddress() };
store.set(overrides);

/** Starts the demo anew with these. */
export function restartWith(next: Overrides) {
  store.set(next);
  location.assign('/');
}

function takeFromAddress(): Overrides {
  const address = new URL(location.href);
  const found: Overrides = {};
  for (const name of Object.keys(accepts) as OverrideName[]) {
    const value = address.searchParams.get(name)?.trim();
    if (value === undefined) continue;
    address.searchParams.delete(name);
    if (value === '') found[name] = undefined;
    else if (accepts[name](value)) found[name] = value;
    else console.warn(`The demo ignores ${name}=${value}`);
  }
  if (Object.keys(found).length > 0) history.replaceState(history.state, '', address);
  return found;
}

function isWebAddress(value: string) {
  try {
    return /^https?:$/.test(new URL(value).protocol);
  } catch {
    return false;
  }
}

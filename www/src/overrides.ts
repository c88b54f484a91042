// For trying out mistakes: `?redirectUri=…&clientId=…&tenantUrl=…&tokenStorage=…&discovery=1` change this tab's
// configuration; an empty value undoes it. A real app must not take its configuration from its address.
import { tabStore } from './tabStore';

export type OverrideName = 'tenantUrl' | 'clientId' | 'redirectUri' | 'tokenStorage' | 'discovery';
type Overrides = Partial<Record<OverrideName, string>>;

const accepts: Record<OverrideName, (value: string) => boolean> = {
  tenantUrl: isWebAddress,
  clientId: () => true,
  redirectUri: isWebAddress,
  tokenStorage: (value) => ['session', 'memory', 'local'].includes(value),
  discovery: (value) => value === '1' || value === '0',
};
export const overrideNames = Object.keys(accepts) as OverrideName[];

const store = tabStore<Overrides>('demo.overrides', {});

/** This tab's overrides, after taking those in the address out of it. */
export function takeOverrides(): Overrides {
  const overrides = { ...store.get() };
  const address = new URL(location.href);
  for (const name of overrideNames) {
    const value = address.searchParams.get(name)?.trim();
    if (value === undefined) continue;
    address.searchParams.delete(name);
    if (value === '') delete overrides[name];
    else if (accepts[name](value)) overrides[name] = value;
    else console.warn(`The demo ignores ${name}=${value}`);
  }
  if (address.href !== location.href) history.replaceState(history.state, '', address);
  store.set(overrides);
  return overrides;
}

function isWebAddress(value: string) {
  try {
    return /^https?:$/.test(new URL(value).protocol);
  } catch {
    return false;
  }
}

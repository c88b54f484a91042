import type { IntelliAuthOptions, TokenStorage } from '@intelliauth/spa-sdk';

import { overrides } from './overrides';

/** What the demo uses unless a developer option says otherwise. */
export const defaults = {
  tenantUrl: import.meta.env.VITE_TENANT_URL || 'http://localhost:4000',
  clientId: import.meta.env.VITE_CLIENT_ID || 'demo-app',
  redirectUri: `${location.origin}/callback`,
  tokenStorage: 'session',
  discovery: '0',
};

const { tokenStorage, discovery, ...named } = { ...defaults, ...definedOnly(overrides) };
export const apiUrl = named.tenantUrl;

export const authOptions: IntelliAuthOptions = {
  ...named,
  tokenStorage: tokenStorage as TokenStorage,
  discovery: discovery === '1',
  allowedOrigins: [new URL(apiUrl).origin],
};

function definedOnly<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}

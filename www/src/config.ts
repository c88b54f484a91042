import type { IntelliAuthOptions, TokenStorage } from '@intelliauth/spa-sdk';

import { type OverrideName, takeOverrides } from './overrides';

export const defaults: Record<OverrideName, string> = {
  tenantUrl: import.meta.env.VITE_TENANT_URL,
  clientId: import.meta.env.VITE_CLIENT_ID || 'demo-app',
  redirectUri: `${location.origin}/callback`,
  tokenStorage: 'session',
  discovery: '0',
};

/** The defaults, or what the developer options say instead. */
export const settings = { ...defaults, ...takeOverrides() };

export const { tenantUrl: apiUrl, redirectUri } = settings;

export const authOptions: IntelliAuthOptions = {
  ...settings,
  tokenStorage: settings.tokenStorage as TokenStorage,
  discovery: settings.discovery === '1',
  allowedOrigins: [new URL(apiUrl).origin],
};

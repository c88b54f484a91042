import { createAuthStore } from '@intelliauth/spa-sdk/store';
import { goto } from '$app/navigation';

// The test's own provider, given before the page loads.
const given =
  typeof window === 'undefined' ? { tenantUrl: 'https://tenant.example', clientId: 'app' } : window.given;

export const auth = createAuthStore({
  ...given,
  redirectUri: '/callback',
  navigate: (url) => goto(url, { replaceState: true }),
});

'use client';
import { IntelliAuthProvider } from '@intelliauth/spa-sdk/react';
import { useRouter } from 'next/navigation';

// The test's own provider, given before the page loads.
const given =
  typeof window === 'undefined' ? { tenantUrl: 'https://tenant.example', clientId: 'app' } : window.given;

// The entries for those who debug and those who do it by hand: no part of the page until they are asked for.
if (typeof window !== 'undefined') {
  const options = { ...given, redirectUri: `${location.origin}/callback` };
  window.byHand = () => import('../by-hand.js').then(({ byHand }) => byHand(options));
}

export function Providers({ children }) {
  const router = useRouter();
  return (
    <IntelliAuthProvider {...given} redirectUri="/callback" navigate={(url) => router.replace(url)}>
      {children}
    </IntelliAuthProvider>
  );
}

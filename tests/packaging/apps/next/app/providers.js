'use client';
import { IntelliAuthProvider } from '@intelliauth/spa-sdk/react';
import { useRouter } from 'next/navigation';

// The test's own provider, given before the page loads.
const given =
  typeof window === 'undefined' ? { tenantUrl: 'https://tenant.example', clientId: 'app' } : window.given;

export function Providers({ children }) {
  const router = useRouter();
  return (
    <IntelliAuthProvider {...given} redirectUri="/callback" navigate={(url) => router.replace(url)}>
      {children}
    </IntelliAuthProvider>
  );
}

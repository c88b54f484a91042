import { IntelliAuthProvider } from '@intelliauth/spa-sdk/react';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';

import { authOptions } from './config';

export function Auth({ children }: { children: ReactNode }) {
  const navigate = useNavigate();
  return (
    <IntelliAuthProvider {...authOptions} navigate={(url) => navigate(url, { replace: true })}>
      {children}
    </IntelliAuthProvider>
  );
}

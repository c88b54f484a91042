import { IntelliAuthProvider } from '@intelliauth/spa-sdk/react';
import { Links, Meta, Outlet, Scripts, ScrollRestoration, useNavigate } from 'react-router';

// The test's own provider, given before the page loads.
const given =
  typeof window === 'undefined' ? { tenantUrl: 'https://tenant.example', clientId: 'app' } : window.given;

export function Layout({ children }) {
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <link rel="icon" href="data:," />
        <Meta />
        <Links />
      </head>
      <body>
        {children}
        <ScrollRestoration />
        <Scripts />
      </body>
    </html>
  );
}

export default function Root() {
  const navigate = useNavigate();
  return (
    <IntelliAuthProvider
      {...given}
      redirectUri="/callback"
      navigate={(url) => navigate(url, { replace: true })}
    >
      <Outlet />
    </IntelliAuthProvider>
  );
}

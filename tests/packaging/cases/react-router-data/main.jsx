import { createIntelliAuth } from '@intelliauth/spa-sdk';
import { IntelliAuthProvider } from '@intelliauth/spa-sdk/react';
import { createRoot } from 'react-dom/client';
import { createBrowserRouter, useLoaderData } from 'react-router';
import { RouterProvider } from 'react-router/dom';
import { Account } from './Account.jsx';

// Loaders need the client outside React.
const client = createIntelliAuth({ ...window.given, redirectUri: '/callback' });

function Home() {
  const { signedIn } = useLoaderData();
  return (
    <div data-signed-in={signedIn}>
      <Account />
    </div>
  );
}

const router = createBrowserRouter([
  {
    path: '/',
    loader: async () => ({ signedIn: (await client).isAuthenticated() }),
    Component: Home,
    HydrateFallback: () => <p>Loading</p>,
  },
  { path: '/callback', element: <p>Signing in</p> },
]);

createRoot(document.querySelector('main')).render(
  <IntelliAuthProvider client={client} navigate={(url) => router.navigate(url, { replace: true })}>
    <RouterProvider router={router} />
  </IntelliAuthProvider>,
);

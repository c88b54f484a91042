import { IntelliAuthProvider } from '@intelliauth/spa-sdk/react';
import { createRootRoute, createRoute, createRouter, Outlet, RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { Account } from './Account.jsx';

const rootRoute = createRootRoute({ component: Outlet });
const routeTree = rootRoute.addChildren([
  createRoute({ getParentRoute: () => rootRoute, path: '/', component: Account }),
  createRoute({ getParentRoute: () => rootRoute, path: '/callback', component: () => <p>Signing in</p> }),
]);
const router = createRouter({ routeTree });

createRoot(document.querySelector('main')).render(
  <IntelliAuthProvider
    {...window.given}
    redirectUri="/callback"
    navigate={(url) => router.history.replace(url)}
  >
    <RouterProvider router={router} />
  </IntelliAuthProvider>,
);

import { RequireAuth } from '@intelliauth/spa-sdk/react';
import { lazy, Suspense } from 'react';
import { Route, Routes } from 'react-router';

import { useNotes } from './notes';
import { CallbackPage } from './pages/CallbackPage';
import { HomePage } from './pages/HomePage';
import { NotFoundPage } from './pages/NotFoundPage';
import { ReportsPage } from './pages/ReportsPage';
import { Layout } from './parts/Layout';
import { Page } from './parts/Page';
import { SignedOut } from './parts/SignedOut';

// A user who only signs in loads none of these.
const further = [
  { path: 'lab', title: 'Why the session holds', page: lazy(() => import('./lab/LabPage')) },
  { path: 'mistakes', title: 'Mistakes, made for real', page: lazy(() => import('./mistakes/MistakesPage')) },
  {
    path: 'explain',
    title: 'What is wrong with this sign-in?',
    page: lazy(() => import('./explain/ExplainPage')),
  },
];

export function App() {
  useNotes();
  const reports = (
    <RequireAuth
      fallback={<Page title="Reports" />}
      renderError={() => <Page title="Reports" />}
      renderSignedOut={(reason) => <SignedOut title="Reports" reason={reason} />}
    >
      <ReportsPage />
    </RequireAuth>
  );
  return (
    <Routes>
      <Route element={<Layout />}>
        <Route index element={<HomePage />} />
        <Route path="callback" element={<CallbackPage />} />
        <Route path="reports" element={reports} />
      </Route>
      <Route element={<Layout bare />}>
        {further.map(({ path, title, page: Further }) => (
          <Route
            key={path}
            path={path}
            element={
              <Suspense fallback={<Page title={title} />}>
                <Further />
              </Suspense>
            }
          />
        ))}
        <Route path="*" element={<NotFoundPage />} />
      </Route>
    </Routes>
  );
}

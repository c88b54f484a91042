import { Route, Routes } from 'react-router';

import { useNotes } from './notes';
import { CallbackPage } from './pages/CallbackPage';
import { HomePage } from './pages/HomePage';
import { NotFoundPage } from './pages/NotFoundPage';
import { ReportsPage } from './pages/ReportsPage';
import { Layout } from './parts/Layout';
import { RequireSignIn } from './parts/RequireSignIn';

export function App() {
  useNotes();
  return (
    <Routes>
      <Route element={<Layout />}>
        <Route index element={<HomePage />} />
        <Route path="callback" element={<CallbackPage />} />
        <Route
          path="reports"
          element={
            <RequireSignIn title="Reports">
              <ReportsPage />
            </RequireSignIn>
          }
        />
        <Route path="*" element={<NotFoundPage />} />
      </Route>
    </Routes>
  );
}

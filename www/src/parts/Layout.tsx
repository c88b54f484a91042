import { useIntelliAuth } from '@intelliauth/spa-sdk/react';
import { NavLink, Outlet } from 'react-router';

import { useFocusOnNavigation } from '../useFocusOnNavigation';
import { DeveloperOptions } from './DeveloperOptions';
import { Journal } from './Journal';

const announcements = {
  loading: '',
  authenticated: 'Signed in.',
  unauthenticated: 'Not signed in.',
  error: '', // the alert says it
};

/** @param bare without what the SDK did and the developer options */
export function Layout({ bare = false }) {
  const { status } = useIntelliAuth();
  useFocusOnNavigation(status);
  return (
    <>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <header className="site">
        <img src="/favicon.svg" alt="" width="28" height="28" />
        <span>IntelliAuth demo</span>
        <nav aria-label="Pages">
          <NavLink to="/">Home</NavLink>
          <NavLink to="/reports?year=2026">Reports</NavLink>
          <NavLink to="/lab">Lab</NavLink>
        </nav>
      </header>
      <p className="for-screen-readers" role="status">
        {announcements[status]}
      </p>
      <main id="main" tabIndex={-1} data-status={status}>
        <Outlet />
      </main>
      {!bare && (
        <aside>
          <Journal />
          <DeveloperOptions />
        </aside>
      )}
    </>
  );
}

import { useEffect, useRef } from 'react';
import { useLocation } from 'react-router';

/** Moves the focus to the heading when the page changes, or when a sign-out takes it away. Not on the first load. */
export function useFocusOnNavigation(status: string) {
  const { pathname } = useLocation();
  const before = useRef({ pathname, status });

  useEffect(() => {
    const { pathname: from, status: was } = before.current;
    before.current = { pathname, status };
    const signedOut = was === 'authenticated' && status !== 'authenticated';
    if (pathname !== from || signedOut) document.querySelector('h1')?.focus();
  }, [pathname, status]);
}

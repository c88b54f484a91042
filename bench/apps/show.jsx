import { report } from 'bench-page';
import { useEffect } from 'react';
import { createRoot } from 'react-dom/client';

export const show = (app) => createRoot(document.getElementById('root')).render(app);

/** Reports once the client has said who is there. */
export function Status({ settled, signedIn, signIn, token }) {
  useEffect(() => {
    if (settled) report({ signedIn, signIn, token });
  });
  return <p>{settled ? (signedIn ? 'signed in' : 'signed out') : 'loading'}</p>;
}

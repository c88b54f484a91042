import { IntelliAuthProvider, useIntelliAuth } from '@intelliauth/spa-sdk/react';
import { createElement as h } from 'react';
import { createRoot } from 'react-dom/client';

function Account() {
  const { status, user, error, loginWithRedirect } = useIntelliAuth();
  if (error) return h('p', { role: 'alert' }, error.code);
  if (status === 'loading') return h('p', null, 'Loading');
  if (status === 'authenticated') return h('h1', null, user.name);
  return h('button', { type: 'button', onClick: () => loginWithRedirect() }, 'Sign in');
}

// The test's own provider, given before the page loads.
const { tenantUrl, clientId } = window.given;
const options = { tenantUrl, clientId, redirectUri: `${location.origin}/callback` };
// The entries for those who debug and those who do it by hand: no part of the page until they are asked for.
window.byHand = () => import('./by-hand.js').then(({ byHand }) => byHand(options));
createRoot(document.querySelector('main')).render(h(IntelliAuthProvider, options, h(Account)));

import { createIntelliAuth } from '@intelliauth/spa-sdk';

// The test's own provider, given before the page loads.
const { tenantUrl, clientId } = window.given;

async function start() {
  const auth = await createIntelliAuth({ tenantUrl, clientId, redirectUri: `${location.origin}/callback` });
  if (auth.isCallback()) {
    const { returnTo } = await auth.handleCallback();
    history.replaceState(null, '', returnTo);
  }
  const user = auth.getUser();
  const shown = document.createElement(user ? 'h1' : 'button');
  shown.textContent = user?.name ?? 'Sign in';
  shown.onclick = () => auth.loginWithRedirect();
  document.querySelector('main').replaceChildren(shown);
}

start();

import { html, trusted } from './html.js';
import { page } from './page.js';

/**
 * What oidc-provider calls where it cannot, or must not, send the browser back to the app.
 *
 * @param {import('koa').Context} ctx
 * @param {{ error: string, error_description?: string }} out
 * @param {Error} error
 */
export function errorPage(ctx, out, error) {
  page(ctx, {
    title: 'Request refused',
    status: ctx.status,
    card: html`<h1>This request was refused</h1>
<p class="lead">Nothing was sent to the app: something is wrong with the request itself.</p>
<dl>
<dt>error</dt><dd><code>${out.error}</code></dd>
<dt>error_description</dt><dd>${out.error_description}</dd>
</dl>
<h2>What to check</h2>
${advice(ctx, error)}`,
  });
}

function advice(ctx, error) {
  const { client_id: clientId, redirect_uri: redirectUri } = ctx.oidc?.params ?? ctx.query;
  switch (error.name) {
    case 'InvalidRedirectUri':
      return html`<p>Register exactly this redirect URI in the settings of <strong>${clientId}</strong>:</p>
<p><code class="block">${redirectUri}</code></p>
<p>Registered now:</p>
<p>${ctx.oidc.client.redirectUris.map((uri) => html`<code class="block">${uri}</code>`)}</p>
<p>The two are compared character for character: a trailing slash, another port, or http for https is a refusal.</p>`;
    case 'InvalidClient':
      return html`<p>Register an application with exactly this client id, or correct the app’s <code>clientId</code>:</p>
<p><code class="block">${clientId}</code></p>`;
    case 'SessionNotFound':
      return html`<p>This sign-in is over: it was finished, is more than an hour old, or this browser keeps no cookies for
the provider. Go back to the app and sign in again.</p>`;
    default:
      return html`<p>Compare the parameters in the address bar with what the app should send, then start again from the app.</p>`;
  }
}

/** Asks before RP-initiated logout ends the user's session; `form` is oidc-provider's, with its anti-forgery token. */
export function logoutPage(ctx, form) {
  const appName = ctx.oidc.client?.clientName;
  page(ctx, {
    title: 'Sign out',
    card: html`<h1>Sign out here too?</h1>
<p class="lead">${appName ? html`You have left <strong>${appName}</strong>. ` : ''}Signing out here means that the next sign-in asks for your password.</p>
${trusted(form)}
<div class="actions">
<button class="primary" form="op.logoutForm" name="logout" value="yes">Sign out</button>
<button form="op.logoutForm">Stay signed in</button>
</div>`,
  });
}

export function signedOutPage(ctx) {
  page(ctx, {
    title: 'Signed out',
    card: html`<h1>You are signed out</h1>
<p class="lead">You can close this page.</p>`,
  });
}

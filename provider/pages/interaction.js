import { accounts } from '../accounts.js';
import { html } from './html.js';
import { page } from './page.js';

/**
 * @param {import('koa').Context} ctx
 * @param {{ base: string, appName: string, email?: string, failed?: boolean }} view
 */
export function signInPage(ctx, { base, appName, email = '', failed = false }) {
  page(ctx, {
    title: failed ? 'Error: sign in' : 'Sign in',
    status: failed ? 422 : 200,
    card: html`<h1>Sign in</h1>
<p class="lead">to continue to <strong>${appName}</strong></p>
<form method="post" action="${base}/sign-in">
<div class="alert" id="problem" role="alert" aria-live="assertive">${failed && 'That email and password do not match. Try again.'}</div>
<label for="email">Email</label>
<input id="email" name="email" type="email" autocomplete="username" required value="${email}"${email === '' && html` autofocus`}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${email !== '' && html` autofocus`}${failed && html` aria-invalid="true" aria-describedby="problem"`}>
<div class="actions">
<button class="primary">Sign in</button>
<button formaction="${base}/cancel" formnovalidate>Cancel</button>
</div>
</form>`,
    aside: html`<section class="aside" aria-labelledby="ready">
<h2 id="ready">Ready accounts</h2>
<p>This provider is for development. “Use” signs you in at once.</p>
<ul>${accounts.map((account) => readyAccount(base, account))}</ul>
</section>`,
  });
}

function readyAccount(base, { password, profile }) {
  return html`
<li>
<div><strong>${profile.name}</strong><span>${profile.email}</span><code>${password}</code></div>
<form method="post" action="${base}/sign-in">
<input type="hidden" name="email" value="${profile.email}">
<input type="hidden" name="password" value="${password}">
<button aria-label="Use ${profile.name}">Use</button>
</form>
</li>`;
}

/**
 * @param {import('koa').Context} ctx
 * @param {{ base: string, appName: string, returnTo: string, profile: Record<string, string>, scopes: string[] }} view
 */
export function consentPage(ctx, { base, appName, returnTo, profile, scopes }) {
  const lines = scopes.map((scope) => scopeLine(scope, profile));
  page(ctx, {
    title: 'Allow access',
    card: html`<h1>Allow ${appName}?</h1>
<p class="lead">You are signed in as <strong>${profile.name}</strong>.</p>
<h2>${appName} asks to</h2>
<ul class="scopes">${lines}</ul>
<form method="post">
<div class="actions">
<button class="primary" formaction="${base}/allow">Allow</button>
<button formaction="${base}/cancel">Deny</button>
</div>
</form>
<p class="fine">Either way you go back to <span>${returnTo}</span></p>`,
  });
}

function scopeLine(scope, profile) {
  const known = {
    openid: ['know that it is you', 'by an account id'],
    profile: ['see your name', `${profile.name}, ${profile.preferred_username}`],
    email: ['see your email address', profile.email],
    offline_access: ['stay signed in', 'while you are away'],
  };
  const [what, detail] = known[scope] ?? ['use', scope];
  return html`
<li><strong>${what}</strong><span>${detail}</span></li>`;
}

import { text } from 'node:stream/consumers';

import { errors } from 'oidc-provider';

import { accountById, authenticate } from './accounts.js';
import { consentPage, signInPage } from './pages/interaction.js';
import { errorPage } from './pages/system.js';

const DENIED = { error: 'access_denied', error_description: 'The user declined.' };

/**
 * The sign-in and consent steps. Each form is bound to its interaction by a cookie that holds for this path alone,
 * so one tab's answer never reaches another tab's request.
 *
 * @param {import('oidc-provider').default} provider
 * @returns {import('koa').Middleware}
 */
export function interactions(provider) {
  return async (ctx, next) => {
    const [, base, uid, step] =
      /^(\/interaction\/([\w-]+))(?:\/(sign-in|allow|cancel))?$/.exec(ctx.path) ?? [];
    if (!base || ctx.method !== (step ? 'POST' : 'GET')) return next();

    try {
      const interaction = await provider.interactionDetails(ctx.req, ctx.res);
      if (interaction.uid !== uid) throw new errors.SessionNotFound('interaction session not found');
      const client = await provider.Client.find(interaction.params.client_id);
      const view = { base, appName: client.clientName ?? client.clientId };
      return await (step ? submit(provider, ctx, step, interaction, view) : show(ctx, interaction, view));
    } catch (error) {
      if (!(error instanceof errors.SessionNotFound)) throw error;
      ctx.status = error.status;
      return errorPage(ctx, error, error);
    }
  };
}

function show(ctx, { prompt, params, session }, view) {
  if (prompt.name !== 'consent') return signInPage(ctx, { ...view, email: params.login_hint });

  const { profile } = accountById(session.accountId);
  const scopes = prompt.details.missingOIDCScope ?? params.scope.split(' ');
  return consentPage(ctx, { ...view, profile, scopes, returnTo: new URL(params.redirect_uri).origin });
}

async function submit(provider, ctx, step, interaction, view) {
  if (step === 'cancel') return finish(provider, ctx, DENIED);
  if (step === 'allow')
    return finish(provider, ctx, { consent: { grantId: await allow(provider, interaction) } });

  const form = new URLSearchParams(await text(ctx.req));
  const email = form.get('email') ?? '';
  const account = authenticate(email, form.get('password') ?? '');
  if (!account) return signInPage(ctx, { ...view, email, failed: true });
  // Signing in answers `prompt=select_account` as well as `login`.
  const { accountId } = account;
  return finish(provider, ctx, { login: { accountId }, [interaction.prompt.name]: { accountId } });
}

async function allow({ Grant }, { grantId, session, params, prompt }) {
  const grant =
    (await Grant.find(grantId)) ?? new Grant({ accountId: session.accountId, clientId: params.client_id });
  const scope = prompt.details.missingOIDCScope?.join(' ');
  if (scope) grant.addOIDCScope(scope);
  return grant.save();
}

async function finish(provider, ctx, result) {
  const returnTo = await provider.interactionResult(ctx.req, ctx.res, result);
  ctx.status = 303;
  ctx.redirect(returnTo);
}

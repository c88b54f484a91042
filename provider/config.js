import { randomBytes } from 'node:crypto';

import { interactionPolicy } from 'oidc-provider';

import { accountById, claimsOfScope } from './accounts.js';
import { errorPage, logoutPage, signedOutPage } from './pages/system.js';
import { memoryStore } from './store.js';

const DAY = 24 * 60 * 60;
const SCOPES = ['openid', 'profile', 'email', 'offline_access'];

/**
 * The platform's rules, as the wire contract has them.
 *
 * @param {object} settings
 * @param {number} settings.port
 * @param {import('oidc-provider').JWKS} settings.keys
 * @param {import('oidc-provider').ClientMetadata[]} settings.clients
 * @param {Map<string, Set<string>>} settings.originsOf the pages that each client id may call from
 * @param {import('./index.js').ProviderOptions['idTokenAlg']} settings.idTokenAlg
 * @param {'ask' | 'skip'} settings.consent
 * @param {number} settings.accessTokenSeconds
 * @param {number} settings.refreshTokenSeconds
 * @returns {import('oidc-provider').Configuration}
 */
export function configuration(settings) {
  const { port, keys, clients, originsOf, idTokenAlg, consent, accessTokenSeconds, refreshTokenSeconds } =
    settings;
  return {
    adapter: memoryStore(),
    jwks: keys,
    enabledJWA: { idTokenSigningAlgValues: [idTokenAlg] },

    clients,
    clientDefaults: {
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      id_token_signed_response_alg: idTokenAlg,
    },
    clientBasedCORS: (_ctx, origin, client) => originsOf.get(client.clientId).has(origin),

    routes: {
      authorization: '/oauth2/authorize',
      token: '/oauth2/token',
      userinfo: '/oauth2/userinfo',
      end_session: '/oauth2/logout',
      revocation: '/oauth2/revoke',
      jwks: '/oauth2/jwks',
    },
    responseTypes: ['code'],
    clientAuthMethods: ['none'], // a browser keeps no secret
    scopes: SCOPES,
    pkce: { required: () => true },
    allowOmittingSingleRegisteredRedirectUri: false,

    claims: claimsOfScope,
    conformIdTokenClaims: false, // name and email belong in the ID token: the contract names no userinfo request
    findAccount: (_ctx, id) => {
      const account = accountById(id);
      return account && { accountId: id, claims: () => ({ sub: id, ...account.profile }) };
    },

    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'), // without offline_access too
    rotateRefreshToken: true,
    expiresWithSession: () => false, // a second account signing in must not end the first one's tokens

    clockTolerance: 0, // "60 seconds" is 60: by default expired tokens pass for 15 more
    ttl: {
      AccessToken: accessTokenSeconds,
      AuthorizationCode: 60,
      IdToken: 60 * 60,
      // Rotation does not prolong: the whole family ends when its first token would have.
      RefreshToken: (ctx) => ctx.oidc.entities.RotatedRefreshToken?.remainingTTL ?? refreshTokenSeconds,
      Grant: Math.max(14 * DAY, refreshTokenSeconds),
      Interaction: 60 * 60,
      Session: 14 * DAY,
    },

    cookies: {
      keys: [randomBytes(32).toString('hex')],
      // Cookies ignore ports: two providers on localhost must not overwrite each other's.
      names: {
        session: `_session_${port}`,
        interaction: `_interaction_${port}`,
        resume: `_resume_${port}`,
      },
    },

    interactions: { policy: policy(), url: (_ctx, { uid }) => `/interaction/${uid}` },
    loadExistingGrant: grantPerSignIn(consent),

    renderError: (ctx, out, error) => errorPage(ctx, out, error),
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      resourceIndicators: { enabled: false },
      revocation: { enabled: true },
      rpInitiatedLogout: { enabled: true, logoutSource: logoutPage, postLogoutSuccessSource: signedOutPage },
    },
  };
}

/** The library's policy, with `prompt=select_account` besides `login` and `consent`. */
function policy() {
  const prompts = interactionPolicy.base();
  prompts.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);
  return prompts;
}

/**
 * A grant for every sign-in, so that revoking one family of tokens leaves the other tabs' alone; the library would share
 * one grant per session. What the user allowed before carries over; with consent 'skip', that is everything.
 */
const grantPerSignIn =
  (consent) =>
  async ({ oidc }) => {
    const { Grant } = oidc.provider;
    if (oidc.result?.consent) return Grant.find(oidc.result.consent.grantId);

    const previous = await Grant.find(oidc.session.grantIdFor(oidc.client.clientId));
    const scope = consent === 'skip' ? SCOPES.join(' ') : previous?.getOIDCScope();
    if (!scope) return undefined;

    const grant = new Grant({ accountId: oidc.session.accountId, clientId: oidc.client.clientId });
    grant.addOIDCScope(scope);
    await grant.save();
    return grant;
  };

/** The endpoints besides authorization and token. */
import { fields, form, json, OAuthError, page, redirect, withParameters } from './http.js';
import type { PlatformRequest } from './platform.js';
import type { Platform } from './server.js';
import { claimsOf } from './signing.js';
import { claimsFor } from './token.js';

/** OpenID Connect Discovery 1.0 §3. */
export async function discovery({ tenantUrl, settings }: Platform): Promise<Response> {
  return json({
    issuer: tenantUrl,
    authorization_endpoint: `${tenantUrl}/oauth2/authorize`,
    token_endpoint: `${tenantUrl}/oauth2/token`,
    userinfo_endpoint: `${tenantUrl}/oauth2/userinfo`,
    revocation_endpoint: `${tenantUrl}/oauth2/revoke`,
    end_session_endpoint: `${tenantUrl}/oauth2/logout`,
    jwks_uri: `${tenantUrl}/oauth2/jwks`,
    response_types_supported: ['code'],
    response_modes_supported: ['query', 'fragment'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [settings.algorithm],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none'],
    revocation_endpoint_auth_methods_supported: ['none'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    authorization_response_iss_parameter_supported: true,
  });
}

/** RFC 7517 §5. */
export const jwks = async ({ key }: Platform): Promise<Response> => json({ keys: [await key.jwk()] });

/** OpenID Connect Core §5.3, with the errors of RFC 6750 §3. */
export async function userinfo(platform: Platform, request: PlatformRequest): Promise<Response> {
  const [, token] = /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  const grant = platform.grants.withAccessToken(token);
  if (grant) return json(claimsFor(grant, grant.scope));
  const challenge = token === undefined ? 'Bearer' : 'Bearer error="invalid_token"';
  return json({ error: 'invalid_token' }, { status: 401, headers: { 'www-authenticate': challenge } });
}

/** RFC 7009 §2. */
export async function revoke(platform: Platform, request: PlatformRequest): Promise<Response> {
  const given = await form(request);
  if (given.client_id !== platform.clientId) throw new OAuthError('invalid_client', 'client_id is unknown');
  if (!given.token) throw new OAuthError('invalid_request', 'token is missing');
  platform.grants.revoke(given.token);
  return new Response(null, { status: 200 });
}

/** OpenID Connect RP-Initiated Logout 1.0 §2. */
export async function endSession(platform: Platform, request: PlatformRequest, url: URL): Promise<Response> {
  const given = request.method === 'POST' ? await form(request) : fields(url.searchParams);
  const { id_token_hint: hint, post_logout_redirect_uri: target, state } = given;
  const clientId = given.client_id ?? (hint && claimsOf(hint).aud);
  if (target !== undefined) {
    const known = clientId === platform.clientId && platform.settings.postLogoutRedirectUris.includes(target);
    if (!known)
      return page('This sign-out cannot go on', '<p>post_logout_redirect_uri is not registered</p>', 400);
  }
  platform.session = undefined;
  return target === undefined ? page('Signed out', '') : redirect(withParameters(target, { state }));
}

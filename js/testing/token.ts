/** The token endpoint, RFC 6749 §4.1.3, §5 and §6. */
import type { Grant } from './grants.js';
import { form, json, OAuthError } from './http.js';
import type { PlatformRequest } from './platform.js';
import type { Platform } from './server.js';
import { halfHash } from './signing.js';

export async function token(platform: Platform, request: PlatformRequest): Promise<Response> {
  if (request.method !== 'POST') return new Response(null, { status: 405, headers: { allow: 'POST' } });
  const given = await form(request);
  if (given.client_id !== platform.clientId) {
    throw new OAuthError('invalid_client', `client_id ${given.client_id} is unknown`);
  }
  const { grants, settings } = platform;
  const [grant, scope] = await granted(platform, given);
  const { accessToken, refreshToken } = grants.issueTokens(grant, settings.accessTokenSeconds);
  return json({
    access_token: accessToken,
    ...(scope.split(' ').includes('openid') && {
      id_token: await idToken(platform, grant, scope, accessToken),
    }),
    refresh_token: refreshToken,
    token_type: 'Bearer',
    expires_in: settings.accessTokenSeconds,
    scope,
  });
}

async function granted(platform: Platform, given: Record<string, string>): Promise<[Grant, string]> {
  if (given.grant_type === 'authorization_code') {
    const grant = await platform.grants.exchange(given.code, given.redirect_uri, given.code_verifier);
    return [grant, grant.scope];
  }
  if (given.grant_type === 'refresh_token') {
    const grant = platform.grants.refresh(given.refresh_token);
    const scope = given.scope ?? grant.scope;
    const known = grant.scope.split(' ');
    // RFC 6749 §6: less, and never more.
    if (!scope.split(' ').every((name) => known.includes(name))) {
      throw new OAuthError('invalid_scope', 'more than was granted');
    }
    return [grant, scope];
  }
  throw new OAuthError('unsupported_grant_type', 'grant_type must be authorization_code or refresh_token');
}

/** OpenID Connect Core §2; the user's claims are in it, because the contract has no other place for them. */
async function idToken(
  platform: Platform,
  grant: Grant,
  scope: string,
  accessToken: string,
): Promise<string> {
  const now = Math.floor(platform.now() / 1000);
  const claims = {
    ...claimsFor(grant, scope),
    iss: platform.tenantUrl,
    aud: platform.clientId,
    iat: now,
    exp: now + 3600,
    auth_time: grant.authTime,
    ...(grant.nonce !== undefined && { nonce: grant.nonce }),
    at_hash: await halfHash(accessToken),
  };
  return platform.key.sign(platform.alterIdToken?.(claims) ?? claims);
}

/** The claims that each scope asks for, OpenID Connect Core §5.4. Those that are no standard ones are always there. */
const SCOPES = {
  profile:
    /^(name|(given|family|middle)_name|nickname|preferred_username|profile|picture|website|gender|birthdate|zoneinfo|locale|updated_at)$/,
  email: /^email(_verified)?$/,
};

export function claimsFor({ user }: Grant, scope: string): Record<string, unknown> {
  const scopes = scope.split(' ');
  const asked = (claim: string) =>
    Object.entries(SCOPES).every(([name, claims]) => scopes.includes(name) || !claims.test(claim));
  return Object.fromEntries(Object.entries(user).filter(([claim]) => asked(claim)));
}

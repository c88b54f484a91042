/** The authorization endpoint, RFC 6749 §4.1.1, RFC 7636 §4.3 and OpenID Connect Core §3.1.2. */
import { escaped, fields, form, OAuthError, page, redirect, withParameters } from './http.js';
import type { FakeUser, PlatformRequest, PlatformSession } from './platform.js';
import type { Platform } from './server.js';

export async function authorize(platform: Platform, request: PlatformRequest, url: URL): Promise<Response> {
  const given = Object.fromEntries(url.searchParams);
  const { redirect_uri: redirectUri = '', client_id: clientId, state } = given;
  // OAuth 2.0 Multiple Response Types §5: what asks for tokens is answered in the fragment, a refusal too.
  const mode = given.response_mode ?? (/token/.test(given.response_type ?? '') ? 'fragment' : 'query');
  // Not redirected to: an address that is not registered may be an attacker's.
  if (clientId !== platform.clientId) return refusal(`client_id ${clientId} is unknown`);
  if (!platform.settings.redirectUris.includes(redirectUri)) {
    const registered = platform.settings.redirectUris.join(', ');
    return refusal(`redirect_uri ${redirectUri} is not registered; registered is ${registered}`);
  }
  // RFC 9207.
  const back = (answer: Record<string, string | undefined>) =>
    redirect(withParameters(redirectUri, { ...answer, state, iss: platform.tenantUrl }, mode));
  try {
    checkRequest(fields(url.searchParams));
    const answer = request.method === 'POST' ? await form(request) : {};
    if ('cancel' in answer) throw new OAuthError('access_denied', 'the user cancelled');
    const session = signIn(platform, given, answer.user);
    if (!session) return signInPage(platform.users);
    platform.session = session;
    const { user, authTime } = session;
    const grant = {
      user,
      authTime,
      scope: given.scope ?? '',
      nonce: given.nonce,
      expiresAt: platform.now() + platform.settings.refreshTokenSeconds * 1000,
      revoked: false,
    };
    return back({ code: platform.grants.issueCode(grant, redirectUri, given.code_challenge ?? '') });
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    return back({ error: error.code, error_description: error.message });
  }
}

function checkRequest({
  response_type,
  response_mode,
  code_challenge_method,
  code_challenge,
  ...other
}: Record<string, string>): void {
  const prompts = (other.prompt ?? '').split(' ');
  const problem =
    (response_mode &&
      !['query', 'fragment'].includes(response_mode) &&
      'response_mode must be query or fragment') ||
    (!code_challenge && 'code_challenge is missing') ||
    (code_challenge_method !== 'S256' && 'code_challenge_method must be S256') ||
    (!/^[\w-]{43}$/.test(code_challenge ?? '') && 'code_challenge is malformed') ||
    (prompts.includes('none') && prompts.length > 1 && 'prompt none stands alone');
  if (response_type !== 'code')
    throw new OAuthError('unsupported_response_type', 'response_type must be code');
  if ('request' in other) throw new OAuthError('request_not_supported', 'request is not supported');
  if ('request_uri' in other)
    throw new OAuthError('request_uri_not_supported', 'request_uri is not supported');
  if (problem) throw new OAuthError('invalid_request', problem);
}

/** Who is signed in now, and since when; nobody where the sign-in page has to ask. */
function signIn(
  platform: Platform,
  given: Record<string, string>,
  chosen: string | undefined,
): PlatformSession | undefined {
  const now = Math.floor(platform.now() / 1000);
  const prompts = (given.prompt ?? '').split(' ');
  const { session } = platform;
  const old = given.max_age !== undefined && session && now - session.authTime > Number(given.max_age);
  const again = prompts.includes('login') || prompts.includes('select_account') || old;
  if (chosen === undefined && session && !again) return session;
  if (prompts.includes('none')) throw new OAuthError('login_required', 'nobody is signed in');
  const find = (name: string | undefined) =>
    name === undefined
      ? undefined
      : platform.users.find((user) => [user.sub, user.email, user.preferred_username].includes(name));
  if (chosen === undefined && platform.settings.signInPage) return undefined;
  const user = find(chosen ?? given.login_hint) ?? platform.user;
  if (!user) throw new OAuthError('access_denied', 'nobody signed in');
  return { user, authTime: now };
}

function signInPage(users: readonly FakeUser[]): Response {
  const button = ({ sub, name = sub }: FakeUser) =>
    `<p><button name="user" value="${escaped(sub)}">${escaped(String(name))}</button></p>`;
  const cancel = '<p><button name="cancel" value="">Cancel</button></p>';
  return page('Sign in', `<form method="post">${users.map(button).join('')}${cancel}</form>`);
}

const refusal = (text: string) => page('This sign-in cannot go on', `<p>${escaped(text)}</p>`, 400);

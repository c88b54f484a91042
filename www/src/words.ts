import type { AuthEvent, SignedOutReason } from '@intelliauth/spa-sdk';

/** `12:34:56`, as this device writes it. */
export const clock = (at: number) => new Date(at).toLocaleTimeString();

/** `4:05` */
export function duration(milliseconds: number) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

export const signedOutBecause: Record<SignedOutReason, string> = {
  never: 'You are not signed in.',
  logout: 'You signed out.',
  login_required: 'Your session ran out. Sign in to go on.',
  session_expired: 'The platform ended your session. Sign in to go on.',
  session_lost: 'Your session was lost on the way. Sign in to go on.',
  session_mismatch: 'The platform answered for another session. Sign in to go on.',
};

/** What an event means, to a reader who has not read the specifications. */
export function inPlainWords(event: AuthEvent): string {
  switch (event.type) {
    case 'sign_in_started':
      return 'Made a one-time secret, kept it in this tab, and sent you to the sign-in page with only its SHA-256.';
    case 'callback_received':
      return 'You came back to the redirect URI with the platform’s answer.';
    case 'code_exchanged':
      return 'Traded the one-time code and the secret for tokens. Both are used up now.';
    case 'id_token_checked':
      return 'Checked the ID token: from this platform, for this app, for this sign-in, and still valid.';
    case 'signed_in':
      return 'Signed you in.';
    case 'session_restored':
      return 'Found the session again after the page was loaded.';
    case 'token_refreshed':
      return 'Renewed the access token in the background.';
    case 'refresh_failing':
      return `Could not renew the access token (${event.code}). Tries again at ${clock(event.retryAt)}.`;
    case 'storage_failed':
      return 'Could not use the browser’s storage: the session ends with this page.';
    case 'sign_out_completed':
      return `Told the platform: refresh token ${event.revocation.replace('_', ' ')}, its own session ${event.provider.replace('_', ' ')}.`;
    case 'provider_signed_out':
      return 'Came back from the platform, which ended its own session.';
    case 'signed_out':
      return `Signed out. ${signedOutBecause[event.reason]}`;
  }
}

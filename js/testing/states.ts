/** The states that a test names, as the real client has them. */
import { type ErrorCode, type ErrorFacts, IntelliAuthError } from '../errors.js';
import { messageOf } from '../errors.messages.js';
import { transient } from '../errors.transient.js';
import type { Authenticated, Loading, SignedOutReason, Unauthenticated, Unusable, User } from '../types.js';

/** What {@link signedInAs} takes besides the user. */
export interface SignedInOptions {
  /** @defaultValue `'openid profile email'` */
  scope?: string | undefined;
  /** Until the access token expires. @defaultValue `300` */
  expiresInSeconds?: number | undefined;
  /** Refreshing fails with this code at present. */
  failing?: ErrorCode | undefined;
}

/**
 * A user is signed in.
 * @example
 * createTestClient(signedInAs({ name: 'Ada Lovelace', email: 'ada@example.com' }));
 */
export function signedInAs(user: Partial<User> = {}, options: SignedInOptions = {}): Authenticated {
  const { scope = 'openid profile email', expiresInSeconds = 300, failing } = options;
  const expiresAt = Date.now() + expiresInSeconds * 1000;
  return {
    status: 'authenticated',
    user: { sub: 'usr_test', ...user },
    scope,
    expiresAt,
    refreshAt: expiresAt - 60_000,
    ...(failing && { failing: { code: failing, retryAt: Date.now() + 1000 } }),
  };
}

/** Nobody is signed in, and why: `'session_expired'`, `'logout'` and the like. */
export const signedOut = (reason: SignedOutReason = 'never'): Unauthenticated => ({
  status: 'unauthenticated',
  reason,
});

/** Nothing is known yet. Calls wait until the client is another. */
export const loading = (): Loading => ({ status: 'loading' });

/** The SDK cannot work: `'wasm_blocked_by_csp'`, say. */
export const failed = (error: ErrorCode | IntelliAuthError): Unusable => ({
  status: 'error',
  error: typeof error === 'string' ? testError(error) : error,
});

/**
 * An error as the SDK would make it. `details` fill its message.
 * @example
 * auth.fail('getAccessToken', testError('session_expired'));
 */
export const testError = (code: ErrorCode, facts: ErrorFacts = {}): IntelliAuthError =>
  new IntelliAuthError(code, messageOf(code, facts.details ?? {}), {
    transient: transient.has(code),
    ...facts,
  });

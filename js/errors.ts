import type { table } from './errors.table.js';
import type { AppState } from './types.js';

/** Every code there is; `docs/errors.md` explains each. */
export type ErrorCode = keyof typeof table;

/** What goes back to the app with a callback that was refused. */
export interface SignInContext {
  readonly appState?: AppState;
  readonly returnTo?: string;
}

/** What an {@link IntelliAuthError} is made of. */
export interface ErrorParts extends SignInContext {
  message: string;
  hint: string;
  transient: boolean;
  details: Readonly<Record<string, string>>;
  cause?: unknown;
}

/**
 * Every error of this SDK. Never holds a code, verifier, state, nonce or token.
 * @example
 * try {
 *   await auth.getAccessToken();
 * } catch (error) {
 *   if (isIntelliAuthError(error) && error.transient) retryLater(error.hint);
 * }
 */
export class IntelliAuthError extends Error {
  override readonly name = 'IntelliAuthError';
  /** Stable; compare this. */
  readonly code: ErrorCode;
  /** What to do about it. */
  readonly hint: string;
  /** Whether the same call may succeed later with nothing changed. */
  readonly transient: boolean;
  /** Named facts, such as the option that is wrong. */
  readonly details: Readonly<Record<string, string>>;
  /** Of a refused callback: as given to `loginWithRedirect`; `{}` where that sign-in is not known. */
  readonly appState?: AppState;
  /** Of a refused callback: see {@link CallbackResult.returnTo}. */
  readonly returnTo?: string;

  constructor(code: ErrorCode, { message, hint, transient, details, cause, appState, returnTo }: ErrorParts) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint;
    this.transient = transient;
    this.details = details;
    if (appState) this.appState = appState;
    if (returnTo !== undefined) this.returnTo = returnTo;
  }
}

/**
 * Whether `error` is one of this SDK's, and with `code`, that one.
 * @example
 * if (isIntelliAuthError(error, 'access_denied')) offerToTryAgain();
 */
export function isIntelliAuthError(error: unknown, code?: ErrorCode): error is IntelliAuthError {
  return error instanceof IntelliAuthError && (code === undefined || error.code === code);
}

/** An error as the wasm tells it. */
export interface Fault {
  code: ErrorCode;
  transient: boolean;
  details: Readonly<Record<string, string>>;
}

/** A fault of the loader's own. */
export const fault = (code: ErrorCode, transient = false, details: Record<string, string> = {}): Fault => ({
  code,
  transient,
  details,
});

/** Makes the error. The prose is fetched now and not before: no page pays for it until something goes wrong. */
export async function explain(told: Fault, cause?: unknown, back?: SignInContext): Promise<IntelliAuthError> {
  const { details } = told;
  const fill = (text: string) =>
    text.replace(/\{(\w+)\}/g, (_, name: string) => details[name] ?? '(unknown)');
  // Offline, the prose may be out of reach; the code never is.
  const prose = await import('./errors.table.js')
    .then(({ table }) => table[told.code])
    .catch(() => undefined);
  return new IntelliAuthError(told.code, {
    message: prose ? fill(prose.summary) : told.code,
    hint: prose ? fill(prose.hint) : '',
    transient: told.transient,
    details,
    cause,
    ...back,
  });
}

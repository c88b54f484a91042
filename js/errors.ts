import type { hints } from './errors.hints.js';
import type { AppState } from './types.js';

/** Every code there is; `docs/errors.md` explains each. */
export type ErrorCode = keyof typeof hints;

/** What goes back to the app with a callback that was refused. */
export interface SignInContext {
  readonly appState?: AppState;
  readonly returnTo?: string;
}

/** What an {@link IntelliAuthError} says beside its code and message. */
export interface ErrorFacts extends SignInContext {
  transient?: boolean;
  details?: Readonly<Record<string, string>>;
  cause?: unknown;
}

/** What marks errors of every copy: a page, and above all a test, may have an ES module's and CommonJS's. */
const mark = Symbol.for('@intelliauth/spa-sdk');
type Marked = { [mark]?: true };

/**
 * Every error of this SDK. Never holds a code, verifier, state, nonce or token.
 * @example
 * try {
 *   await auth.getAccessToken();
 * } catch (error) {
 *   if (!isIntelliAuthError(error)) throw error;
 *   if (error.transient) retryLater();
 *   console.error(error.message, await error.explain());
 * }
 */
export class IntelliAuthError extends Error {
  override readonly name = 'IntelliAuthError';
  /** Stable; compare this. */
  declare readonly code: ErrorCode;
  /** Whether the same call may succeed later with nothing changed. Never true of a callback that is spent: it is answered once. */
  declare readonly transient: boolean;
  /** Named facts, such as the option that is wrong. */
  declare readonly details: Readonly<Record<string, string>>;
  /** Of a refused callback: as given to `loginWithRedirect`; `{}` where that sign-in is not known. */
  declare readonly appState?: AppState;
  /** Of a refused callback: see {@link CallbackResult.returnTo}. */
  declare readonly returnTo?: string;
  /** What to do about it. Empty until its text is loaded, which begins when the error is made: see {@link explain}. */
  readonly hint: string = '';

  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}) {
    const { cause, ...rest } = facts;
    super(message, cause === undefined ? undefined : { cause });
    Object.assign(this, { code, transient: false, details: {} }, rest);
    void this.explain();
  }

  /**
   * The {@link hint} as soon as its text is loaded; empty where it cannot be loaded. Never rejects.
   * @example
   * console.error(error.code, error.message, await error.explain());
   */
  async explain(): Promise<string> {
    try {
      const { hintOf } = await import('./errors.hints.js');
      (this as { hint: string }).hint = hintOf(this);
    } catch {
      // Offline, say. The code and the message are there all the same.
    }
    return this.hint;
  }

  /** @internal */
  get [mark](): true {
    return true;
  }

  /** Of whichever copy of this package: see {@link isIntelliAuthError}. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return !!(value as Marked | null)?.[mark];
  }
}

/**
 * Whether `error` is one of this SDK's, of whichever copy of it, and with `code`, that one.
 * @example
 * if (isIntelliAuthError(error, 'access_denied')) offerToTryAgain();
 */
export function isIntelliAuthError(error: unknown, code?: ErrorCode): error is IntelliAuthError {
  return error instanceof IntelliAuthError && (code === undefined || error.code === code);
}

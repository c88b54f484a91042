import type { ErrorDetails, hints } from './errors.hints.js';
import type { AppState } from './options.types.js';

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

/** An {@link IntelliAuthError} of one code. */
export interface ErrorOf<C extends ErrorCode> extends Error {
  readonly name: 'IntelliAuthError';
  /** Stable; compare this. */
  readonly code: C;
  /** Whether the same call may succeed later with nothing changed. Never true of a callback that is spent: it is answered once. */
  readonly transient: boolean;
  /** Named facts, such as the option that is wrong. */
  readonly details: ErrorDetails[C] & {
    /** The callback that was answered cannot be answered again. */
    readonly callback?: 'spent';
    /** The SDK tries again by itself then: milliseconds since 1970, in digits. */
    readonly retryAt?: string;
    /** It was another tab's request that failed. */
    readonly elsewhere?: 'true';
    /** The browser said that it was offline. */
    readonly offline?: 'true';
    readonly [name: string]: string | undefined;
  };
  /** Of a refused callback: as given to `loginWithRedirect`; `{}` where that sign-in is not known. */
  readonly appState?: AppState;
  /** Of a refused callback: see {@link CallbackResult.returnTo}. */
  readonly returnTo?: string;
  /** What to do about it. Empty until its text is loaded, which begins when the error is made: see {@link explain}. */
  readonly hint: string;
  /**
   * The {@link hint} as soon as its text is loaded; empty where it cannot be loaded. Never rejects.
   * @example
   * console.error(error.code, error.message, await error.explain());
   */
  explain(): Promise<string>;
}

/**
 * Every error of this SDK; once its `code` is compared, `details` are those of that code. Never holds a code, verifier,
 * state, nonce or token.
 * @example
 * try {
 *   await auth.getAccessToken();
 * } catch (error) {
 *   if (!isIntelliAuthError(error)) throw error;
 *   if (error.transient) retryLater();
 *   console.error(error.message, await error.explain());
 * }
 */
export type IntelliAuthError<C extends ErrorCode = ErrorCode> = { [code in C]: ErrorOf<code> }[C];

/** The class of {@link IntelliAuthError}, as `instanceof` wants it. */
export interface IntelliAuthErrorConstructor {
  new <C extends ErrorCode>(code: C, message: string, facts?: ErrorFacts): IntelliAuthError<C>;
  readonly prototype: IntelliAuthError;
}

/** What marks errors of every copy: a page, and above all a test, may have an ES module's and CommonJS's. */
const mark = Symbol.for('@intelliauth/spa-sdk');
type Marked = { [mark]?: true };

class SdkError extends Error {
  override readonly name = 'IntelliAuthError';
  readonly hint = '';

  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}) {
    // Of these `Error` takes the cause, which it keeps from being enumerated.
    super(message, facts);
    Object.assign(this, { code, transient: false, details: {} }, facts);
    void this.explain();
  }

  async explain(): Promise<string> {
    try {
      const { hintOf } = await import('./errors.hints.js');
      (this as { hint: string }).hint = hintOf(this as unknown as IntelliAuthError);
    } catch {
      // Offline, say. The code and the message are there all the same.
    }
    return this.hint;
  }

  get [mark](): true {
    return true;
  }

  /** Of whichever copy of this package: see {@link isIntelliAuthError}. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return !!(value as Marked | null)?.[mark];
  }
}

export const IntelliAuthError = SdkError as unknown as IntelliAuthErrorConstructor;

/**
 * Whether `error` is one of this SDK's, of whichever copy of it, and with `code`, that one.
 * @example
 * if (isIntelliAuthError(error, 'access_denied')) offerToTryAgain();
 */
export function isIntelliAuthError<C extends ErrorCode = ErrorCode>(
  error: unknown,
  code?: C,
): error is IntelliAuthError<C> {
  return error instanceof IntelliAuthError && (code === undefined || error.code === code);
}

/** Faults as the wasm tells them, and the errors that apps get for them. */

import type { ErrorCode, IntelliAuthError, SignInContext } from './errors.js';
import { messages } from './errors.messages.js';

export interface Fault {
  code: ErrorCode;
  transient: boolean;
  details: Readonly<Record<string, string>>;
}

/** A fault of the client's own. */
export const fault = (code: ErrorCode, transient = false, details: Record<string, string> = {}): Fault => ({
  code,
  transient,
  details,
});

let ErrorClass: typeof IntelliAuthError;

/** The class is the eager part's, which shares no module with this one. */
export function makeErrorsWith(given: typeof IntelliAuthError): void {
  ErrorClass = given;
}

export function errorOf(
  { code, transient, details }: Fault,
  cause?: unknown,
  back?: SignInContext,
): IntelliAuthError {
  return new ErrorClass(code, messages[code], { transient, details, cause, ...back });
}

/** Faults as the wasm tells them, and the errors that apps get for them. */

import type { ErrorCode, IntelliAuthError, SignInContext } from './errors.js';
import { messageOf } from './errors.messages.js';

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

/** Why the wasm did not start. Each engine words it its own way, but all name the policy or its keyword. */
export const startFault = (cause: unknown, again = false): Fault =>
  /unsafe-eval|content.security.policy|\bcsp\b/i.test(String(cause))
    ? fault('wasm_blocked_by_csp')
    : fault('wasm_unavailable', again);

/** Mistakes that the console has been told: each is told once, however often it is made. */
const logged = new Set<string>();

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
  const message = messageOf(code, details);
  const error = new ErrorClass(code, message, {
    transient,
    details,
    ...(cause !== undefined && { cause }),
    ...back,
  });
  if (code === 'invalid_config' && !logged.has(message)) {
    logged.add(message);
    console.error(`IntelliAuth: ${message}`);
  }
  return error;
}

import type { IntelliAuthError, IntelliAuthErrorConstructor } from './errors.js';

/** `invalid_config`, worded as the error table has it: for parts that must not load all messages for the one. */
export function invalidConfig(
  ErrorClass: IntelliAuthErrorConstructor,
  option: string,
  problem: string,
  instead: string,
): IntelliAuthError {
  const message = `The option ${option} cannot be used: ${problem}. Write ${instead}.`;
  return new ErrorClass('invalid_config', message, { details: { option, problem, instead } });
}

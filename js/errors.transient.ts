// Made from src/core/base/error/table.rs by `npm run generate`; a test keeps the two alike.
import type { ErrorCode } from './errors.js';

/** Errors after which the same call may succeed with nothing changed. */
export const transient: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'network_error',
  'timeout',
  'platform_unavailable',
  'rate_limited',
  'wasm_unavailable',
  'internal',
]);

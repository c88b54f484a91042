import { start } from './start.js';
import type { IntelliAuth, IntelliAuthOptions } from './types.js';

export { type ErrorCode, IntelliAuthError, isIntelliAuthError } from './errors.js';
export type * from './types.js';

/**
 * Makes the client: checks the options, loads the SDK and takes up a stored session, with no request to the platform.
 * @throws IntelliAuthError `invalid_config` with what to write instead; `wasm_blocked_by_csp`; `wasm_unavailable`
 * @example
 * const auth = await createIntelliAuth({
 *   tenantUrl: 'https://your-tenant.example',
 *   clientId: 'your-client-id',
 * });
 */
export function createIntelliAuth(options: IntelliAuthOptions): Promise<IntelliAuth> {
  return start(options);
}

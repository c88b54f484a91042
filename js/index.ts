import { IntelliAuthError } from './errors.js';
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
 *   redirectUri: 'https://app.example/callback',
 * });
 */
export async function createIntelliAuth(options: IntelliAuthOptions): Promise<IntelliAuth> {
  if (typeof document === 'undefined') {
    throw new IntelliAuthError('wasm_unavailable', 'The SDK runs in a page only.');
  }
  const module = () => compiled(options.wasm);
  // Client and wasm are requested at the same moment. What is wrong with the wasm, the client reports.
  module().catch(() => {});
  const { connect } = await import('./client.js').catch((cause) => {
    throw new IntelliAuthError('wasm_unavailable', 'The SDK could not be loaded.', { cause });
  });
  return connect(options, { IntelliAuthError, module });
}

/** What the client is handed, because it shares no module with this part: a shared chunk would be one more request in a row. */
export interface Eager {
  IntelliAuthError: typeof IntelliAuthError;
  /** The compiled wasm, one for the page. A load that failed is not kept. */
  module: () => Promise<WebAssembly.Module>;
}

let module: Promise<WebAssembly.Module> | undefined;

function compiled(source: IntelliAuthOptions['wasm']): Promise<WebAssembly.Module> {
  module ??= compile(source).catch((error: unknown) => {
    module = undefined;
    throw error;
  });
  return module;
}

async function compile(source: IntelliAuthOptions['wasm']): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  if (source === undefined) return (await import('./bytes.js')).compile();
  if (typeof source === 'string' || source instanceof URL) return WebAssembly.compileStreaming(fetch(source));
  return WebAssembly.compile(source);
}

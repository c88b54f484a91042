/** Starts the SDK: requests client and wasm at the same moment. */
import { abortable } from './abort.js';
import { IntelliAuthError } from './errors.js';
import { own } from './own.js';
import { parts } from './parts.js';
import type { IntelliAuth, IntelliAuthOptions } from './types.js';

/** What the client is handed. It imports nothing of this part: a shared chunk would be one more request in a row. */
export interface Eager {
  IntelliAuthError: typeof IntelliAuthError;
  abortable: typeof abortable;
  /** The wasm, one for the page, compiled where it had to be requested. A load that failed is not kept. */
  module: () => Promise<WebAssembly.Module | BufferSource>;
}

/** `provider`: the options are properties of React's provider, which has some of its own. */
export function start(options: IntelliAuthOptions, provider = false): Promise<IntelliAuth> {
  if (typeof document !== 'undefined') return started(options, provider);
  const failed = chunk(Promise.reject('no document'));
  // An app that makes its client in a module must not end a server's process.
  failed.catch(() => {});
  return failed;
}

async function started(options: IntelliAuthOptions, provider: boolean): Promise<IntelliAuth> {
  let given = options;
  let wasm: IntelliAuthOptions['wasm'];
  try {
    // As they are now, and own members only. What is no object, or cannot be read, the client refuses.
    if ({}.toString.call(options) === '[object Object]') given = own(options);
    ({ wasm } = own(given));
  } catch {}
  const module = () => compiled(wasm);
  // The client reports a failure: it awaits the same promise.
  module().catch(() => {});
  const { connect } = parts.client ?? (await chunk(import('./client.js')));
  return connect(given, provider, { IntelliAuthError, abortable, module });
}

/** A part of the SDK that is requested now. */
export const chunk = <T>(requested: Promise<T>): Promise<T> =>
  requested.catch((cause) => {
    throw new IntelliAuthError('wasm_unavailable', 'The SDK could not be loaded.', { cause });
  });

let module: Promise<WebAssembly.Module | BufferSource> | undefined;

/** The wasm of this page, from where the first client says. */
export function compiled(source?: IntelliAuthOptions['wasm']): Promise<WebAssembly.Module | BufferSource> {
  module ??= compile(source).catch((error: unknown) => {
    module = undefined;
    throw error;
  });
  return module;
}

async function compile(source: IntelliAuthOptions['wasm']): Promise<WebAssembly.Module | BufferSource> {
  if (source === undefined) return (parts.bytes ?? (await import('./bytes.js'))).compile();
  // Bytes and modules need no request: the client instantiates them.
  return typeof source === 'string' || source instanceof URL
    ? WebAssembly.compileStreaming(fetch(source))
    : source;
}

/** Starts the SDK: requests client and wasm at the same moment. */
import { abortable } from './abort.js';
import { IntelliAuthError } from './errors.js';
import { own } from './own.js';
import { parts } from './parts.js';
import type { IntelliAuth, IntelliAuthOptions } from './types.js';

/** What the wasm is made of: of a response, the client makes a module. */
export type Source = Response | WebAssembly.Module | BufferSource;

/** What the client is handed. It imports nothing of this part: a shared chunk would be one more request in a row. */
export interface Eager {
  IntelliAuthError: typeof IntelliAuthError;
  abortable: typeof abortable;
  /** The wasm, one for the page, requested when it is first asked for. `again`: request it anew, because the last one failed. */
  module: (again: boolean) => Promise<Source>;
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
  const load = (again?: boolean) => requested(wasm, again);
  load();
  const { connect } = parts.client ?? (await chunk(import('./client.js')));
  return connect(given, provider, { IntelliAuthError, abortable, module: load });
}

/** A part of the SDK that is requested now. */
export const chunk = <T>(requested: Promise<T>): Promise<T> =>
  requested.catch((cause) => {
    throw new IntelliAuthError('wasm_unavailable', 'The SDK could not be loaded.', { cause });
  });

let module: Promise<Source> | undefined;

/** The wasm of this page, from where the first client says. `again`: request it anew, because the last one failed. */
export function requested(source?: IntelliAuthOptions['wasm'], again?: boolean): Promise<Source> {
  if (again || !module) {
    module = request(source);
    // The client reports it: it awaits the same promise. The next start tries again.
    module.catch(() => {
      module = undefined;
    });
  }
  return module;
}

async function request(source: IntelliAuthOptions['wasm']): Promise<Source> {
  if (source === undefined) return (parts.bytes ?? (await import('./bytes.js'))).compile();
  // Bytes and modules need no request, and the client makes a module of a response.
  return typeof source === 'string' || source instanceof URL ? fetch(source) : source;
}

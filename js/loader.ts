/** Instantiates the wasm once per page, and again after it trapped. */
import { errorOf, fault, startFault } from './faults.js';
import init, { __wbg_reset_state } from './glue.js';
import { onTrap as setTrapHandler } from './guard.js';
import type { Eager, Source } from './start.js';

let ready: Promise<void> | undefined;
const trapListeners = new Set<() => void>();

/** Calls `listener` when the wasm traps, until the returned function is called. */
export function onTrap(listener: () => void): () => void {
  trapListeners.add(listener);
  return () => trapListeners.delete(listener);
}

/**
 * Resolves once the glue's exports can be called. A failed load is not kept: the next call tries again.
 * `requested`: the module comes from an address of the app's.
 */
export function load(request: Eager['module'], requested: boolean): Promise<void> {
  ready ??= start(request, requested).catch((error: unknown) => {
    ready = undefined;
    throw error;
  });
  return ready;
}

let module: Exclude<Source, Response> | undefined;
let failed = false;

async function start(request: Eager['module'], requested: boolean): Promise<void> {
  let requesting = requested;
  try {
    // Kept for a restart after a trap, because a response can be read only once.
    module ??= await compiled(await request(failed));
    requesting = false;
    await init({ module_or_path: module });
  } catch (cause) {
    failed = true;
    module = undefined;
    // A request that failed may succeed later, but browsers do not ask again for a JavaScript module that they could not
    // have; and what does not compile or link never will.
    const again = requesting && cause instanceof TypeError;
    throw answered(cause) ? refused(cause) : errorOf(startFault(cause, again), cause);
  }
  setTrapHandler(reset);
}

async function compiled(source: Source): Promise<Exclude<Source, Response>> {
  if (!answered(source)) return source;
  if (!source.ok) throw source;
  return WebAssembly.compileStreaming(source).catch(async (cause) => {
    // Served as another type than application/wasm, it is left unread.
    if (source.bodyUsed) throw cause;
    return WebAssembly.compile(await source.arrayBuffer());
  });
}

/** Jest's jsdom has no `Response`. */
const answered = (source: unknown): source is Response =>
  typeof Response === 'function' && source instanceof Response;

const refused = ({ status, url }: Response) =>
  errorOf(
    fault('wasm_unavailable', status >= 500, { url: url.replace(/[?#].*/s, ''), status: String(status) }),
  );

/** A panic leaves promises unsettled and state half changed: calls that wait are told, and the next one starts the wasm again. */
function reset(): void {
  if (!ready) return;
  ready = undefined;
  // The glue is one per page; without this its next instance would keep the memory of the one that trapped.
  try {
    __wbg_reset_state();
  } finally {
    // Also where there is no memory for another one.
    for (const listener of trapListeners) listener();
  }
}

/** Instantiates the wasm once per page, and anew after it died. */
import { errorOf, fault } from './faults.js';
import init, { __wbg_reset_state } from './glue.js';
import { onDeath as onTrap } from './guard.js';
import type { Eager } from './start.js';

let ready: Promise<void> | undefined;
const mourners = new Set<() => void>();

/** Calls `tell` when the wasm dies, until the returned function is called. */
export function onDeath(tell: () => void): () => void {
  mourners.add(tell);
  return () => mourners.delete(tell);
}

/**
 * Resolves once the glue's exports can be called. A failed load is not kept: the next call tries again.
 * `requested`: the module comes from an address of the app's.
 */
export function load(module: Eager['module'], requested: boolean): Promise<void> {
  ready ??= start(module, requested).catch((error: unknown) => {
    ready = undefined;
    throw error;
  });
  return ready;
}

async function start(module: Eager['module'], requested: boolean): Promise<void> {
  let requesting = requested;
  try {
    const compiled = await module();
    requesting = false;
    await init({ module_or_path: compiled });
  } catch (cause) {
    // Each engine words it its own way, but all name the policy or its keyword.
    const blocked = /unsafe-eval|content.security.policy|\bcsp\b/i.test(String(cause));
    // A request that failed may succeed later, but browsers do not ask again for a JavaScript module that they could not
    // have; and what does not compile or link never will.
    const again = requesting && cause instanceof TypeError;
    throw errorOf(blocked ? fault('wasm_blocked_by_csp') : fault('wasm_unavailable', again), cause);
  }
  onTrap(die);
}

/** A panic leaves promises unsettled and state half changed: whoever waits is told, and the next call starts afresh. */
function die(): void {
  if (!ready) return;
  ready = undefined;
  // The glue is one per page; without this its next instance would keep the dead one's memory.
  try {
    __wbg_reset_state();
  } finally {
    // Also where there is no memory for another one.
    for (const tell of mourners) tell();
  }
}

/** Loads the wasm that production pages never load: of `/explain` and `/protocol`. */
import { IntelliAuthError } from '../errors.js';
import { messageOf } from '../errors.messages.js';
import { type Fault, fault } from '../faults.js';
import * as glue from './glue.js';

type Exports = typeof glue;

/** The error that a fault is. */
export const errorOf = ({ code, transient, details }: Fault, cause?: unknown): IntelliAuthError =>
  new IntelliAuthError(code, messageOf(code, details), { transient, details, cause });

let ready: Promise<void> | undefined;

/** Resolves once {@link call} may be used. A load that failed is not kept: the next one tries again. */
export function load(): Promise<void> {
  ready ??= start().catch((error: unknown) => {
    ready = undefined;
    throw error;
  });
  return ready;
}

async function start(): Promise<void> {
  try {
    const { compile } = await import('./bytes.js');
    await glue.default({ module_or_path: await compile() });
  } catch (cause) {
    // Each engine words it its own way, but all name the policy or its keyword.
    const blocked = /unsafe-eval|content.security.policy|\bcsp\b/i.test(String(cause));
    throw errorOf(fault(blocked ? 'wasm_blocked_by_csp' : 'wasm_unavailable'), cause);
  }
}

/** Calls into the wasm. What it throws becomes an error of the table. */
export function call<T>(work: (wasm: Exports) => T): T {
  try {
    return work(glue);
  } catch (thrown) {
    if ((thrown as Fault | undefined)?.code !== undefined) throw errorOf(thrown as Fault);
    // A panic is a trap and leaves its memory half changed: the next call has a new one.
    glue.__wbg_reset_state();
    throw errorOf(fault('internal', true), thrown);
  }
}

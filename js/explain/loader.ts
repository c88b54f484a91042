/** Loads the wasm that production pages never load: of `/explain` and `/protocol`. */
import { IntelliAuthError } from '../errors.js';
import { messageOf } from '../errors.messages.js';
import { type Fault, fault, startFault } from '../faults.js';
import { type Reader, read } from '../options.js';
import * as glue from './glue.js';

type Exports = typeof glue;

/** The error that a fault is. */
export const errorOf = ({ code, transient, details }: Fault, cause?: unknown): IntelliAuthError =>
  new IntelliAuthError(code, messageOf(code, details), {
    transient,
    details,
    ...(cause !== undefined && { cause }),
  });

/** Own members of the given kinds; what is thrown is an error of the table. */
export function checked<T>(reader: Reader, given: T | undefined): T {
  try {
    return read(reader, given);
  } catch (thrown) {
    throw errorOf(thrown as Fault);
  }
}

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
    throw errorOf(startFault(cause), cause);
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

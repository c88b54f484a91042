/** Loads the wasm once per page, and anew after it died. */
import { explain, fault } from './errors.js';
import * as glue from './glue.js';
import { onDeath as onTrap } from './guard.js';
import type { IntelliAuthOptions } from './types.js';

export type Glue = typeof glue;

let loaded: Promise<Glue> | undefined;
const mourners = new Set<() => void>();

/** Calls `tell` when the wasm dies, until the returned function is called. */
export function onDeath(tell: () => void): () => void {
  mourners.add(tell);
  return () => mourners.delete(tell);
}

/** The wasm's exports. A failed load is not kept: the next call tries again. */
export function load(source: IntelliAuthOptions['wasm']): Promise<Glue> {
  loaded ??= start(source).catch((error: unknown) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
}

async function start(source: IntelliAuthOptions['wasm']): Promise<Glue> {
  try {
    await glue.default({ module_or_path: await compile(source) });
  } catch (cause) {
    // Each engine words it its own way, but all name the policy or its keyword.
    const blocked = /unsafe-eval|content.security.policy|\bcsp\b/i.test(String(cause));
    throw await explain(blocked ? fault('wasm_blocked_by_csp') : fault('wasm_unavailable', true), cause);
  }
  onTrap(die);
  return glue;
}

/** A panic leaves promises unsettled and state half changed: whoever waits is told, and the next call starts afresh. */
function die(): void {
  if (!loaded) return;
  loaded = undefined;
  // The glue is one per page; without this its next instance would keep the dead one's memory.
  try {
    (glue as { __wbg_reset_state?: () => void }).__wbg_reset_state?.();
  } finally {
    // Also where there is no memory for another one.
    for (const tell of mourners) tell();
  }
}

async function compile(source: IntelliAuthOptions['wasm']): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  if (source === undefined) return WebAssembly.compile(await inlined());
  if (typeof source === 'string' || source instanceof URL) return WebAssembly.compileStreaming(fetch(source));
  return WebAssembly.compile(source);
}

/**
 * Bytes inside JavaScript are what every bundler and server delivers without being told how. One character stands for a
 * frequent byte and two for a rare one, as scripts/lib/text.mjs wrote them.
 */
async function inlined(): Promise<Uint8Array<ArrayBuffer>> {
  const { characters, order, text } = await import('./bytes.js');
  const singles = characters.length - 2;
  const byRank = Uint8Array.from(atob(order), (character) => character.charCodeAt(0));
  const ranks = new Uint8Array(128);
  for (let rank = 0; rank < characters.length; rank++) ranks[characters.charCodeAt(rank)] = rank;
  const bytes = new Uint8Array(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    let rank = ranks[text.charCodeAt(at)] as number;
    if (rank >= singles)
      rank = singles + (rank - singles) * singles + (ranks[text.charCodeAt(++at)] as number);
    bytes[length++] = byRank[rank] as number;
  }
  return bytes.subarray(0, length);
}

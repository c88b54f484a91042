/** The way into the wasm. Whatever is thrown in there, a panic's trap above all, leaves its state half changed: it is not called again. */

/** What the wasm reads and acts through: clocks, randomness, storage, the address. The build has glue.js use nothing else. */
export let scope: unknown = globalThis;

/** Calls an export of the wasm. */
export type Through = (
  // biome-ignore lint/complexity/noBannedTypes: what exports are to JavaScript
  inner: Function,
  args: unknown[],
  name: string,
  exports: WebAssembly.Exports,
) => unknown;

let through: Through = (inner, args) => inner(...args);
let trapped = () => {};

/** Has `handler` called when the wasm traps, before its caller is told. */
export function onTrap(handler: () => void): void {
  trapped = handler;
}

/** Has every call go through `caller`, and the wasm see `seen` in place of the page's globals: see `trace/`. */
export function tap(caller: Through, seen: unknown): void {
  through = caller;
  scope = seen;
}

/** The wasm's exports, watched. The build has glue.js reach them through here only. */
export function guarded(exports: WebAssembly.Exports): WebAssembly.Exports {
  const watched = (inner: WebAssembly.ExportValue, name: string) =>
    typeof inner !== 'function'
      ? inner
      : (...args: unknown[]) => {
          try {
            return through(inner, args, name, exports);
          } catch (error) {
            trapped();
            throw error;
          }
        };
  return Object.fromEntries(Object.entries(exports).map(([name, inner]) => [name, watched(inner, name)]));
}

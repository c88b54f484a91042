/** The way into the wasm. Whatever is thrown in there, a panic's trap above all, leaves its state half changed: it is not called again. */

let trapped = () => {};

/** Has `handler` called when the wasm traps, before its caller is told. */
export function onTrap(handler: () => void): void {
  trapped = handler;
}

/** The wasm's exports, watched. The build has glue.js reach them through here only. */
export function guarded(exports: WebAssembly.Exports): WebAssembly.Exports {
  const watched = (inner: WebAssembly.ExportValue) =>
    typeof inner !== 'function'
      ? inner
      : (...args: unknown[]) => {
          try {
            return inner(...args);
          } catch (error) {
            trapped();
            throw error;
          }
        };
  return Object.fromEntries(Object.entries(exports).map(([name, inner]) => [name, watched(inner)]));
}

/** The way into the wasm. Whatever is thrown in there, a panic's trap above all, leaves its state half changed: it is dead. */

let died = () => {};

/** Has `tell` called when the wasm dies, before its caller hears of it. */
export function onDeath(tell: () => void): void {
  died = tell;
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
            died();
            throw error;
          }
        };
  return Object.fromEntries(Object.entries(exports).map(([name, inner]) => [name, watched(inner)]));
}

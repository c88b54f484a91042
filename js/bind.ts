/** Binds the methods of an instance's class to it, so that they may be taken from it and be event handlers. */
export function bindMethods(instance: object): void {
  const methods = instance as Record<string, () => unknown>;
  // The constructor comes first.
  for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(instance)).slice(1)) {
    methods[name] = (methods[name] as () => unknown).bind(instance);
  }
}

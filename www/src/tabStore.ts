import { useSyncExternalStore } from 'react';

/** A value kept in sessionStorage: it outlives the redirect and stays in this tab. */
export function tabStore<T>(key: string, initial: T) {
  const listeners = new Set<() => void>();
  let value = load();

  function load(): T {
    try {
      return JSON.parse(sessionStorage.getItem(key) ?? 'null') ?? initial;
    } catch {
      return initial; // storage is blocked, or holds something else
    }
  }

  function show(next: T) {
    value = next;
    for (const listener of listeners) listener();
  }

  /** Keeps `next` for the pages after this one, and leaves this one as it is. */
  function save(next: T) {
    try {
      sessionStorage.setItem(key, JSON.stringify(next));
    } catch {
      // It is only a demo's note.
    }
  }

  function set(next: T) {
    save(next);
    show(next);
  }

  function subscribe(listener: () => void) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  // Back from the back/forward cache: later pages of this tab may have written meanwhile.
  addEventListener('pageshow', ({ persisted }) => persisted && show(load()));

  const get = () => value;
  return { get, set, save, use: () => useSyncExternalStore(subscribe, get) };
}

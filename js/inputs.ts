/** What can happen to the client beside calls and answers, by the numbers of `Core::happened` in src/bindings/client.rs. */
export const START = 0;
export const REVALIDATE = 1;
export const PAGE_HIDDEN = 2;
export const PAGE_SHOWN = 3;
export const TIMEOUT = 4;
export const DISPOSE = 5;
export const LOCK_GRANTED = 6;
export const LOCK_UNAVAILABLE = 7;
export const LOCKS_MISSING = 8;
export const LOCK_STOLEN = 9;
export const LOCK_HOLDER = 10;
export const MESSAGE = 11;

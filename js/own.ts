/** Own members alone, without a prototype: what a page changed in `Object.prototype` is none of them. */
export const own = <T>(given: T): T => ({ __proto__: null, ...given }) as T;

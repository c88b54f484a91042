/** Own members alone, without a prototype, so that a changed `Object.prototype` adds nothing. */
export const own = <T>(given: T): T => ({ __proto__: null, ...given }) as T;

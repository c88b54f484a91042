// The rows of the table, and how they are run.
import { bytes } from './bytes.mjs';
import { callers } from './callers.mjs';
import { memory } from './memory.mjs';
import { pending } from './pending.mjs';
import { session } from './session.mjs';
import { startRow } from './start.mjs';
import { tabs } from './tabs.mjs';
import { trace } from './trace.mjs';
import { variants } from './variants.mjs';

/**
 * @typedef {object} Setting
 * @property {Awaited<ReturnType<import('../lib/browser.mjs').openBrowser>>} browser
 * @property {import('../lib/apps.mjs').App[]} apps
 * @property {import('../lib/stage.mjs').Stage[]} stages one for each app, open
 * @property {number} rounds
 * @property {boolean} quick
 * @property {(what: string) => void} onApp what is under way
 * @property {(cases: Case[], rounds: number) => Promise<Record<string, any>>} interleaved
 *
 * @typedef {object} Case
 * @property {string} name the app's
 * @property {string} [condition] where one app is measured under several; then `measure` answers with a number
 * @property {() => Promise<number | Record<string, number>>} measure
 *
 * @typedef {object} Row
 * @property {(setting: Setting) => Promise<Record<string, any>>} run what was measured, by app
 */

/** @type {Record<string, Row>} */
export const rows = { bytes, start: startRow, session, tabs, callers, pending, memory, trace, variants };

/** How often each case is measured. */
export const ROUNDS = { full: 7, quick: 2 };

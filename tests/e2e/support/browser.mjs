import { chromium } from 'playwright-core';
import { findBrowser, findShell } from '../../../scripts/setup.mjs';

/** What is waited for comes however busy the machine is: this ends what never does. In milliseconds. */
export const PATIENCE = 90_000;

/**
 * Chromium, as set-up finds it: its headless shell where there is one, which keeps no page in a back/forward cache.
 *
 * @param {{ args?: string[], backForwardCache?: boolean }} [options]
 * @returns {Promise<import('playwright-core').Browser>}
 */
export function openBrowser({ args = [], backForwardCache = false } = {}) {
  return chromium.launch({
    executablePath: (backForwardCache ? undefined : findShell()) ?? findBrowser()?.chrome,
    args: ['--disable-gpu', '--disable-dev-shm-usage', ...args],
    // Playwright switches it off, because a page that comes back surprises most tests.
    ignoreDefaultArgs: backForwardCache ? ['--disable-back-forward-cache'] : [],
  });
}

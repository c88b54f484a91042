import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { findBrowser, findShell } from '../../../scripts/setup.mjs';

/** What is waited for comes however busy the machine is: this ends what never does. In milliseconds. */
export const PATIENCE = 90_000;

const opened = new Map();

/**
 * Chromium, as set-up finds it: its headless shell where there is one, which keeps no page in a back/forward cache. Those
 * who ask alike share one, each test in a profile of its own; it is closed with the process's last test.
 *
 * @param {{ args?: string[], backForwardCache?: boolean }} [options]
 * @returns {Promise<import('playwright-core').Browser>}
 */
export function openBrowser({ args = [], backForwardCache = false } = {}) {
  const asked = JSON.stringify([args, backForwardCache]);
  if (!opened.has(asked)) {
    const browser = chromium.launch({
      executablePath: (backForwardCache ? undefined : findShell()) ?? findBrowser().chrome,
      args: ['--disable-gpu', '--disable-dev-shm-usage', ...args],
      // Playwright switches it off, because a page that comes back surprises most tests.
      ignoreDefaultArgs: backForwardCache ? ['--disable-back-forward-cache'] : [],
    });
    opened.set(asked, browser);
    const forget = () => opened.delete(asked);
    browser.then((browser) => browser.on('disconnected', forget), forget);
  }
  return opened.get(asked);
}

/**
 * Once `look` answers something true on the page, whichever document it shows by then. In place of `waitForFunction`, and of
 * a locator where it does not matter how the user came to press: for either Playwright brings a script into the document
 * that costs as much as the document itself.
 *
 * @template T
 * @param {import('playwright-core').Page} page
 * @param {(given: any) => T | Promise<T>} look
 * @param {any} [given]
 * @returns {Promise<T>}
 */
export async function seen(page, look, given) {
  for (const end = performance.now() + PATIENCE; ; await sleep(25)) {
    const answer = await page.evaluate(look, given).catch((error) => {
      // A document that gives way to the next one answers nothing.
      if (!/context was destroyed|navigat/i.test(error.message)) throw error;
    });
    if (answer) return answer;
    if (performance.now() > end) throw new Error(`not within ${PATIENCE / 1000} s: ${look}`);
  }
}

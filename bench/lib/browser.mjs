// One Chromium for everything, and what is measured in it by its own clocks.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { findBrowser, findShell } from '../../scripts/setup.mjs';

const ARGS = ['--disable-gpu', '--disable-dev-shm-usage', '--no-sandbox'];
const launching = () => ({ executablePath: findShell() ?? findBrowser().chrome, args: ARGS });
/** The proxy's certificate is its own. */
const context = { ignoreHTTPSErrors: true };

/** How long one visit may take, in milliseconds. */
const PATIENCE = 20_000;

export async function openBrowser() {
  const browser = await chromium.launch(launching());
  return {
    version: browser.version(),
    /** A profile without anything: no cache, no storage. */
    fresh: () => browser.newContext(context),
    /** The line to the tools of the browser as a whole. */
    tools: () => browser.newBrowserCDPSession(),
    close: () => browser.close(),
  };
}

/** A profile on disk, because only such a one keeps compiled code. */
export async function openProfile() {
  const folder = mkdtempSync(join(tmpdir(), 'bench-profile-'));
  const profile = await chromium.launchPersistentContext(folder, { ...launching(), ...context });
  return {
    profile,
    async close() {
      await profile.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A page with its line to the browser's tools. */
export async function openPage(profile) {
  const page = await profile.newPage();
  const tools = await profile.newCDPSession(page);
  await tools.send('Network.enable');
  return { page, tools };
}

/**
 * Goes to `url` and waits until the page asks for an address that begins with `target`.
 *
 * @returns {Promise<number>} milliseconds from the page's headers to that request, by the browser's clock
 */
export async function timeToNavigate({ page, tools }, url, target) {
  let began;
  let timer;
  let stop = () => {};
  const left = new Promise((resolve, reject) => {
    const received = ({ type, response }) => {
      if (type !== 'Document' || response.url !== url) return;
      began ??= response.timing.requestTime * 1000 + response.timing.receiveHeadersEnd;
    };
    const sending = ({ type, request, timestamp }) => {
      if (type === 'Document' && request.url.startsWith(target) && !/[?&]prompt=none\b/.test(request.url)) {
        resolve(timestamp * 1000);
      }
    };
    tools.on('Network.responseReceived', received).on('Network.requestWillBeSent', sending);
    timer = setTimeout(() => reject(new Error(`no request to ${target}`)), PATIENCE);
    stop = () => {
      clearTimeout(timer);
      tools.off('Network.responseReceived', received).off('Network.requestWillBeSent', sending);
    };
  });
  try {
    const [ended] = await Promise.all([left, page.goto(url, { waitUntil: 'commit' })]);
    return ended - began;
  } finally {
    stop();
  }
}

export const throttle = ({ tools }, rate) => tools.send('Emulation.setCPUThrottlingRate', { rate });

// The overlay for development: what it shows, by keyboard and to screen readers, under a strict policy; and that production has none of it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { build } from 'esbuild';
import { root } from '../../scripts/lib/run.mjs';
import { accessible } from './support/axe.mjs';
import { refusal } from './support/bare.mjs';
import { openBrowser } from './support/browser.mjs';
import { choose, goToProvider, signIn, told } from './support/flow.mjs';
import { bareWorld, ready } from './support/world.mjs';

const browser = await openBrowser();
after(() => browser.close());

/** A page whose policy allows neither inline styles nor markup from strings. */
async function strictWorld(t, settings = {}) {
  const world = await bareWorld(t, browser, {
    ...settings,
    options: { scope: 'openid profile email offline_access', ...settings.options },
  });
  world.headers['content-security-policy'] = [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    `connect-src 'self' ${world.platform.issuer}`,
    'img-src data:',
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
  await world.context.addInitScript(() => {
    window.violations = [];
    addEventListener('securitypolicyviolation', ({ violatedDirective, sourceFile }) => {
      violations.push(`${violatedDirective} ${sourceFile}`);
    });
  });
  return world;
}

const show = (page) =>
  page.evaluate(async () => {
    const { showDevtools } = await import('/sdk/devtools/index.js');
    window.removeDevtools = showDevtools(auth);
  });
/** Has the tab record: from its next page on, once the overlay was shown. */
async function record(page) {
  await show(page);
  await page.waitForFunction(() => 'intelliauth.trace' in sessionStorage);
  await page.reload();
  await ready(page);
}
const ELEMENT = 'intelliauth-devtools';
const toggle = (page) => page.getByRole('button', { name: /^IntelliAuth: / });
const panel = (page) => page.getByRole('region', { name: 'IntelliAuth' });
/** What has the focus, in the element's shadow. */
const focused = (page) =>
  page.evaluate(() => {
    const inner = document.querySelector('intelliauth-devtools')?.shadowRoot?.activeElement;
    return inner && (inner.textContent.length < 60 ? inner.textContent : inner.id || inner.className);
  });

describe('the overlay', { concurrency: 2, timeout: 300_000 }, () => {
  test('a sign-in that failed: its steps over both pages, the one that failed, and the page of its code', async (t) => {
    const world = await strictWorld(t);
    const page = await world.tab();
    await record(page);
    await goToProvider(page);
    world.platform.control.beforeToken = () => ({ status: 400, body: { error: 'invalid_grant' } });
    await choose(page, world);
    await ready(page);
    assert.equal((await refusal(page, 'handleCallback')).code, 'code_refused');
    await show(page);
    await toggle(page).focus();
    assert.equal(await toggle(page).getAttribute('aria-expanded'), 'false');
    await page.keyboard.press('Enter');
    await panel(page).waitFor();
    assert.equal(await focused(page), 'panel');

    const drawing = page.getByRole('img', { name: /it fails at: POST \/oauth2\/token: 400 invalid_grant/ });
    await drawing.waitFor();
    const bad = await drawing.locator('.bad title').allTextContents();
    assert.match(bad[0], /400 invalid_grant/);
    assert.match(bad.at(-1), /handleCallback: code_refused/);
    const drawn = await drawing.locator('title').allTextContents();
    for (const step of [
      /^loginWithRedirect/,
      /^the page leaves for \/oauth2\/authorize/,
      /^handleCallback\(code=⟨code/,
    ]) {
      assert.ok(
        drawn.some((text) => step.test(text)),
        `${step} in ${drawn}`,
      );
    }
    // The same as a list, for screen readers.
    await page.getByText('The steps as a list').click();
    const steps = await panel(page).getByRole('listitem').filter({ hasText: '→' }).allTextContents();
    assert.equal(steps.length, drawn.length);
    assert.ok(
      steps.some((text) => text.startsWith('✕ platform → SDK')),
      steps.join('\n'),
    );
    const link = panel(page).getByRole('link', { name: 'code_refused' });
    assert.match(await link.getAttribute('href'), /docs\/errors\.md#code_refused$/);
    assert.match(await panel(page).textContent(), /A code can be exchanged once/);

    await accessible(page, 'a sign-in that failed', ELEMENT);

    await page.keyboard.press('Escape');
    assert.equal(await panel(page).count(), 0);
    assert.match(await focused(page), /^IntelliAuth: unauthenticated/);
    await accessible(page, 'closed', ELEMENT);
    assert.deepEqual(await page.evaluate(() => violations), []);
    // The page of each code can be gone to.
    const documented = readFileSync(`${root}/docs/errors.md`, 'utf8');
    assert.ok(documented.includes('id="code_refused"'), 'docs/errors.md has the place');
  });

  test('a session: claims, times, the event line, other tabs; refreshed and saved by keyboard', async (t) => {
    const world = await strictWorld(t);
    const page = await world.tab();
    await signIn(page, world);
    await show(page);
    await page.evaluate(() => {
      document.querySelector('intelliauth-devtools').open = true;
    });
    const text = () => panel(page).textContent();
    assert.match(await text(), /Statusauthenticated/);
    assert.match(await text(), /Refreshin (\d+ min )?\d+ s/);
    assert.match(await text(), /nameAda Lovelace/);

    // In the order in which it reads.
    const order = [];
    for (let at = 0; at < 5; at++) {
      await page.keyboard.press('Tab');
      order.push(await focused(page));
    }
    assert.deepEqual(order.slice(0, 4), ['Refresh the token', 'Copy the report', 'Save the report', 'Close']);
    for (let at = 0; at < 4; at++) await page.keyboard.press('Shift+Tab');
    assert.equal(await focused(page), 'Refresh the token');
    await page.keyboard.press('Enter');
    await told(page, 'token_refreshed');
    await panel(page).getByRole('listitem').filter({ hasText: 'token refreshed' }).waitFor();
    await page
      .getByRole('status')
      .filter({ hasText: 'The token is a new one.' })
      .waitFor({ state: 'attached' });

    const other = await world.tab('/another/place');
    await show(other);
    await panel(page).getByText('/another/place: unauthenticated').waitFor();
    await other.close({ runBeforeUnload: false });

    await accessible(page, 'a session, an event, another tab', ELEMENT);

    const downloads = page.waitForEvent('download');
    await panel(page).getByRole('button', { name: 'Save the report' }).click();
    const saved = JSON.parse(readFileSync(await (await downloads).path(), 'utf8'));
    assert.equal(saved.kind, 'intelliauth-trace');

    await page.evaluate(() => removeDevtools());
    assert.equal(await page.locator('intelliauth-devtools').count(), 0);
    assert.deepEqual(await page.evaluate(() => violations), []);
  });

  test('all of it by keyboard alone: opened, read to its end, the diagram scrolled, closed from anywhere', async (t) => {
    const world = await strictWorld(t);
    const page = await world.tab();
    await record(page);
    await signIn(page, world);
    await show(page);
    await page.keyboard.press('Tab');
    assert.match(await focused(page), /^IntelliAuth: authenticated/);
    await page.keyboard.press('Space');
    await panel(page).getByRole('img', { name: 'The sign-in as a diagram' }).waitFor();
    assert.equal(await focused(page), 'panel');
    const reached = [];
    for (let at = 0; at < 6; at++) {
      await page.keyboard.press('Tab');
      reached.push(await focused(page));
      // What has the focus is inside the window, and no header lies over it.
      const seen = await page.evaluate(() => {
        const { shadowRoot } = document.querySelector('intelliauth-devtools');
        const { left, top, width, height } = shadowRoot.activeElement.getBoundingClientRect();
        const there = shadowRoot.elementFromPoint(
          left + Math.min(width, 40) / 2,
          top + Math.min(height, 24) / 2,
        );
        return shadowRoot.activeElement.contains(there);
      });
      assert.ok(seen, `${reached.at(-1)} is out of sight`);
    }
    assert.deepEqual(reached, [
      'Refresh the token',
      'Copy the report',
      'Save the report',
      'Close',
      'drawing',
      'The steps as a list',
    ]);
    await page.keyboard.press('Enter');
    await panel(page).getByRole('listitem').filter({ hasText: 'app → SDK' }).first().waitFor();
    // What has the focus scrolls the panel to its end.
    const last = panel(page).getByRole('heading', { name: 'Tabs in touch' });
    const shown = () => last.evaluate((heading) => heading.getBoundingClientRect().bottom < innerHeight);
    for (let press = 0; press < 30 && !(await shown()); press++) await page.keyboard.press('PageDown');
    assert.ok(await shown(), 'the end is reached by keys');
    await page.keyboard.press('Escape');
    assert.match(await focused(page), /^IntelliAuth: authenticated/);
  });

  test('both colour schemes, reduced motion, and a phone’s width', async (t) => {
    const world = await strictWorld(t);
    const page = await world.tab();
    await page.setViewportSize({ width: 380, height: 700 });
    await show(page);
    await toggle(page).click();
    const look = () =>
      page.evaluate(() => {
        const root = document.querySelector('intelliauth-devtools').shadowRoot;
        const { backgroundColor, color } = getComputedStyle(root.querySelector('.panel'));
        const { transitionDuration } = getComputedStyle(root.querySelector('.toggle'), '::before');
        const wide = document.documentElement.scrollWidth > innerWidth;
        return {
          backgroundColor,
          color,
          transitionDuration,
          wide,
          width: root.querySelector('.panel').offsetWidth,
        };
      });
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'no-preference' });
    const light = await look();
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    const dark = await look();
    assert.deepEqual(
      [light.backgroundColor, dark.backgroundColor],
      ['rgb(255, 255, 255)', 'rgb(22, 27, 34)'],
    );
    assert.notEqual(light.color, dark.color);
    assert.deepEqual([light.transitionDuration, dark.transitionDuration], ['0.3s', '0s']);
    assert.ok(!light.wide && light.width <= 380 - 24, `${light.width} px`);
  });
});

/** The modules that an app's bundle is made of. */
async function modules(code, define) {
  const { metafile } = await build({
    stdin: { contents: code, resolveDir: root, sourcefile: 'app.js' },
    bundle: true,
    splitting: true,
    format: 'esm',
    outdir: '/',
    absWorkingDir: root,
    write: false,
    metafile: true,
    external: ['react', 'react/jsx-runtime', 'vue'],
    define,
    logLevel: 'silent',
  });
  return Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
}

test('production bundles have none of it', async () => {
  const own = (names) =>
    names.filter((name) => name.includes('dist/devtools/') || name.includes('dist/replay/'));
  const entries = ['', '/react', '/vue', '/store'].map((entry) => `import '@intelliauth/spa-sdk${entry}';`);
  const everything = `${entries.join('\n')}
    import { createIntelliAuth } from '@intelliauth/spa-sdk';
    globalThis.page = createIntelliAuth;`;
  assert.deepEqual(own(await modules(everything, {})), []);
  for (const condition of ['import.meta.env.DEV', "process.env.NODE_ENV === 'development'"]) {
    const app = `${everything}
      if (${condition}) import('@intelliauth/spa-sdk/devtools').then(({ showDevtools }) => showDevtools(auth));`;
    const mode = (dev) => ({
      'import.meta.env.DEV': String(dev),
      'process.env.NODE_ENV': dev ? '"development"' : '"production"',
    });
    assert.deepEqual(own(await modules(app, mode(false))), [], condition);
    assert.ok(own(await modules(app, mode(true))).length > 0, condition);
  }
});

test('a server may import it, and define nothing', async () => {
  const { defineDevtools, showDevtools } = await import('@intelliauth/spa-sdk/devtools');
  assert.deepEqual([typeof defineDevtools, typeof showDevtools], ['function', 'function']);
});

// The demo's page /lab: the simulation in the browser, under the demo's own Content-Security-Policy.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { openBrowser } from './support/browser.mjs';
import { demoWorld } from './support/world.mjs';

const browser = await openBrowser();
after(() => browser.close());

/** `/lab` in a tab of its own; what its console and its policy complain of goes into `problems`. */
async function lab(t, hash = '') {
  const world = await demoWorld(t, browser);
  const problems = [];
  world.context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(message.text());
  });
  world.context.on('weberror', (error) => problems.push(String(error.error())));
  const page = await world.tab(`/lab${hash}`);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.locator('.lanes li').first().waitFor();
  const press = (name) => page.getByRole('button', { name, exact: true }).click();
  const captions = () => page.locator('.lanes .caption').allInnerTexts();
  const present = () => page.locator('.lanes [aria-current=step] .caption').innerText();
  return { world, page, problems, press, captions, present };
}

const link = (script) => `#${new URLSearchParams({ script })}`;
const has = (captions, text) => captions.filter((caption) => caption.includes(text)).length;

describe('the demo’s lab', { concurrency: 2, timeout: 600_000 }, () => {
  test('from the start page: three tabs share one refresh, and the start page loaded nothing of the lab', async (t) => {
    const world = await demoWorld(t, browser);
    const asked = [];
    world.context.on('request', (request) => asked.push(new URL(request.url()).pathname));
    const page = await world.tab();
    await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    assert.ok(!asked.some((path) => /lab|worker|glue.*simulation/i.test(path)), asked.join(' '));
    await page.getByRole('main').getByRole('link', { name: 'Why the session holds' }).click();
    await page.locator('.lanes li').first().waitFor();
    assert.ok(asked.some((path) => path.includes('LabPage')));
    const captions = await page.locator('.lanes .caption').allInnerTexts();
    assert.equal(has(captions, 'sends the refresh token of A0'), 1, captions.join('\n'));
    assert.equal(has(captions, 'The provider gives out A1'), 1);
    const now = await page.getByRole('list', { name: 'At this moment' }).innerText();
    assert.equal(now.match(/A1/g).length, 5, now);
  });

  test('what is done at a moment replaces what was to come; and time can be scrubbed back by keyboard', async (t) => {
    const { page, press, captions, present } = await lab(t);
    // Back to the moment at which the refresh token was sent.
    await page.locator('.lanes .caption', { hasText: 'sends the refresh token of A0' }).click();
    assert.match(await present(), /sends the refresh token/);
    await press('Lose the requests and answers on their way');
    await page.locator('.lanes .you', { hasText: 'You lose every request' }).waitFor();
    let all = await captions();
    assert.equal(has(all, 'gets no connection'), 1, all.join('\n'));
    assert.equal(has(all, 'never arrives'), 1);
    // It is tried again, and still once for all three.
    assert.equal(has(all, 'The provider gives out A1'), 1);
    const scrubber = page.getByRole('slider');
    await scrubber.focus();
    await page.keyboard.press('Home');
    assert.match(await present(), /You open a new tab/);
    await page.keyboard.press('ArrowRight');
    assert.notEqual(await scrubber.getAttribute('aria-valuetext'), null);
    await page.keyboard.press('End');
    // A tab is frozen there, and the page's address is a link to all of it.
    await page.getByRole('radio', { name: 'Tab 2' }).check();
    await press('Freeze it');
    await page.locator('.lanes .caption', { hasText: 'Tab 2 is frozen' }).waitFor();
    const address = page.url();
    all = await captions();
    await page.goto('about:blank');
    await page.goto(address);
    await page.locator('.lanes .caption', { hasText: 'Tab 2 is frozen' }).waitFor();
    assert.deepEqual(await captions(), all);
    await press('Let a minute pass');
    await page.locator('.lanes .caption', { hasText: 'The provider gives out A2' }).waitFor();
  });

  test('each of the worlds to begin with shows what it says', async (t) => {
    const { page, press, captions } = await lab(t);
    for (const [title, ...texts] of [
      ['A tab freezes with the lock', 'is frozen', 'takes the lock away from', 'The provider gives out A1'],
      ['Sign-out in mid-refresh', 'The user signs out', 'writes “signed out” to storage'],
      ['The network goes', 'You cut the network', 'You restore the network', 'The provider gives out A1'],
      ['The answer is lost', 'The provider gives out A1', 'session_lost'],
      ['Storage is blocked', 'You block the storage', 'cannot write A', 'passes A1 on to'],
      ['A duplicated tab', 'The provider gives out A1', 'passes A1 on to'],
    ]) {
      await press(title);
      await page.getByRole('heading', { name: title }).waitFor();
      const all = await captions();
      for (const text of texts) assert.ok(has(all, text) > 0, `${title}: ${text}\n${all.join('\n')}`);
      const lost = title === 'The answer is lost';
      assert.equal(has(all, 'session_lost') > 0, lost, title);
      assert.equal(has(all, 'Broken'), 0, title);
    }
  });

  test('without a rule a seed soon breaks, and is shown at that moment; with all rules none does', async (t) => {
    const { page, problems, press, present } = await lab(t);
    const seeds = page.getByRole('region', { name: 'A thousand worlds' });
    await press('Run 1,000 seeds');
    const status = seeds.getByRole('status');
    await status.filter({ hasText: /^[1-9]\d* of 1,000 seeds/ }).waitFor();
    assert.match(await status.innerText(), /Nothing broken so far/);
    await press('Stop');
    await seeds.getByLabel('Without').selectOption('lock');
    await press('Run 1,000 seeds');
    await page.getByRole('button', { name: /^Show what happens in seed/ }).click();
    await page.getByRole('heading', { name: /^Seed \d+ without the lock$/ }).waitFor();
    assert.match(await present(), /^\S* ?\S*\s*Broken: “/);
    assert.deepEqual(problems, [], 'the console stays silent, and nothing violates the policy');
  });

  test('it fits a phone, and is read by a screen reader', async (t) => {
    const { page } = await lab(t, link('seed 41\nwithout lock'));
    await page.setViewportSize({ width: 380, height: 780 });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.equal(over, 0);
    await page.getByRole('region', { name: 'What happens' }).getByRole('listitem').first().waitFor();
    for (const control of await page.locator('main button, main input, main select').all()) {
      const { name, hidden } = await control.evaluate((element) => ({
        name: element.ariaLabel ?? element.textContent.trim() + (element.labels?.[0]?.textContent ?? ''),
        hidden: element.closest('[aria-hidden=true]') !== null,
      }));
      assert.ok(name && !hidden, await control.evaluate((element) => element.outerHTML));
    }
  });

  test('the same script is the same course in wasm and natively', async () => {
    const folder = new URL('../../www/src/lab/simulation/', import.meta.url);
    const glue = await import(new URL('glue.js', folder));
    const { compile } = await import(new URL('bytes.js', folder));
    await glue.default({ module_or_path: await compile() });
    const courses = readFileSync(new URL('../simulation/courses.txt', import.meta.url), 'utf8').trim();
    for (const course of courses.split('\n\n')) {
      const lines = course.split('\n');
      const digest = lines.pop();
      assert.equal(JSON.parse(glue.play(lines.join('\n'))).digest, digest, lines.join('; '));
    }
  });
});

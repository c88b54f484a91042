import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const LOOKS = ['light', 'dark'].flatMap((colorScheme) => [
  { colorScheme, width: 1280 },
  { colorScheme, width: 360 },
]);

/**
 * axe-core finds nothing in the page, or in the elements that `within` selects: in light and dark, wide and as narrow as
 * a phone.
 *
 * @param {import('playwright-core').Page} page
 * @param {string} state what is shown, for the message
 * @param {string} [within]
 */
export async function accessible(page, state, within) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(source);
  const found = [];
  for (const { colorScheme, width } of LOOKS) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height: 800 });
    const violations = await page.evaluate(async (within) => {
      const { violations } = await axe.run(within ?? document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
        resultTypes: ['violations'],
      });
      return violations.map(({ id, nodes }) => [
        id,
        nodes.map(
          ({ target, any, all, none }) =>
            `${target}: ${[...any, ...all, ...none].map(({ message }) => message)}`,
        ),
      ]);
    }, within);
    for (const [id, nodes] of violations)
      found.push(`${colorScheme}, ${width} px: ${id}\n  ${nodes.join('\n  ')}`);
  }
  assert.deepEqual(found, [], `${state}\n${found.join('\n')}`);
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  await page.setViewportSize({ width: 1280, height: 720 });
}

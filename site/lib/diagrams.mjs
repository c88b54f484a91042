// Mermaid's diagrams as pictures, drawn when the site is built: a page loads no renderer, and a phone scrolls them.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { root } from '../../scripts/lib/run.mjs';
import { findBrowser, findShell } from '../../scripts/setup.mjs';

const RENDERER = join(root, 'site/node_modules/mermaid/dist/mermaid.min.js');
const FOLDER = 'diagrams';
/** Whole, in a document: what begins with ```mermaid. */
const BLOCK = /^```mermaid\n([\s\S]*?)^```$/gm;
const THEMES = { light: 'default', dark: 'dark' };
const KINDS = { stateDiagram: 'State diagram', sequenceDiagram: 'Sequence diagram', flowchart: 'Flowchart' };

/** Diagrams that pages have, by the name of their pictures. */
export function diagramsOf() {
  const sources = new Map();
  /** `text` with pictures in place of its diagrams, each a link to itself, and its text below for readers who see no picture. */
  const pictured = (text) =>
    text.replace(BLOCK, (_, source) => {
      const name = createHash('sha256').update(source).digest('hex').slice(0, 12);
      sources.set(name, source);
      const kind = Object.entries(KINDS).find(([word]) => source.startsWith(word))?.[1] ?? 'Diagram';
      const alt = `${kind}; its text follows`;
      const pictures = Object.keys(THEMES).map((theme) => {
        const file = `/${FOLDER}/${name}-${theme}.svg`;
        return `<a class="${theme}" href="${file}" target="_blank"><img src="${file}" alt="${alt}"></a>`;
      });
      return [
        `<div class="diagram" role="group" tabindex="0" aria-label="${kind}, scrolls sideways">`,
        ...pictures,
        '</div>',
        '<details class="diagram-text"><summary>The diagram as text</summary>',
        '',
        '```text',
        source.trimEnd(),
        '```',
        '',
        '</details>',
      ].join('\n');
    });
  return { sources, pictured };
}

/** Draws them, as files that the site serves as they are, of the pages in `pages`. */
export async function draw(sources, pages) {
  const folder = join(pages, 'public', FOLDER);
  mkdirSync(folder, { recursive: true });
  const browser = await chromium.launch({ executablePath: findShell() ?? findBrowser().chrome });
  try {
    const page = await browser.newPage();
    await page.addScriptTag({ content: readFileSync(RENDERER, 'utf8') });
    for (const [name, source] of sources) {
      for (const [theme, mermaidTheme] of Object.entries(THEMES)) {
        const svg = await page.evaluate(
          async ({ name, source, theme }) => {
            const fontFamily = 'system-ui, sans-serif';
            // Labels that are HTML are not drawn where a picture is a file.
            const spacing = { nodeSpacing: 70, rankSpacing: 60 };
            mermaid.initialize({
              startOnLoad: false,
              theme,
              fontFamily,
              htmlLabels: false,
              state: spacing,
              sequence: { actorMargin: 30, width: 110, messageMargin: 26 },
            });
            const { svg } = await mermaid.render(`diagram-${name}`, source);
            const drawing = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement;
            // A file has a size of its own.
            const { width, height } = drawing.viewBox.baseVal;
            drawing.setAttribute('width', Math.ceil(width));
            drawing.setAttribute('height', Math.ceil(height));
            drawing.removeAttribute('style');
            return new XMLSerializer().serializeToString(drawing);
          },
          { name, source, theme: mermaidTheme },
        );
        writeFileSync(join(folder, `${name}-${theme}.svg`), svg);
      }
    }
  } finally {
    await browser.close();
  }
  return `${sources.size} diagrams`;
}

// The documents' links lead somewhere, in the repository and on the site that is made of it.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../scripts/lib/run.mjs';
import { config } from '../../site/config.mjs';
import { diagramsOf } from '../../site/lib/diagrams.mjs';
import { linked, PAGES } from '../../site/lib/pages.mjs';

const read = (path) => readFileSync(join(root, path), 'utf8').replace(/^```[\s\S]*?^```|`[^`\n]*`/gm, '');
const documents = [
  ...PAGES.keys(),
  ...['pkg/README.md', 'www/README.md', 'examples/README.md'].filter((path) => existsSync(join(root, path))),
];

/** A heading's anchor, as GitHub and the site's generator make it of plain words. */
const anchors = (path) =>
  [...read(path).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

test('every link of a document leads to a file of the repository, and to a heading that is there', () => {
  const broken = [];
  for (const document of documents) {
    for (const [, link] of read(document).matchAll(/(?:\]\(|src(?:set)?=")([^)\s"]+)/g)) {
      if (/^[a-z]+:/i.test(link)) continue;
      const [path, anchor] = link.split('#');
      const target = path ? join(dirname(document), path) : document;
      const found = existsSync(join(root, target));
      if (!found || (anchor && !anchors(target).includes(anchor))) broken.push(`${document}: ${link}`);
    }
  }
  assert.deepEqual(broken, []);
});

test('every page is in the site’s menu, once, and a link to it leads there', () => {
  const listed = config.themeConfig.sidebar.flatMap(({ items }) =>
    items.map(({ link }) => `${link.slice(1)}.md`),
  );
  assert.deepEqual(listed.toSorted(), [...PAGES.values()].toSorted());
  assert.deepEqual(linked('docs/protect.md', 'errors.md#codes'), { link: './errors.md#codes' });
  assert.deepEqual(linked('docs/protect.md', '../SECURITY.md'), { link: './security.md' });
  assert.deepEqual(linked('README.md', 'docs/README.md'), { link: './documentation.md' });
  assert.match(linked('docs/session.md', '../src/core/base/error.rs').link, /^https:.*\/main\/src\/core/);
});

test('the site shows a diagram as a picture in light and in dark, and its text below, never as text alone', () => {
  const { sources, pictured } = diagramsOf();
  const made = [...PAGES.keys()].map((document) => pictured(readFileSync(join(root, document), 'utf8')));
  assert.ok(sources.size >= 2);
  for (const text of made) assert.doesNotMatch(text, /^```mermaid/m);
  for (const [name, source] of sources) {
    const below = `<details class="diagram-text"><summary>The diagram as text</summary>\n\n\`\`\`text\n${source.trimEnd()}\n\`\`\`\n`;
    assert.ok(
      made.some((text) => text.includes(below)),
      `${name} as text`,
    );
    for (const theme of ['light', 'dark']) {
      const picture = new RegExp(
        `<a class="${theme}" [^>]*><img src="/diagrams/${name}-${theme}.svg" alt="\\w`,
      );
      assert.ok(
        made.some((text) => picture.test(text)),
        `${name} in ${theme}`,
      );
    }
  }
});

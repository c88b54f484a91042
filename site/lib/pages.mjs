// The repository's documents as the pages of a site: one folder, with links that hold there.
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { root } from '../../scripts/lib/run.mjs';

const SOURCES = 'https://github.com/intelliauth/spa-sdk/blob/main/';

/** Pages by the path of their document. */
export const PAGES = new Map([
  ['README.md', 'index.md'],
  ['docs/README.md', 'documentation.md'],
  ['SECURITY.md', 'security.md'],
  ['CHANGELOG.md', 'changelog.md'],
  ['CONTRIBUTING.md', 'contributing.md'],
  ['provider/README.md', 'provider.md'],
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .map((name) => [`docs/${name}`, name]),
]);

/** What a link of `document` leads to on the site: a page, a file that goes along, or the source. */
export function linked(document, link) {
  if (/^[a-z]+:|^#|^\/\//i.test(link)) return { link };
  const [path, hash = ''] = link.split(/(?=#)/);
  const target = posix.join(posix.dirname(document), path);
  const page = PAGES.get(target) ?? PAGES.get(posix.join(target, 'README.md'));
  if (page) return { link: `./${page}${hash}` };
  if (/\.(png|svg)$/.test(target) && existsSync(join(root, target))) {
    const asset = target.replace(/^docs\//, '');
    return { link: `./${asset}`, asset: { from: target, to: asset } };
  }
  return { link: `${SOURCES}${target}${hash}` };
}

/** Writes the pages and the generator's settings into `folder`, which is emptied. `pictured` has the diagrams' place taken. */
export function writePages(folder, pictured) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  mkdirSync(join(folder, '.vitepress'));
  writeFileSync(
    join(folder, '.vitepress/config.mjs'),
    "export { config as default } from '../../config.mjs';\n",
  );
  cpSync(join(root, 'site/theme'), join(folder, '.vitepress/theme'), { recursive: true });
  for (const [document, page] of PAGES) {
    const follow = (link) => {
      const { link: there, asset } = linked(document, link);
      if (asset) {
        mkdirSync(dirname(join(folder, asset.to)), { recursive: true });
        copyFileSync(join(root, asset.from), join(folder, asset.to));
      }
      return there;
    };
    const text = readFileSync(join(root, document), 'utf8')
      // Not what code says.
      .split(/(^```[\s\S]*?^```|`[^`\n]*`)/m)
      .map((part, at) => (at % 2 === 1 ? part : rewritten(part, follow)))
      .join('');
    writeFileSync(join(folder, page), pictured(text));
  }
}

const rewritten = (text, follow) =>
  text
    .replace(/\]\(([^)\s]+)\)/g, (_, link) => `](${follow(link)})`)
    .replace(/\b(src|srcset)="([^"]+)"/g, (_, name, link) => `${name}="${follow(link)}"`);

// The documents' code, as a reader would copy it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../scripts/lib/run.mjs';

/**
 * @typedef {object} Snippet
 * @property {string} language
 * @property {string} name what follows the language on the fence, or ''
 * @property {string} code
 * @property {number} line
 *
 * @param {string} path of a Markdown file
 * @returns {Snippet[]}
 */
export function snippets(path) {
  const text = readFileSync(join(root, path), 'utf8');
  return [...text.matchAll(/^```(\w+)(?: +(.*))?\n([\s\S]*?)^```$/gm)].map((match) => ({
    language: match[1],
    name: match[2] ?? '',
    code: match[3],
    line: text.slice(0, match.index).split('\n').length,
  }));
}

// Tables, and sentences that say who wins.
import { clearlyLess } from '../lib/stats.mjs';

/** With three significant digits. */
export function short(value) {
  if (value === undefined || Number.isNaN(value)) return '';
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString('en', {
    minimumFractionDigits: Math.min(digits, 2),
    maximumFractionDigits: Math.min(digits, 2),
  });
}

export const kb = (bytes) => `${(bytes / 1024).toFixed(1)}`;

/** A median with its quartiles. */
export const spread = (found) =>
  found ? `${short(found.median)} (${short(found.low)}–${short(found.high)})` : '–';

/** @param {string[]} head @param {string[][]} lines the first column is text, the others are numbers */
export const table = (head, lines) =>
  [head, head.map((_, at) => (at === 0 ? '---' : '--:')), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');

/**
 * Who wins, in a sentence for each app of this SDK, beside the peers alone. Fewer is better everywhere.
 *
 * @param {{ name: string, ours?: boolean, found: { median: number, low: number, high: number } }[]} entries
 * @param {string} unit
 */
export function verdict(entries, unit) {
  const peers = entries.filter(({ ours }) => !ours);
  return entries
    .filter(({ ours }) => ours)
    .map((own) => judged(own, peers, unit))
    .filter(Boolean)
    .join(' ');
}

function judged(own, peers, unit) {
  const sorted = [own, ...peers].filter(({ found }) => found).sort((a, b) => a.found.median - b.found.median);
  const at = sorted.indexOf(own);
  if (at < 0 || sorted.length < 2) return '';
  const say = ({ name, found }) => `${name} (${short(found.median)} ${unit})`;
  if (at === 0) {
    const [, next] = sorted;
    const clear = clearlyLess(own.found, next.found);
    return clear
      ? `**${say(own)} is first**, ahead of ${say(next)} by ${times(next.found.median / own.found.median)}.`
      : `**${say(own)} is first**, but not clearly: the spread of ${say(next)} meets its own.`;
  }
  const ahead = sorted.slice(0, at);
  const clear = ahead.filter(({ found }) => clearlyLess(found, own.found));
  const place = `${say(own)} is number ${at + 1} of ${sorted.length}`;
  const [first] = sorted;
  if (clear.length === 0)
    return `${say(first)} is first, not clearly; ${place}, within the spread of those ahead.`;
  const behind = `behind by ${times(own.found.median / first.found.median)}`;
  return `**${say(first)} is first.** ${place}, ${behind}; clearly ahead of it: ${clear.map(({ name }) => name).join(', ')}.`;
}

const times = (ratio) =>
  ratio < 2 ? `${Math.round((ratio - 1) * 100)} %` : `a factor of ${ratio.toFixed(1)}`;

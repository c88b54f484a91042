/** A sequence diagram. */
import type { Message, Party } from '../replay/story.js';
import { svg } from './dom.js';

const ORDER: Party[] = ['app', 'SDK', 'platform', 'browser', 'other tabs'];
const COLUMN = 200;
const ROW = 38;
const HEAD = 34;
/** The sign-in continues on another page. */
const BEGINS = 'the page begins';

/** The messages as arrows between lanes. What it shows, the list beside it says. */
export function diagram(messages: Message[], label: string): SVGSVGElement {
  const used = new Set<Party>(['app', 'SDK', 'platform']);
  for (const { from, to, text } of messages) if (text !== BEGINS) used.add(from).add(to);
  const lanes = ORDER.filter((party) => used.has(party));
  const middle = (party: Party) => lanes.indexOf(party) * COLUMN + COLUMN / 2;
  const width = lanes.length * COLUMN;
  const height = HEAD + messages.length * ROW + 12;
  const drawing = svg('svg', {
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: 'img',
    'aria-label': label,
  });
  for (const party of lanes) {
    drawing.append(
      svg('line', { class: 'lane', x1: middle(party), x2: middle(party), y1: HEAD - 8, y2: height }),
      svg('text', { class: 'party', x: middle(party), y: HEAD - 16, 'text-anchor': 'middle' }, party),
    );
  }
  for (const [at, message] of messages.entries()) {
    const y = HEAD + (at + 1) * ROW - 8;
    drawing.append(message.text === BEGINS ? divider(y, width) : arrow(message, y, middle));
  }
  return drawing;
}

function divider(y: number, width: number): SVGGElement {
  return svg(
    'g',
    { class: 'page' },
    svg('title', {}, BEGINS),
    svg('line', { x1: 0, x2: width, y1: y, y2: y }),
    svg('text', { x: 8, y: y - 6 }, 'the page that the platform sends the browser back to'),
  );
}

function arrow(
  { from, to, text, surprise }: Message,
  y: number,
  middle: (party: Party) => number,
): SVGGElement {
  const [start, end] = [middle(from), middle(to)];
  const forward = end > start ? 1 : -1;
  const room = Math.max(Math.floor(Math.abs(end - start) / 6.2), 12);
  const marked = `${surprise ? '✕ ' : ''}${text}`;
  const shown = marked.length > room ? `${marked.slice(0, room - 1)}…` : marked;
  const head = [end, y, end - 8 * forward, y - 4, end - 8 * forward, y + 4].join(' ');
  return svg(
    'g',
    { class: surprise ? 'arrow bad' : 'arrow' },
    svg('title', {}, text),
    svg('line', { x1: start, x2: end - 6 * forward, y1: y, y2: y }),
    svg('polygon', { points: head }),
    svg('text', { x: (start + end) / 2, y: y - 6, 'text-anchor': 'middle' }, shown),
  );
}

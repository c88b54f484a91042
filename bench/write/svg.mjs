// Bars with their spread, drawn twice: for light pages and for dark ones.
const THEMES = {
  light: {
    text: '#1f2328',
    faint: '#59636e',
    grid: '#d1d9e0',
    ours: '#0969da',
    other: '#8c959f',
    part: '#54aeff',
    otherPart: '#c4ccd4',
    request: '#b6d7ff',
    spread: '#1f2328',
  },
  dark: {
    text: '#f0f6fc',
    faint: '#9198a1',
    grid: '#3d444d',
    ours: '#4493f8',
    other: '#656c76',
    part: '#1f6feb',
    otherPart: '#9198a1',
    request: '#1b3a66',
    spread: '#f0f6fc',
  },
};
const [WIDTH, LEFT, RIGHT, BAR, GAP, TOP] = [760, 190, 90, 16, 8, 34];
const FONT = 'font-family="-apple-system, Segoe UI, Helvetica, Arial, sans-serif" font-size="12"';

const escaped = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const at = (number) => Number(number.toFixed(1));

/** A round number at or above `value`. */
export function ceiling(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((step) => step * power).find((step) => step >= value);
}

/**
 * @typedef {object} Bar
 * @property {string} name
 * @property {number} value
 * @property {number} [part] of the value, drawn first
 * @property {[number, number]} [spread]
 * @property {boolean} [ours]
 *
 * @param {{ title: string, unit: string, bars: Bar[], show: (value: number) => string }} chart
 * @returns {Record<'light' | 'dark', string>}
 */
export const barChart = (chart) =>
  Object.fromEntries(Object.entries(THEMES).map(([name, theme]) => [name, draw(chart, theme)]));

function draw({ title, unit, bars, show }, theme) {
  const most = ceiling(Math.max(...bars.map(({ value, spread }) => Math.max(value, spread?.[1] ?? 0)), 1e-6));
  const scale = (value) => at(LEFT + (value / most) * (WIDTH - LEFT - RIGHT));
  const height = TOP + bars.length * (BAR + GAP) + 24;
  const out = [header(height, title), text(12, 20, `${title}, ${unit}`, theme.text, 'font-weight="600"')];
  for (let step = 0; step <= 4; step++) {
    const value = (most / 4) * step;
    const x = scale(value);
    out.push(`<path d="M${x} ${TOP}V${height - 22}" stroke="${theme.grid}"/>`);
    out.push(text(x, height - 8, show(value), theme.faint, 'text-anchor="middle"'));
  }
  for (const [row, { name, value, part, spread, ours }] of bars.entries()) {
    const y = TOP + 4 + row * (BAR + GAP);
    const color = ours ? theme.ours : theme.other;
    out.push(
      text(LEFT - 8, y + 12, name, theme.text, `text-anchor="end"${ours ? ' font-weight="600"' : ''}`),
    );
    out.push(rectangle(LEFT, y, scale(value) - LEFT, BAR, color));
    if (part !== undefined)
      out.push(rectangle(LEFT, y, scale(part) - LEFT, BAR, ours ? theme.part : theme.otherPart));
    const middle = y + BAR / 2;
    if (spread) {
      const [low, high] = spread.map(scale);
      out.push(
        `<path d="M${low} ${middle}H${high}M${low} ${middle - 3}v6M${high} ${middle - 3}v6" stroke="${theme.spread}"/>`,
      );
    }
    out.push(
      text(Math.max(scale(value), spread ? scale(spread[1]) : 0) + 6, y + 12, show(value), theme.faint),
    );
  }
  return `${out.join('\n')}\n</svg>\n`;
}

const header = (height, title) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escaped(title)}">`;
const text = (x, y, words, color, more = '') =>
  `<text x="${at(x)}" y="${at(y)}" fill="${color}" ${FONT} ${more}>${escaped(words)}</text>`;
const rectangle = (x, y, width, height, color) =>
  `<rect x="${at(x)}" y="${at(y)}" width="${at(Math.max(width, 0.5))}" height="${height}" fill="${color}"/>`;

/**
 * What happened when, from the top to the bottom.
 *
 * @param {{ title: string, spans: { name: string, begin: number, end: number, kind: 'request' | 'work' | 'end' }[] }} chart
 */
export const waterfall = (chart) =>
  Object.fromEntries(Object.entries(THEMES).map(([name, theme]) => [name, drawSpans(chart, theme)]));

function drawSpans({ title, spans }, theme) {
  const most = ceiling(Math.max(...spans.map(({ end }) => end)));
  const left = 300;
  const scale = (value) => at(left + (value / most) * (WIDTH - left - RIGHT));
  const height = TOP + spans.length * (BAR + GAP) + 24;
  const colors = { request: theme.request, work: theme.ours, end: theme.text };
  const out = [header(height, title), text(12, 20, `${title}, ms`, theme.text, 'font-weight="600"')];
  for (let step = 0; step <= 5; step++) {
    const value = (most / 5) * step;
    const x = scale(value);
    out.push(`<path d="M${x} ${TOP}V${height - 22}" stroke="${theme.grid}"/>`);
    out.push(text(x, height - 8, String(at(value)), theme.faint, 'text-anchor="middle"'));
  }
  for (const [row, { name, begin, end, kind }] of spans.entries()) {
    const y = TOP + 4 + row * (BAR + GAP);
    out.push(text(left - 8, y + 12, name, theme.text, 'text-anchor="end"'));
    out.push(rectangle(scale(begin), y, scale(end) - scale(begin), BAR, colors[kind]));
    out.push(text(scale(end) + 6, y + 12, (end - begin).toFixed(1), theme.faint));
  }
  return `${out.join('\n')}\n</svg>\n`;
}

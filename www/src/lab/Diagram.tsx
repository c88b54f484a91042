import { type ReactNode, useEffect, useRef } from 'react';

import { type Lane, laneName, type Mark, type Row, type State } from './course';
import { duration } from './words';

interface DiagramProps {
  rows: readonly Row[];
  /** The row that is the present; what comes after it is what will happen if nothing is done. */
  cursor: number;
  lanes: readonly Lane[];
  narrow: boolean;
  onChoose: (row: number) => void;
}

/** How much of the box its sticky head covers, and how much of what is to come is shown; in pixels. */
const HEAD = 80;
const ROOM = 90;

/** Lanes from top to bottom: time runs down, each lane's colour is the tokens that it holds. */
export function Diagram({ rows, cursor, lanes, narrow, onChoose }: DiagramProps) {
  const laneWidth = narrow
    ? Math.max(17, Math.floor(150 / lanes.length))
    : Math.min(64, Math.floor(460 / lanes.length));
  const height = narrow ? 56 : 40;
  const width = laneWidth * lanes.length;
  const x = (lane: Lane) => (lanes.indexOf(lane) + 0.5) * laneWidth;
  const list = useRef<HTMLOListElement>(null);

  useEffect(() => {
    const box = list.current?.parentElement;
    const row = list.current?.children[cursor];
    if (!box || !row) return;
    // The box alone scrolls, never the page.
    const { top, bottom } = row.getBoundingClientRect();
    const edge = box.getBoundingClientRect();
    const above = top - edge.top - HEAD;
    const below = bottom - edge.bottom + ROOM;
    if (above < 0) box.scrollTop += above;
    else if (below > 0) box.scrollTop += below;
  }, [cursor]);

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls is scrolled by keyboard; the slider reaches each row
    <section className="lanes" aria-label="What happens" tabIndex={0}>
      <div className="lane-heads" aria-hidden="true">
        <div style={{ width }}>
          {lanes.map((lane) => (
            <span
              key={lane}
              className={typeof lane === 'number' ? 'tab' : undefined}
              style={{ width: laneWidth }}
            >
              {typeof lane === 'number' && (narrow || laneWidth < 44) ? lane + 1 : laneName(lane)}
            </span>
          ))}
        </div>
        <span>{narrow ? 'What happens' : 'What happens, from top to bottom'}</span>
      </div>
      <ol ref={list}>
        {rows.map((row, index) => (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
            key={index}
            className={`row ${row.tone}`}
            data-kind={row.kind}
            data-future={index > cursor || undefined}
            aria-current={index === cursor ? 'step' : undefined}
          >
            <div className="cell" style={{ width, minHeight: height }} aria-hidden="true">
              <svg aria-hidden="true">
                {lanes.map((lane) => (
                  <Line key={lane} lane={lane} x={x(lane)} state={row.state} gap={row.tone === 'gap'} />
                ))}
                {row.marks.map((mark, at) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a mark is its place
                  <Drawn key={at} mark={mark} x={x} y={height / 2} lanes={lanes} />
                ))}
              </svg>
            </div>
            {row.tone === 'gap' ? (
              <span className="caption">{row.caption}</span>
            ) : (
              <button type="button" className="caption" tabIndex={-1} onClick={() => onChoose(index)}>
                <span className="at">{timeOf(row, rows[index - 1])}</span>
                <span>{emphasised(row.caption)}</span>
              </button>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** When, and within a burst how much later than what came before. */
function timeOf(row: Row, before: Row | undefined): string {
  if (!before || before.tone === 'gap') return duration(row.at);
  return row.at === before.at ? '' : `+${duration(row.at - before.at)}`;
}

/** `A3` in a caption, in its own colour. */
function emphasised(caption: string): ReactNode[] {
  return caption.split(/\b([A-Z]\d+)\b/).map((part, index) =>
    index % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: a part is its place
      <b key={index} className={`token ${hue(part)}`}>
        {part}
      </b>
    ) : (
      part
    ),
  );
}

/** Neighbouring tokens look unlike each other. */
export function hue(token: string | undefined): string {
  if (!token || !/^[A-Z]\d+$/.test(token)) return 'none';
  return `hue-${(token.charCodeAt(0) * 2 + Number(token.slice(1))) % 5}`;
}

function Line({ lane, x, state, gap }: { lane: Lane; x: number; state: State; gap: boolean }) {
  const draw = (className: string) => (
    <line className={`${className}${gap ? ' gap' : ''}`} x1={x} x2={x} y1="0" y2="100%" />
  );
  if (lane === 'lock') return draw(state.holder === undefined ? 'thin' : 'held');
  if (lane === 'storage') {
    if (state.storage !== 'works') return draw('failing');
    return draw(hue(state.stored) === 'none' ? 'thin' : `thick ${hue(state.stored)}`);
  }
  if (lane === 'provider') return draw(state.issued ? `thick ${hue(state.issued)}` : 'thin');
  const tab = state.tabs[lane];
  if (!tab?.open) return null;
  return draw(`${tab.token ? `thick ${hue(tab.token)}` : 'thin'}${tab.frozen ? ' frozen' : ''}`);
}

function Drawn({
  mark,
  x,
  y,
  lanes,
}: {
  mark: Mark;
  x: (lane: Lane) => number;
  y: number;
  lanes: readonly Lane[];
}) {
  if (mark.type === 'dot') {
    if (!lanes.includes(mark.lane)) return null;
    const at = x(mark.lane);
    return (
      <>
        <circle className={`dot ${hue(mark.token)}`} cx={at} cy={y} r={mark.token || mark.label ? 9 : 5} />
        {(mark.token ?? mark.label) && (
          <text className="dot-label" x={at} y={y} dy="0.36em">
            {mark.token ?? mark.label}
          </text>
        )}
      </>
    );
  }
  if (!lanes.includes(mark.from) || !lanes.includes(mark.to)) return null;
  const [from, whole] = [x(mark.from), x(mark.to)];
  const way = Math.sign(whole - from);
  const to = mark.lost ? from + (whole - from) * 0.55 : whole - way * 4;
  return (
    <g className={mark.lost ? 'arrow lost' : 'arrow'}>
      <circle cx={from} cy={y} r={3} />
      <line x1={from} x2={to} y1={y} y2={y} />
      {mark.lost ? (
        <path d={`M${to - 4},${y - 4}l8,8m0,-8l-8,8`} />
      ) : (
        <path d={`M${to - way * 6},${y - 4}L${to},${y}L${to - way * 6},${y + 4}`} />
      )}
    </g>
  );
}

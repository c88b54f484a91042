import { useCallback, useEffect, useMemo, useState } from 'react';
import type { Lane, Row } from './course';
import { type Played, type Simulation, simulation } from './engine';
import { scenes } from './scenes';
import { rowsOf } from './story';

/** How many rows are shown before the moment that a seed breaks something, or before its end. */
const SHOWN = 160;

/** A world: what it begins as, the rule that is switched off, and what was done to it. */
export interface Course {
  readonly script: string;
  readonly without: string;
  /** How much longer it goes on than the script asks, in milliseconds. */
  readonly longer: number;
}

/** The world that the address names, for a link that shows another user the same course. */
function first(): Course {
  const named = new URLSearchParams(location.hash.slice(1));
  return {
    script: named.get('script') ?? scenes[0]?.script ?? '',
    without: named.get('without') ?? '',
    longer: 0,
  };
}

function remember({ script, without }: Course) {
  const world = new URLSearchParams({ script, ...(without && { without }) });
  history.replaceState(
    history.state,
    '',
    script === scenes[0]?.script && !without ? location.pathname : `#${world}`,
  );
}

function scriptOf({ script, without, longer }: Course): string {
  const asked = Number(script.match(/^stop (\d+)$/m)?.[1] ?? 60_000);
  return [script, without && `without ${without}`, `stop ${asked + longer}`].filter(Boolean).join('\n');
}

/** The world on the page: its rows, the present moment among them, and what can be done. */
export function useLab(all: boolean) {
  const [engine, setEngine] = useState<Simulation>();
  const [failure, setFailure] = useState<unknown>();
  const [course, setCourse] = useState(first);
  const [cursor, setCursor] = useState(() =>
    /^#script=seed/.test(location.hash) ? -1 : Number.MAX_SAFE_INTEGER,
  );
  const [playing, setPlaying] = useState(false);
  const [said, setSaid] = useState('');

  useEffect(() => {
    simulation().then((engine) => setEngine(engine), setFailure);
  }, []);
  useEffect(() => remember(course), [course]);

  const played = useMemo(() => {
    try {
      return engine?.play(scriptOf(course));
    } catch {
      return engine?.play(scenes[0]?.script ?? ''); // an address that another wrote
    }
  }, [engine, course]);
  const rows = useMemo(() => (played ? shown(rowsOf(played, all)) : []), [played, all]);
  const last = rows.length - 1;
  const at = Math.min(cursor, last);

  useEffect(() => {
    if (!playing) return;
    if (at >= last) {
      setPlaying(false);
      return;
    }
    const pause = rows[at + 1]?.tone === 'gap' ? 700 : 380;
    const timer = setTimeout(() => setCursor(at + 1), pause);
    return () => clearTimeout(timer);
  }, [playing, at, last, rows]);

  const begin = useCallback((next: Omit<Course, 'longer'>, where: 'end' | 'break' = 'end') => {
    setPlaying(false);
    setSaid('');
    setCourse({ ...next, longer: 0 });
    setCursor(where === 'end' ? Number.MAX_SAFE_INTEGER : -1);
  }, []);

  // A seed is shown at the moment that something breaks.
  useEffect(() => {
    if (cursor !== -1 || rows.length === 0) return;
    const broken = rows.findIndex((row) => row.kind === 'broken');
    setCursor(broken < 0 ? rows.length - 1 : broken);
  }, [cursor, rows]);

  /** Does something at the present moment; what was to come after it is no more. */
  const act = (command: string) => {
    const row = rows[at];
    if (!engine || !played || !row) return;
    const before = course.script.split('\n');
    const kept: string[] = [];
    let index = 0;
    for (const line of before) {
      if (!/^(do|wait|when|at) /.test(line)) {
        if (!line.startsWith('stop ')) kept.push(line);
        continue;
      }
      const done = played.commands[index++];
      if (done && done.tick <= row.tick && done.at <= row.at)
        kept.push(`at ${done.tick} ${done.at} ${commandOf(line)}`);
    }
    const script = [...kept, `at ${row.tick} ${row.at} ${command}`].join('\n');
    const next = { ...course, script, longer: 0 };
    const result = engine.play(scriptOf(next));
    if (!result.commands.at(-1)?.done) {
      setSaid('There is nothing to do that to at this moment.');
      return;
    }
    setSaid('');
    setCourse(next);
    const then = shown(rowsOf(result, all));
    let moment = then.findIndex((one) => one.tick > row.tick || one.at > row.at);
    moment = moment < 0 ? then.length - 1 : moment - 1;
    setCursor(moment);
    setPlaying(!matchMedia('(prefers-reduced-motion: reduce)').matches);
  };

  return {
    failure,
    played,
    rows,
    at,
    playing,
    said,
    course,
    lanes: lanesOf(rows, played),
    begin,
    act,
    setPlaying(on: boolean) {
      if (on && at >= last) setCourse({ ...course, longer: course.longer + 60_000 });
      setPlaying(on);
    },
    goTo(row: number) {
      setPlaying(false);
      setCursor(Math.max(0, Math.min(last, row)));
    },
    without(rule: string) {
      begin({ script: course.script, without: rule });
    },
  };
}

const commandOf = (line: string) => line.replace(/^do |^wait \d+ ?|^at \d+ \d+ |^when [^:]*: /, '');

/** Of a long course, what leads to its break, and what comes of it. */
function shown(rows: readonly Row[]): readonly Row[] {
  if (rows.length <= 3 * SHOWN) return rows;
  const broken = rows.findIndex((row) => row.kind === 'broken');
  const end = broken < 0 ? rows.length : Math.min(rows.length, broken + SHOWN);
  return rows.slice(Math.max(0, (broken < 0 ? end : broken) - SHOWN), end);
}

function lanesOf(rows: readonly Row[], played: Played | undefined): Lane[] {
  const tabs = new Set<number>();
  for (const { state } of rows) {
    state.tabs.forEach((tab, number) => {
      if (tab.open) tabs.add(number);
    });
  }
  const numbers = [...tabs].sort((a, b) => a - b);
  return [...(played?.storage === 'Local' ? (['storage'] as const) : []), 'lock', ...numbers, 'provider'];
}

import './lab.css';
import { useEffect, useState, useSyncExternalStore } from 'react';

import { Page } from '../parts/Page';
import type { State } from './course';
import { Deeds } from './Deeds';
import { Diagram, hue } from './Diagram';
import { SeedRun } from './SeedRun';
import { rules, scenes } from './scenes';
import { useLab } from './useLab';
import { duration, faultsOf, nameOf } from './words';

const narrowly = matchMedia('(max-width: 46rem)');
const useNarrow = () =>
  useSyncExternalStore(
    (listener) => {
      narrowly.addEventListener('change', listener);
      return () => narrowly.removeEventListener('change', listener);
    },
    () => narrowly.matches,
  );

export default function LabPage() {
  const [all, setAll] = useState(false);
  const narrow = useNarrow();
  const lab = useLab(all);
  const { rows, at, playing, course, played } = lab;
  const row = rows[at];
  const scene = scenes.find(({ script }) => script === course.script);
  const seed = course.script.match(/^seed (\d+)/)?.[1];
  const rule = rules.find(({ name }) => name === course.without);

  useEffect(() => {
    document.documentElement.classList.add('wide');
    return () => document.documentElement.classList.remove('wide');
  }, []);

  const show = (number: number, without: string) => {
    lab.begin({ script: `seed ${number}`, without }, 'break');
    document.getElementById('world')?.scrollIntoView({ block: 'start' });
    document.getElementById('world-title')?.focus();
  };

  return (
    <Page title="Why the session holds">
      <div className="lab">
        <p className="lead">
          This is the very code that ships, run in a simulated world: several tabs, their storage, their locks
          and a provider. The tabs’ colour is the tokens they hold. Whatever happens, they should end up with
          the same ones, and the provider should be asked once. Try to break it.
        </p>
        <Legend />
        {lab.failure !== undefined && (
          <p className="notice problem" role="alert">
            The simulation could not be loaded: {String(lab.failure)}
          </p>
        )}
        <nav className="scenes" aria-label="Begin with">
          {scenes.map(({ name, title, script }) => (
            <button
              key={name}
              type="button"
              className="plain small"
              aria-pressed={script === course.script}
              onClick={() => lab.begin({ script, without: course.without })}
            >
              {title}
            </button>
          ))}
        </nav>
        <section id="world" aria-labelledby="world-title">
          <h2 id="world-title" tabIndex={-1}>
            {scene?.title ?? (seed ? `Seed ${seed}` : 'Your own world')}
            {rule && <span className="without"> without {rule.title}</span>}
          </h2>
          <p className="about">
            {scene?.about ??
              (seed
                ? `A world that chance made: tokens live ${duration(played?.lifetime ?? 0)}; ${faultsOf(played?.plan ?? '')}. ${rule ? 'The moment at which a promise is broken is marked.' : ''}`
                : 'What you did, and what came of it. Go back in time and do something else.')}
          </p>
          <div className="bench">
            <div className="stage">
              {row && <Now state={row.state} lifetime={played?.lifetime ?? 0} />}
              {played ? (
                <Diagram rows={rows} cursor={at} lanes={lab.lanes} narrow={narrow} onChoose={lab.goTo} />
              ) : (
                <p className="lanes loading">Loading the simulation…</p>
              )}
              <div className="time">
                <div className="row">
                  <button type="button" onClick={() => lab.setPlaying(!playing)}>
                    {playing ? 'Pause' : at >= rows.length - 1 ? 'Let a minute pass' : 'Play'}
                  </button>
                  <button type="button" className="plain" onClick={() => lab.goTo(0)} disabled={at <= 0}>
                    To the start
                  </button>
                  <button type="button" className="plain" onClick={() => lab.goTo(at - 1)} disabled={at <= 0}>
                    Step back
                  </button>
                  <button
                    type="button"
                    className="plain"
                    onClick={() => lab.goTo(at + 1)}
                    disabled={at >= rows.length - 1}
                  >
                    Step
                  </button>
                </div>
                <label className="scrub">
                  <span>Time: {duration(row?.at ?? 0)}</span>
                  <input
                    type="range"
                    min={0}
                    max={Math.max(0, rows.length - 1)}
                    value={at < 0 ? 0 : at}
                    onChange={(event) => lab.goTo(Number(event.target.value))}
                    aria-valuetext={row ? `${duration(row.at)}: ${row.caption}` : ''}
                  />
                </label>
                <p className="for-screen-readers" aria-live="polite">
                  {playing ? '' : row?.caption}
                </p>
              </div>
            </div>
            <div className="controls">
              <Deeds state={row?.state} act={lab.act} />
              <p role="status" className="said">
                {lab.said}
              </p>
              <p className="quiet small-print">
                Two things end a session that no client can keep: an answer that is lost after the provider
                acted, and a lock that is taken away in mid-refresh.
              </p>
              <label>
                Switch a rule off in this world
                <select value={course.without} onChange={(event) => lab.without(event.target.value)}>
                  <option value="">All rules hold</option>
                  {rules.map(({ name, title }) => (
                    <option key={name} value={name}>
                      Without {title}
                    </option>
                  ))}
                </select>
              </label>
              <label className="check">
                <input type="checkbox" checked={all} onChange={(event) => setAll(event.target.checked)} />
                Show everything, small steps too
              </label>
              <p className="quiet digest">
                {played && (
                  <>
                    {played.ticks.toLocaleString('en')} steps, digest <code>{played.digest}</code>. The native
                    tests play the same course to the same digest.
                  </>
                )}
              </p>
            </div>
          </div>
        </section>
        <SeedRun show={show} />
      </div>
    </Page>
  );
}

function Legend() {
  const line = (className: string) => (
    <svg width="26" height="12" aria-hidden="true">
      <line className={className} x1="1" x2="25" y1="6" y2="6" />
    </svg>
  );
  return (
    <ul className="legend" aria-label="How to read it">
      <li>
        <b className="token hue-0">A0</b> the tokens of a sign-in; <b className="token hue-1">A1</b> after one
        refresh
      </li>
      <li>{line('thick hue-0')} holds them</li>
      <li>{line('thin')} holds none</li>
      <li>{line('thick hue-0 frozen')} frozen</li>
      <li>{line('held')} the lock is held</li>
      <li>
        <svg width="26" height="12" aria-hidden="true">
          <g className="arrow lost">
            <line x1="1" x2="20" y1="6" y2="6" />
            <path d="M16,2l8,8m0,-8l-8,8" />
          </g>
        </svg>{' '}
        lost on the way
      </li>
    </ul>
  );
}

/** What every part of the world is at the present moment. */
function Now({ state, lifetime }: { state: State; lifetime: number }) {
  const token = (name: string | undefined) =>
    hue(name) === 'none' ? (
      <span className="quiet">{name ?? 'nothing'}</span>
    ) : (
      <b className={`token ${hue(name)}`}>{name}</b>
    );
  return (
    <ul className="now" aria-label="At this moment">
      <li>Storage: {state.storage === 'works' ? token(state.stored) : state.storage}</li>
      <li>Lock: {state.holder === undefined ? <span className="quiet">free</span> : nameOf(state.holder)}</li>
      {state.tabs.map((tab, number) =>
        tab.open ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: a tab is its number
          <li key={number}>
            {nameOf(number)}: {tab.token ? token(tab.token) : <span className="quiet">signed out</span>}
            {tab.frozen && ' frozen'}
          </li>
        ) : null,
      )}
      <li>Provider: {token(state.issued)}</li>
      {!state.online && <li>No network</li>}
      <li className="quiet">A token lives {duration(lifetime)}</li>
    </ul>
  );
}

import { useCallback, useEffect, useId, useRef, useState } from 'react';

import type { Seeds } from './engine';
import { type Rule, rules } from './scenes';
import seedsWorker from './seeds.worker?worker&url';

const SEEDS = 1000;
const WORKERS = Math.max(1, Math.min(4, navigator.hardwareConcurrency - 1));

const nothing: Seeds = {
  seeds: 0,
  steps: 0,
  tabTime: 0,
  refreshes: 0,
  signIns: 0,
  signOuts: 0,
  unavoidable: 0,
  faults: 0,
  broken: [],
};

function sum(a: Seeds, b: Seeds): Seeds {
  const total = { ...a, broken: [...a.broken, ...b.broken] };
  for (const key of [
    'seeds',
    'steps',
    'tabTime',
    'refreshes',
    'signIns',
    'signOuts',
    'unavoidable',
    'faults',
  ] as const)
    total[key] = a[key] + b[key];
  return total;
}

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): unknown };
}

/** A Content-Security-Policy with `require-trusted-types-for` takes no worker by its address alone. */
function startWorker(): Worker {
  const policy = (window as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy('demo-lab', {
    createScriptURL: (url: string) => url,
  });
  const url = policy ? policy.createScriptURL(seedsWorker) : seedsWorker;
  return new Worker(url as string, { type: 'module' });
}

/** Of what broke, the course that is the easiest to follow: a session was lost, few tabs, soon. */
function clearest(broken: Seeds['broken']) {
  return [...broken].sort(
    (a, b) => Number(b.lost) - Number(a.lost) || a.tabs * 60 + a.tick - (b.tabs * 60 + b.tick),
  )[0];
}

const number = (value: number) => Math.round(value).toLocaleString('en');

export function SeedRun({ show }: { show: (seed: number, without: string) => void }) {
  const ids = useId();
  const [without, setWithout] = useState('');
  const [ran, setRan] = useState<{ without: string; total: number; result: Seeds; running: boolean }>();
  const workers = useRef<Worker[]>([]);

  const stop = useCallback(() => {
    for (const worker of workers.current) worker.terminate();
    workers.current = [];
  }, []);
  useEffect(() => stop, [stop]);

  const run = (total: number) => {
    stop();
    setRan({ without, total, result: nothing, running: true });
    const each = Math.ceil(total / WORKERS);
    let left = WORKERS;
    workers.current = Array.from({ length: WORKERS }, (_, part) => {
      const worker = startWorker();
      worker.onmessage = ({ data }: MessageEvent<Seeds | 'done'>) => {
        if (data === 'done') left--;
        const ended = left === 0;
        setRan(
          (old) =>
            old && { ...old, running: !ended, result: data === 'done' ? old.result : sum(old.result, data) },
        );
      };
      const first = 1 + part * each;
      worker.postMessage({ first, count: Math.max(0, Math.min(each, total - part * each)), without });
      return worker;
    });
  };

  const rule = rules.find(({ name }) => name === ran?.without);
  return (
    <section className="card-like" aria-labelledby={`${ids}-h`}>
      <h2 id={`${ids}-h`}>A thousand worlds</h2>
      <p>
        A seed decides everything: how many tabs, which faults, when. This runs a thousand of them, here in
        your browser, each checked after every step. Then switch a rule off.
      </p>
      <div className="row">
        <label>
          Without
          <select value={without} onChange={(event) => setWithout(event.target.value)}>
            <option value="">nothing: all rules hold</option>
            {rules.map(({ name, title }) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
        </label>
        {ran?.running ? (
          <button
            type="button"
            className="plain"
            onClick={() => {
              stop();
              setRan({ ...ran, running: false });
            }}
          >
            Stop
          </button>
        ) : (
          <button type="button" onClick={() => run(SEEDS)}>
            Run 1,000 seeds
          </button>
        )}
      </div>
      {without && <p className="quiet">{rules.find(({ name }) => name === without)?.about}</p>}
      {ran && <Outcome ran={ran} rule={rule} show={show} />}
    </section>
  );
}

interface OutcomeProps {
  ran: { without: string; total: number; result: Seeds; running: boolean };
  rule: Rule | undefined;
  show: (seed: number, without: string) => void;
}

function Outcome({ ran, rule, show }: OutcomeProps) {
  const { result, running, total } = ran;
  const best = clearest(result.broken);
  const lost = result.broken.filter(({ lost }) => lost).length;
  return (
    <div className="outcome" data-running={running}>
      <progress max={total} value={result.seeds} aria-label="Seeds" />
      <p role="status" className={result.broken.length > 0 ? 'verdict bad' : 'verdict'}>
        {number(result.seeds)} of {number(total)} seeds.{' '}
        {result.broken.length === 0
          ? running
            ? 'Nothing broken so far.'
            : 'No session was lost that could have been kept, and no promise was broken.'
          : `${number(result.broken.length)} broke a promise without ${rule?.title ?? 'any change'}${lost > 0 ? `, ${number(lost)} of them lost a session that need not have been lost` : ''}.`}
      </p>
      {best && (
        <button type="button" className="plain" onClick={() => show(best.seed, ran.without)}>
          Show what happens in seed {best.seed}
        </button>
      )}
      <dl className="numbers">
        <div>
          <dt>hours of open tabs</dt>
          <dd>{number(result.tabTime / 3_600_000)}</dd>
        </div>
        <div>
          <dt>refreshes</dt>
          <dd>{number(result.refreshes)}</dd>
        </div>
        <div>
          <dt>sign-ins and sign-outs</dt>
          <dd>{number(result.signIns + result.signOuts)}</dd>
        </div>
        <div>
          <dt>faults</dt>
          <dd>{number(result.faults)}</dd>
        </div>
        {!ran.without && (
          <div>
            <dt>ended because a fault spent their refresh token, which no client can know</dt>
            <dd>{number(result.unavoidable)}</dd>
          </div>
        )}
      </dl>
    </div>
  );
}

/** Replays a trace on the core that ships: text in, text out. For Node, in a process of its own: it takes the wasm over. */
import { compile } from '../bytes.js';
import { __wbg_reset_state, Core, handleCallback, initSync, loginWithRedirect } from '../glue.js';
import { tap } from '../guard.js';
import { MESSAGE } from '../inputs.js';
import { type Bundle, FORMAT, type Run, type Step } from '../trace/record.js';
import { numberOf, Recorder } from '../trace/recorder.js';
import { OCTETS } from '../trace/redact.js';
import { ReplayedPage } from './page.js';
import { asForm, StandIns } from './stand-ins.js';
import { type Message, type Outcome, Story } from './story.js';

/** What a replay found. */
export interface Replay {
  /** What happened, step by step, to be read. */
  text: string;
  /** The result of every call, what was sent and the events, in the recording and in the replay. */
  recorded: Outcome[];
  replayed: Outcome[];
  /** Where the replayed core first did something else; none where it did the same throughout. */
  difference?: string;
  /** The first message that a sign-in which goes well does not have. */
  surprise?: string;
}

/** A regression test: a bundle, and the expected results. Until they are corrected, these are the recorded ones. */
export interface Fixture {
  about: string;
  expected: Outcome[];
  bundle: Bundle;
}

/** Told of each step before it is handed to the core, with the values that stand for its placeholders there. */
export type Watch = (run: Run, step: Step, values: StandIns) => void;

/**
 * Replays a bundle's or a fixture's runs, each on a client of its own.
 * @throws Error for anything that is neither
 */
export async function replay(text: string, watch?: Watch): Promise<Replay> {
  const { runs, sdk, made, browser, note } = read(text);
  const told: string[] = [`IntelliAuth trace of ${made}, SDK ${sdk}`, `${browser?.userAgent ?? ''}`];
  if (note) told.push(note);
  const found: Replay = { text: '', recorded: [], replayed: [] };
  for (const [at, run] of runs.entries()) {
    const { story, replayed, difference } = await one(run, watch);
    found.recorded.push(...story.outcomes);
    found.replayed.push(...replayed);
    const page = `page ${at + 1} of ${runs.length}`;
    found.difference ??= difference && `${page}, ${difference}`;
    const first = story.messages.find(({ surprise }) => surprise);
    const marked = found.surprise === undefined ? first : undefined;
    if (marked) found.surprise = line(marked);
    const began = run.steps[0] ? new Date(run.steps[0].wall).toISOString() : '';
    told.push(
      '',
      `${page[0]?.toUpperCase()}${page.slice(1)}, ${began}, ${run.steps.length} inputs${run.dropped ? `, ${run.dropped} left out` : ''}`,
    );
    for (const message of story.messages) {
      told.push(`${message === marked ? '>>' : message.surprise ? ' !' : '  '} ${line(message)}`);
      if (message === marked) told.push('   ^^ the first surprise');
    }
    if (run.dropped) told.push('   The record was too long to be kept whole, so it is not replayed.');
    else if (run.unseen)
      told.push('   Recording began after the SDK was in use on this page, so it is not replayed.');
    else
      told.push(
        difference ? `   Replayed, it differs: ${difference}` : '   Replayed on this core, it does the same.',
      );
  }
  // A bundle is untrusted text, and a terminal obeys control characters.
  found.text = `${told.join('\n')}\n`.replace(/(?!\n)\p{Cc}/gu, '�');
  return found;
}

/** The text of a regression test for what a bundle recorded: to be kept where such tests are, and its `expected` corrected. */
export async function fixture(text: string, about: string): Promise<string> {
  const bundle = read(text);
  const { recorded } = await replay(text);
  return `${JSON.stringify({ about, expected: recorded, bundle } satisfies Fixture, null, 1)}\n`;
}

function read(text: string): Bundle {
  let value: Partial<Bundle & Fixture>;
  try {
    value = Object(JSON.parse(text));
  } catch {
    throw new Error('This is no JSON text: it is to be what trace() gave.');
  }
  const bundle = value.bundle ?? (value as Bundle);
  if (bundle.kind !== 'intelliauth-trace' || !Array.isArray(bundle.runs)) {
    throw new Error('This is no trace: it is to be what trace() gave, or a fixture made of that.');
  }
  if (bundle.format !== FORMAT) {
    throw new Error(
      `This trace has the format ${bundle.format}, and this SDK reads ${FORMAT}: use the SDK ${bundle.sdk}.`,
    );
  }
  return bundle;
}

const line = ({ at, from, to, text }: Message) =>
  `${(at / 1000).toFixed(3).padStart(9)}  ${`${from} → ${to}`.padEnd(18)} ${text}`;

let instances = 0;

async function one(
  run: Run,
  watch?: Watch,
): Promise<{ story: Story; replayed: Outcome[]; difference?: string }> {
  const story = new Story(run);
  if (run.dropped || run.unseen || run.steps.length === 0) return { story, replayed: story.outcomes };
  const values = new StandIns(run.values);
  const page = new ReplayedPage(run.seed);
  const recorder = new Recorder('replay', page.page);
  tap(recorder.through, recorder.scope);
  if (instances++ === 0) initSync({ module: await compile() });
  else __wbg_reset_state();
  const core = new Core(values.fillAll(run.options), host(page));
  const [record] = recorder.records;
  if (!record) throw new Error('The core has refused the options of the trace.');
  let difference: string | undefined;
  for (const [at, step] of run.steps.entries()) {
    page.become(step, values);
    watch?.(run, step, values);
    const before = record.run.steps.length;
    try {
      hand(core, step, values);
    } catch (thrown) {
      if (!step.trapped) difference ??= `step ${at + 1}, ${step.input}: the core failed: ${thrown}`;
      break;
    }
    const made = record.run.steps[before];
    difference ??= differs(at, step, made, (recorded, replayed) =>
      values.matches(recorded, replayed, record.redactor),
    );
  }
  return { story, replayed: new Story(record.run).outcomes, difference };
}

/** The first of its actions that is another. */
function differs(
  at: number,
  step: Step,
  made: Step | undefined,
  same: (recorded: string, replayed: string) => boolean,
) {
  const where = `step ${at + 1}, ${step.input}`;
  if (!made) return `${where}: the core was not asked`;
  // A replay cannot reproduce what the browser threw.
  const texts = (step: Step) =>
    step.did.map(([name, ...args]) =>
      JSON.stringify([name, ...(name === 'refuse' ? args.filter((_, at) => at !== 2) : args)]),
    );
  const [recorded, replayed] = [texts(step), texts(made)];
  // An input is compared too: so a value that came with it is known by its placeholder.
  same(JSON.stringify(step.with ?? []), JSON.stringify(made.with ?? []));
  for (let action = 0; action < Math.max(recorded.length, replayed.length); action++) {
    const [one, other] = [recorded[action], replayed[action]];
    if (one === undefined || other === undefined || !same(one, other)) {
      return `${where}:\n     recorded: ${one ?? 'nothing more'}\n     replayed: ${other ?? 'nothing more'}`;
    }
  }
  return undefined;
}

/** The host of the replay: it does nothing, and answers only whether it is online. */
const host = (page: ReplayedPage): object =>
  new Proxy({}, { get: (_, name) => (name === 'online' ? () => page.online : () => undefined) });

/** Hands one input to the core. */
function hand(core: Core, { input, with: given = [] }: Step, values: StandIns): void {
  // biome-ignore lint/suspicious/noExplicitAny: as the bundle has them
  const args = given.map((value) => (value === null ? undefined : value)) as any[];
  const [first, second, third, fourth] = args;
  if (input === 'loginWithRedirect') {
    loginWithRedirect(core, first, { __proto__: null, ...(values.fillAll(second) as object) }, third, fourth);
  } else if (input === 'handleCallback') {
    handleCallback(core, first, values.fill(second, asForm));
  } else if (input === 'answered') {
    core.answered(first, answer(second), third === undefined ? undefined : body(third, values), fourth);
  } else if (input === 'message') {
    core.happened(MESSAGE, 0, values.fill(first, asForm));
  } else if (input === 'logout') {
    core.logout(first, { __proto__: null, ...(values.fillAll(second) as object) }, third);
  } else {
    const filled = args.map((value) => (typeof value === 'string' ? values.fill(value) : value));
    const what = numberOf(input);
    const method = core[input as 'getToken'] as ((...args: unknown[]) => void) | undefined;
    if (what !== undefined) core.happened(what, filled[0] ?? 0, filled[1]);
    else if (method) method.apply(core, filled);
    else throw new Error(`this core knows no input ${input}`);
  }
}

function answer(said: { status: number; retryAfter?: string } | undefined): Response | undefined {
  if (!said) return undefined;
  const response = new Response(null, { headers: said.retryAfter ? { 'retry-after': said.retryAfter } : {} });
  // Of any number: the constructor takes those of its own alone.
  return Object.defineProperty(response, 'status', { value: said.status });
}

function body(text: string, values: StandIns): Uint8Array {
  if (text === OCTETS) return Uint8Array.of(0xff);
  let filled: string;
  try {
    filled = JSON.stringify(values.fillAll(JSON.parse(text)));
  } catch {
    filled = values.fill(text);
  }
  return new TextEncoder().encode(filled);
}

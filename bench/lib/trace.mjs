// One start, as Chromium's own trace has it.
import { timeToNavigate } from './browser.mjs';

const CATEGORIES = ['toplevel', 'devtools.timeline', 'v8', 'v8.wasm', 'blink.user_timing'];

/** Runs before the page's own lines: tells the trace when the wasm is compiled and instantiated. */
const MARKS = () => {
  for (const name of ['compile', 'compileStreaming', 'instantiate']) {
    const real = WebAssembly[name];
    WebAssembly[name] = async (...given) => {
      performance.mark(`bench:${name}:begin`);
      try {
        return await real.apply(WebAssembly, given);
      } finally {
        performance.mark(`bench:${name}:end`);
      }
    };
  }
};

/**
 * @typedef {{ name: string, begin: number, end: number, kind: 'request' | 'work' | 'end' }} Span milliseconds from the
 *   page's headers
 *
 * @param {{ page: any, tools: any }} view of a profile of its own
 * @returns {Promise<{ ms: number, spans: Span[], lazy: { functions: number, ms: number }, busy: number }>}
 */
export async function traceStart(browser, view, url, target) {
  await view.page.addInitScript(MARKS);
  const tools = await browser.tools();
  const events = [];
  const collect = ({ value }) => events.push(...value);
  tools.on('Tracing.dataCollected', collect);
  await tools.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: CATEGORIES },
  });
  let ms;
  try {
    ms = await timeToNavigate(view, url, target);
  } finally {
    const complete = new Promise((resolve) => tools.once('Tracing.tracingComplete', resolve));
    await tools.send('Tracing.end');
    await complete;
    await tools.detach();
  }
  return { ms, ...read(events, url, ms) };
}

function read(events, url, ms) {
  const page = events.find(({ name, args }) => name === 'ResourceSendRequest' && args.data.url === url);
  const own = events.filter(({ pid }) => pid === page.pid);
  const named = (name) => own.filter((event) => event.name === name).sort((a, b) => a.ts - b.ts);
  const zero = named('ResourceReceiveResponse')[0].ts;
  const at = ({ ts }) => (ts - zero) / 1000;
  const spans = [];
  const span = (name, kind, begin, end) => spans.push({ name, kind, begin, end });

  const requests = named('ResourceSendRequest')
    .filter(({ args }) => args.data.requestId !== page.args.data.requestId)
    .filter(({ args }) => /\.(js|wasm)$/.test(args.data.url))
    .map((sent) => {
      const finished = named('ResourceFinish').find(
        ({ args }) => args.data.requestId === sent.args.data.requestId,
      );
      const file = new URL(sent.args.data.url).pathname.slice(1).replace(/-[A-Z0-9]{8}\./, '.');
      return { file, begin: at(sent), end: finished ? at(finished) : ms };
    });
  const evaluated = named('v8.evaluateModule')
    .filter(({ tid }) => tid === page.tid)
    .map((event) => ({ begin: at(event), end: at(event) + event.dur / 1000 }));
  const mark = (name) => {
    const found = named(`bench:${name}`)[0];
    return found && at(found);
  };

  span('the page: parsed', 'work', 0, requests[0].begin);
  for (const { file, begin, end } of requests) span(`request: ${file}`, 'request', begin, end);
  if (evaluated[0]) span('app.js runs', 'work', evaluated[0].begin, evaluated[0].end);
  const bytes = requests.find(({ file }) => file.startsWith('bytes'));
  const compiling = mark('compile:begin') ?? mark('compileStreaming:begin');
  const compiled = mark('compile:end') ?? mark('compileStreaming:end');
  if (bytes && compiling) span('text to bytes', 'work', Math.min(bytes.end, compiling), compiling);
  if (compiling) span('the wasm: validated and compiled', 'work', compiling, compiled);
  const client = evaluated.slice(1).sort((a, b) => b.end - b.begin - (a.end - a.begin))[0];
  if (client) span('client.js runs', 'work', client.begin, client.end);
  const [linking, linked] = [mark('instantiate:begin'), mark('instantiate:end')];
  if (linking) {
    span('the wasm: instantiated', 'work', linking, linked);
    span('client starts, sign-in is built', 'work', linked, ms);
  }
  span('the authorize request leaves', 'end', ms - 0.2, ms);

  const lazy = named('wasm.CompileLazy');
  const tasks = own.filter(
    ({ name, tid, ts }) => name.endsWith('RunTask') && tid === page.tid && at({ ts }) < ms,
  );
  return {
    spans: spans.sort((a, b) => a.begin - b.begin),
    lazy: { functions: lazy.length, ms: lazy.reduce((sum, { dur }) => sum + dur / 1000, 0) },
    busy: tasks.reduce((sum, { tdur = 0 }) => sum + tdur / 1000, 0),
  };
}

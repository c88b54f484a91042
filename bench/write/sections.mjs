// One function for each row: what the page says of it. `draw(name, charts)` writes a plot and answers with its markdown.
import { apps } from '../lib/apps.mjs';
import { barChart, waterfall } from './svg.mjs';
import { kb, short, spread, table, verdict } from './words.mjs';

const named = (values) =>
  apps
    .filter(({ name }) => values[name])
    .map((app) => ({ ...app, label: app.ours ? `**${app.name}**` : app.name, ...{ v: values[app.name] } }));
const exact = (bytes) => bytes && { median: bytes[2] / 1024, low: bytes[2] / 1024, high: bytes[2] / 1024 };
const groups = [
  ['Plain pages', (app) => !app.react],
  ['React pages', (app) => app.react],
];
const failures = (list) =>
  list
    .filter(({ v }) => v.error)
    .map(({ name, v }) => `- ${name} failed in some runs: ${v.error.split('\n')[0].slice(0, 160)}`)
    .join('\n');
const bold = (entry, cell) => (entry.ours ? `**${cell}**` : cell);
/** Times the smallest of the column. */
const ratio = (value, list, of) => {
  const least = Math.min(...list.map((entry) => of(entry)?.median ?? Infinity));
  return value ? `${(value.median / least).toFixed(2)}×` : '–';
};

/** The bytes of each release. */
function history(entries) {
  if (entries.length === 0) return [];
  const columns = Object.keys(entries.at(-1).brotli);
  return [
    `### By release

The figures of \`npm run size\`, in KB brotli, at each release. Every \`npm test\` compares the same figures with the budgets of \`scripts/budget.json\`, and prints the bytes by module if one is exceeded. \`npm run size -- --groups\` always prints them.`,
    table(
      ['version', 'date', ...columns],
      entries.map(({ version, date, brotli }) => [
        version,
        date,
        ...columns.map((name) => kb(brotli[name] ?? 0)),
      ]),
    ),
  ];
}

function bytes({ values }, draw, { releases }) {
  const parts = [
    `## Bytes

The bytes that a browser requests from the first visit until the user is signed in and the page has been loaded once more. The apps are bundled by esbuild, minified, and compressed with brotli -11. React and the bench's own lines are not counted; the lines that use the SDK are. *Before first paint* is what the app's entry imports statically.`,
  ];
  for (const [title, kind] of groups) {
    const list = named(values)
      .filter(kind)
      .filter(({ v }) => v.everything)
      .sort((a, b) => a.v.everything[2] - b.v.everything[2]);
    const bars = list.map(({ name, ours, v }) => ({
      name,
      ours,
      value: v.everything[2] / 1024,
      part: v.eager[2] / 1024,
    }));
    parts.push(
      `### ${title}`,
      draw(
        `bytes-${title.split(' ')[0].toLowerCase()}`,
        barChart({
          title: `${title}: bytes to sign in, of them before first paint`,
          unit: 'KB brotli',
          bars,
          show: short,
        }),
      ),
      table(
        ['SDK', 'before first paint, KB brotli', 'everything, KB brotli', 'gzip', 'raw'],
        list.map((entry) => [
          entry.label,
          kb(entry.v.eager[2]),
          bold(entry, kb(entry.v.everything[2])),
          kb(entry.v.everything[1]),
          kb(entry.v.everything[0]),
        ]),
      ),
      `Before first paint: ${verdict(
        list.map(({ name, ours, v }) => ({ name, ours, found: exact(v.eager) })),
        'KB',
      )}`,
      `Everything: ${verdict(
        list.map(({ name, ours, v }) => ({ name, ours, found: exact(v.everything) })),
        'KB',
      )}`,
    );
  }
  parts.push(...history(releases));
  parts.push(
    'oauth4webapi is only the protocol, without storage, timers and other tabs. react-oauth2-code-pkce does not verify ID tokens, and keycloak-js checks the nonce alone.',
  );
  return parts;
}

const START = [
  ['plain', 'no latency'],
  ['latency', '40 ms on every request'],
  ['slow', 'a processor 4 times slower'],
  ['warm', 'repeated visit'],
];

function start({ values }, draw) {
  const parts = [
    `## From the page to the authorize request

The time from the headers of the page to the moment at which the browser requests the authorize page, by the browser's own clock. The app signs in as soon as its client can. The first three columns are first visits, with nothing cached. *40 ms*: every answer of the app's server and of the provider is delayed by 40 ms; the delay of the page itself is not counted. *4 times slower*: Chromium's throttling of the main thread. *Repeated*: the profile is on disk from an earlier visit, so files come from the HTTP cache and Chromium has compiled code.`,
  ];
  for (const [title, kind] of groups) {
    const list = named(values)
      .filter(kind)
      .sort((a, b) => (a.v.plain?.median ?? 1e9) - (b.v.plain?.median ?? 1e9));
    for (const [condition, words] of START.slice(0, 2)) {
      const bars = list
        .filter(({ v }) => v[condition])
        .map(({ name, ours, v }) => ({
          name,
          ours,
          value: v[condition].median,
          spread: [v[condition].low, v[condition].high],
        }))
        .sort((a, b) => a.value - b.value);
      if (condition === 'plain') parts.push(`### ${title}`);
      if (bars.length > 0)
        parts.push(
          draw(
            `start-${condition}-${title.split(' ')[0].toLowerCase()}`,
            barChart({
              title: `${title}: page to authorize request, ${words}`,
              unit: 'ms',
              bars,
              show: short,
            }),
          ),
        );
    }
    parts.push(
      table(
        ['SDK', ...START.map(([, words]) => `${words}, ms`), 'to the leanest', 'latency adds, ms'],
        list.map((entry) => [
          entry.label,
          ...START.map(([condition]) => spread(entry.v[condition])),
          ratio(entry.v.plain, list, ({ v }) => v.plain),
          entry.v.latency && entry.v.plain ? short(entry.v.latency.median - entry.v.plain.median) : '–',
        ]),
      ),
      START.map(
        ([condition, words]) =>
          `- ${words}: ${verdict(
            list.map(({ name, ours, v }) => ({ name, ours, found: v[condition] })),
            'ms',
          )}`,
      ).join('\n'),
      failures(list),
    );
  }
  return parts;
}

function session({ values }, draw) {
  const parts = [
    `## Callback, restored session, token

*Callback*: from the last byte of the callback's page until the app knows who signed in. *Processor*: the same without the time in which a request to the provider was under way. *Restored*: the next page load in the same tab, until the app knows that the user is signed in. *Token*: one call for an access token that is still valid; the mean of all calls that fit into 150 ms.`,
  ];
  for (const [title, kind] of groups) {
    const list = named(values)
      .filter(kind)
      .sort((a, b) => (a.v.processor?.median ?? 1e9) - (b.v.processor?.median ?? 1e9));
    const of = (key) => list.map(({ name, ours, v }) => ({ name, ours, found: v[key] }));
    const chart = (key, words) => {
      const bars = list
        .filter(({ v }) => v[key])
        .map(({ name, ours, v }) => ({ name, ours, value: v[key].median, spread: [v[key].low, v[key].high] }))
        .sort((a, b) => a.value - b.value);
      return draw(
        `${key}-${title.split(' ')[0].toLowerCase()}`,
        barChart({ title: `${title}: ${words}`, unit: 'ms', bars, show: short }),
      );
    };
    parts.push(
      `### ${title}`,
      chart('processor', 'callback to signed in, without the wire'),
      chart('restored', 'restored session'),
      table(
        ['SDK', 'callback, ms', 'of it processor, ms', 'restored, ms', 'token, µs'],
        list.map((entry) => [
          entry.label,
          spread(entry.v.callback),
          spread(entry.v.processor),
          entry.v.restored ? spread(entry.v.restored) : 'signed out',
          spread(entry.v.token),
        ]),
      ),
      [
        `- callback, processor: ${verdict(of('processor'), 'ms')}`,
        `- restored: ${verdict(of('restored'), 'ms')}`,
        `- token: ${verdict(of('token'), 'µs')}`,
      ].join('\n'),
      list
        .filter(({ v }) => v.asked?.length > 0)
        .map(
          ({ name, v }) =>
            `- ${name} keeps nothing: to find its user again it asked the provider (${v.asked.join(', ')}).`,
        )
        .join('\n'),
      failures(list),
    );
  }
  parts.push(
    'react-oidc-context and react-oauth2-code-pkce hand the token out as a property: reading it is no call, and an expired one is handed out until their timer has replaced it.',
  );
  return parts;
}

function tabs({ values }) {
  const list = named(values);
  const counts = Object.keys(values[list[0].name]);
  const cell = (found, count) => {
    if (!found) return '–';
    if (found.error && found.requests === undefined) return 'failed';
    const served = found.served < count ? `, ${found.served} of ${count} tabs served` : '';
    return `${found.requests}${served}`;
  };
  const good = (name) =>
    counts.every(
      (count) => values[name][count]?.requests === 1 && values[name][count].served === Number(count),
    );
  const winners = list.filter(({ name }) => good(name)).map(({ name }) => name);
  return [
    `## Token requests per expiry, by tabs

The access token has expired, and every tab of the app asks for one at the same moment. The table says how many refresh requests the provider got. SDKs that can keep the session in localStorage are set to do so, this one with \`tokenStorage: 'local'\`; keycloak-js and oidc-spa keep one session for each tab.`,
    table(
      [
        'SDK',
        ...counts.map((count) => `${count} tab${count === '1' ? '' : 's'}`),
        'last tab served after, ms',
      ],
      list.map((entry) => [
        entry.label,
        ...counts.map((count) => cell(entry.v[count], Number(count))),
        short(entry.v[counts.at(-1)]?.ms),
      ]),
    ),
    winners.length > 0
      ? `Exactly one request, and a token for every tab: **${winners.join(', ')}**.`
      : 'None sent exactly one request and served every tab.',
    list
      .filter(({ v }) => Object.values(v).some(({ error }) => error))
      .map(
        ({ name, v }) =>
          `- ${name}: ${Object.values(v)
            .map(({ error }) => error)
            .find(Boolean)
            .split('\n')[0]
            .slice(0, 160)}`,
      )
      .join('\n'),
  ];
}

function callers({ values }) {
  const list = named(values);
  const counts = [...new Set(list.flatMap(({ v }) => Object.keys(v)))].sort((a, b) => a - b);
  const cell = (found) => {
    if (!found) return '–';
    if (found.failed > 0) return `${found.requests} requests, ${found.failed} failed`;
    return `${found.requests} request${found.requests === 1 ? '' : 's'}, ${short(found.ms - found.wire)} ms`;
  };
  const last = counts.at(-1);
  const whole = list
    .filter(({ v }) => counts.every((count) => v[count]?.requests === 1 && v[count].failed === 0))
    .map(({ name, ours, v }) => ({
      name,
      ours,
      found: {
        median: v[last].ms - v[last].wire,
        low: v[last].ms - v[last].wire,
        high: v[last].ms - v[last].wire,
      },
    }));
  return [
    `## Concurrent callers at expiry

One tab has an expired token, and this many calls are made at the same moment. The table says how many refresh requests were sent, and how long it took until the last caller had its token, without the time on the network. If more than one request was sent or a caller failed, more callers were not tried.`,
    table(
      ['SDK', ...counts.map((count) => Number(count).toLocaleString('en'))],
      list.map((entry) => [entry.label, ...counts.map((count) => cell(entry.v[count]))]),
    ),
    `With ${Number(last).toLocaleString('en')} callers: ${verdict(whole, 'ms')}`,
  ];
}

function pending({ values }) {
  const list = named(values)
    .filter(({ v }) => v.clean && v.littered)
    .sort((a, b) => a.v.littered.median / a.v.clean.median - b.v.littered.median / b.v.clean.median);
  return [
    `## Sign-in in littered storage

The time from the page to the authorize request, on a repeated visit: once with empty storage, and once after 10 sign-ins that were begun and abandoned, with 1,000 keys of other programs in localStorage and in sessionStorage.`,
    table(
      ['SDK', 'empty, ms', 'littered, ms', 'ratio'],
      list.map((entry) => [
        entry.label,
        spread(entry.v.clean),
        spread(entry.v.littered),
        `${(entry.v.littered.median / entry.v.clean.median).toFixed(2)}×`,
      ]),
    ),
    failures(named(values)),
  ];
}

function memory({ values }) {
  const parts = [
    `## Memory and main thread

*JS heap*: of the signed-in page after a garbage collection; beside it the memory of the wasm. *Main thread*: its processor time from a first visit until the client was ready. A page without any SDK is given for comparison. What Chromium compiles on other threads is not counted.`,
  ];
  for (const [title, kind] of groups) {
    const list = named(values)
      .filter(kind)
      .sort((a, b) => a.v.thread.median - b.v.thread.median);
    const total = ({ v }) =>
      v.heap && {
        median: (v.heap.median + v.wasm.median) / 2 ** 20,
        low: (v.heap.low + v.wasm.low) / 2 ** 20,
        high: (v.heap.high + v.wasm.high) / 2 ** 20,
        runs: v.heap.runs,
      };
    const real = list.filter(({ control }) => !control);
    parts.push(
      `### ${title}`,
      table(
        ['SDK', 'JS heap, MB', 'wasm, MB', 'main thread, ms'],
        list.map((entry) => [
          entry.label,
          short(entry.v.heap.median / 2 ** 20),
          entry.v.wasm.median > 0 ? short(entry.v.wasm.median / 2 ** 20) : '–',
          spread(entry.v.thread),
        ]),
      ),
      [
        `- memory, both: ${verdict(
          real.map((entry) => ({ name: entry.name, ours: entry.ours, found: total(entry) })),
          'MB',
        )}`,
        `- main thread: ${verdict(
          real.map(({ name, ours, v }) => ({ name, ours, found: v.thread })),
          'ms',
        )}`,
      ].join('\n'),
      failures(list),
    );
  }
  return parts;
}

const TRACES = [
  ['plain', 'no latency', 'Start without latency'],
  ['latency', '40 ms on every request', 'Start with 40 ms on every request'],
  ['hints', '40 ms, with `modulepreload` hints', 'Start with 40 ms on every request and modulepreload hints'],
];

function trace({ values }, draw) {
  const found = TRACES.filter(([key]) => values[key]);
  return [
    `## Where the start goes

The first visit of this SDK's plain page, traced by Chromium. Of several traces, the one with the median total is shown. Tracing itself costs some milliseconds. Time zero is the page's headers. Pale blue is waiting, strong blue is work.`,
    ...found.map(([key, , title]) =>
      draw(`waterfall-${key}`, waterfall({ title, spans: values[key].spans })),
    ),
    table(
      [
        'start',
        'total, ms',
        'main thread, processor ms',
        'wasm functions compiled on first call',
        'that took, ms',
      ],
      found.map(([key, words]) => {
        const { ms, busy, lazy } = values[key];
        return [words, short(ms), short(busy), String(lazy.functions), short(lazy.ms)];
      }),
    ),
  ];
}

/** What the page may add, and what it gives: against the page as it is, of the same app. */
function variants({ values }) {
  const columns = [...START, ['callback', 'callback, provider 20 ms away']].map(([key, words]) => [
    key,
    words,
  ]);
  const base = (name) => values[name.replace(/: .*/, ': as it is')];
  const cell = (name, key) => {
    const own = values[name][key];
    if (!own) return '–';
    const before = base(name)[key];
    const change =
      own === before
        ? ''
        : `, ${own.median < before.median ? '−' : '+'}${short(Math.abs(own.median - before.median))}`;
    return `${short(own.median)}${change}`;
  };
  return [
    `## What an app can add

Each way is compared with the same page without it: the median, and the difference. *modulepreload*: \`<link rel="modulepreload">\` for the SDK's lazy chunks, so that they are requested together with the app's entry. *wasm option*: the raw file of \`@intelliauth/spa-sdk/wasm\`, compiled while it is downloaded, in place of the inlined one. *preconnect*: \`<link rel="preconnect">\` to the tenant, with and without \`crossorigin\`, on the callback's page, so that the connection for the token request is already open. For preconnect, everything to and from the provider takes 20 ms, TLS's handshake too; TCP's handshake does not, which on a real network is one more round trip.`,
    table(
      ['app', ...columns.map(([, words]) => (words.endsWith('ms') ? words : `${words}, ms`))],
      Object.keys(values).map((name) => [name, ...columns.map(([key]) => cell(name, key))]),
    ),
  ];
}

const WORK = {
  'PKCE and authorize URL': 'verifier, challenge, state and nonce of a random source, and the URL',
  Callback:
    "the callback's address read, its state compared; this core also holds `iss`, the age and the client against the sign-in. oauth2 has nothing for it: these are the lines of its example, with the url crate",
  'Token response': 'the JSON of the token endpoint read into types',
  "Token response and its ID token's claims":
    'the same, and the ID token decoded and held against issuer, client, nonce and time; no signature on either side',
  'One step of the client':
    "the whole client's state machine, in memory: a call for a token that is valid, and a sign-in from the first page's start to the tokens",
};

/** The core without a browser. */
function native({ values, crates }) {
  const lines = Object.entries(values).flatMap(([group, found]) =>
    Object.entries(found).map(([name, value]) => [group, name, value]),
  );
  const us = ({ median, low, high }) => ({ median: median / 1000, low: low / 1000, high: high / 1000 });
  return [
    `## The core, natively

The core is compiled for this machine at opt-level 3 and measured by criterion, beside the crates oauth2 ${crates.oauth2} and openidconnect ${crates.openidconnect} on the same work.`,
    table(
      ['work', 'by', 'µs'],
      lines.map(([group, name, value]) => [
        group,
        name === 'intelliauth' ? `**${name}**` : name,
        spread(us(value)),
      ]),
    ),
    Object.entries(values)
      .map(([group, found]) => {
        const entries = Object.entries(found).map(([name, value]) => ({
          name,
          ours: name === 'intelliauth',
          found: us(value),
        }));
        return `- ${group} (${WORK[group]}). ${verdict(entries, 'µs')}`.trim();
      })
      .join('\n'),
  ];
}

/** In the page's order. */
export const sections = { bytes, start, session, tabs, callers, pending, memory, trace, variants, native };

/** What carries the token response: RFC 9110, RFC 9112, and the Fetch standard's CORS. */
import {
  bombed,
  close,
  cors,
  drip,
  encoded,
  endless,
  endlessly,
  goodly,
  headed,
  headersRead,
  json,
  raw,
  redirect,
  reset,
  rewritten,
} from '../support/answers.mjs';

export const title = 'Transport';
export const text =
  'A token request without a usable answer is not sent again. Answers are read up to 256 KiB, and up to the time limit.';

const FOLLOW = 'RFC 9700 §4.12';
const HTTP = 'RFC 9112';
const CORS = 'Fetch §3.2';
const LIMIT = 256 * 1024;
const accepted = { accepted: true, codes: 1 };
const network = { code: 'network_error', codes: 1 };
const timeout = { code: 'timeout', codes: 1 };
const invalid = { code: 'token_response_invalid', codes: 1 };

const answer = (name, clause, answered, expect = network, more = {}) => ({
  name,
  clause,
  apply: (tenant) => {
    tenant.answer.token = answered;
  },
  expect,
  ...more,
});
/** What no time limit lets end: a short one, which passes by itself. */
const slow = (name, clause, answered) =>
  answer(name, clause, answered, timeout, { options: { requestTimeoutSeconds: 1 } });
const padded = (to) =>
  rewritten((body) => body.replace('{', `{"x":"${'x'.repeat(to - body.length - 7)}",`).padEnd(to));
const head =
  (more = '') =>
  (body, allow) =>
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n${allow}${more}\r\n${body}`;
const length = (body, add = 0) => `Content-Length: ${body.length + add}\r\n`;

/** The page's own `fetch`, which a monitoring script has replaced. */
const patched = (how, value, expect = { ...network, codes: 0 }) => ({
  name: `the page's own fetch ${how}`,
  clause: 'own rule',
  script: `{ const real = fetch;
    window.fetch = (input, init) => String(input.url ?? input).includes('/token') ? ${value} : real(input, init); }`,
  expect,
});

export const faults = [
  slow('never answered', 'own rule', () => {}),
  slow('headers, and then nothing', 'own rule', ({ res }) => {
    res.writeHead(200, { 'content-type': 'application/json' });
    res.flushHeaders();
  }),
  slow(
    'half a body, and then nothing',
    'own rule',
    goodly((body, { res }) => {
      res.writeHead(200, { 'content-type': 'application/json' });
      res.write(body.slice(0, 50));
    }),
  ),
  slow('dripping beyond the limit', 'own rule', async ({ res }) => {
    res.writeHead(200, { 'content-type': 'application/json' });
    await drip(res, endlessly(' '), 100);
  }),
  answer(
    'dripping within the limit',
    'own rule',
    goodly(async (body, { res }) => {
      res.writeHead(200, { 'content-type': 'application/json' });
      await drip(res, body.match(/.{1,200}/gs), 60);
      res.end();
    }),
    accepted,
  ),
  slow('headers dripping beyond the limit', 'own rule', async ({ req }) => {
    req.socket.write('HTTP/1.1 200 OK\r\n');
    await drip(req.socket, endlessly('X: y\r\n'), 150);
  }),
  slow('100 Continue for ever', 'RFC 9110 §15.2', ({ req }) =>
    drip(req.socket, endlessly('HTTP/1.1 100 Continue\r\n\r\n'), 100),
  ),
  answer('reset before the headers', 'RFC 9110 §9.2.2', reset()),
  answer('closed before the headers', 'RFC 9110 §9.2.2', close()),
  answer('reset after the headers', 'RFC 9110 §9.2.2', async (turn) => {
    const read = headersRead(turn);
    turn.res.writeHead(200, { 'content-type': 'application/json', 'content-length': '900' });
    turn.res.flushHeaders();
    await read;
    turn.req.socket.resetAndDestroy();
  }),
  answer(
    'reset within the body',
    'RFC 9110 §9.2.2',
    goodly(async (body, turn) => {
      const read = headersRead(turn);
      turn.res.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
      turn.res.write(body.slice(0, 99));
      await read;
      turn.req.socket.resetAndDestroy();
    }),
  ),
  answer(
    'reset after the tokens were made',
    'RFC 6749 §4.1.2',
    goodly((_, { req }) => req.socket.resetAndDestroy()),
  ),
  ...['reset', 'closed'].map((how) => ({
    name: `${how} on a connection that was used before: the browser itself sends it again`,
    clause: 'RFC 9110 §9.2.2',
    options: { discovery: true },
    apply: (tenant) => {
      tenant.keepsConnections = true;
      tenant.answer.token = how === 'reset' ? reset() : close();
    },
    // Chromium's doing, and out of a page's reach: the SDK asked once, and takes no second try.
    expect: { ...network, codes: 2 },
  })),
  {
    name: 'no server there',
    clause: 'own rule',
    options: { endpoints: { token: 'http://127.0.0.1:9/token' } },
    expect: { ...network, codes: 0 },
  },

  ...[301, 302, 303, 307, 308].map((status) =>
    answer(
      `redirected to the attacker, ${status}`,
      FOLLOW,
      redirect(status, (t) => `${t.attacker}/token`),
    ),
  ),
  answer(
    'redirected within the origin',
    'own rule',
    redirect(307, (t) => `${t.issuer}/elsewhere`),
  ),
  answer(
    'redirected to itself',
    'own rule',
    redirect(307, (t) => `${t.issuer}/oauth2/token`),
  ),
  answer(
    'redirected to javascript:',
    FOLLOW,
    redirect(302, () => 'javascript:alert(1)'),
  ),
  answer(
    'redirected to data: with tokens',
    FOLLOW,
    goodly((body, turn) => redirect(302, () => `data:application/json,${encodeURIComponent(body)}`)(turn)),
  ),

  answer('256 KiB exactly', 'own rule', padded(LIMIT), accepted),
  answer('256 KiB and an octet', 'own rule', padded(LIMIT + 1), invalid),
  answer('endless: given up while it streams', 'own rule', endless(64 << 20), invalid, {
    also: async (tenant) => {
      if (tenant.taken > 16 << 20) throw new Error(`${tenant.taken} octets were read`);
    },
  }),
  answer('a bomb of gzip: 64 MB in 64 KB', 'own rule', bombed('gzip', ' '), invalid),
  answer('a bomb of brotli: 64 MB in 60 bytes', 'own rule', bombed('br', ' '), invalid),
  answer('gzip', 'RFC 9110 §8.4', encoded('gzip'), accepted),
  answer('said to be gzip', 'RFC 9110 §8.4', headed({ 'content-encoding': 'gzip' })),
  answer(
    'said to be of an unknown encoding: taken as it is',
    'RFC 9110 §8.4',
    headed({ 'content-encoding': 'rot13' }),
    accepted,
  ),
  answer(
    'shorter than Content-Length',
    `${HTTP} §8`,
    raw((body, allow) => head(length(body, 9))(body, allow)),
  ),
  answer(
    'longer than Content-Length',
    `${HTTP} §6.3`,
    raw((body, allow) => head(length(body, -9))(body, allow)),
    invalid,
  ),
  answer(
    'cut short between chunks',
    `${HTTP} §8`,
    raw((body, allow) =>
      head('Transfer-Encoding: chunked\r\n')(`${body.length.toString(16)}\r\n${body}\r\n`, allow),
    ),
  ),
  answer(
    'chunks of no number',
    `${HTTP} §7.1`,
    raw((body, allow) => head('Transfer-Encoding: chunked\r\n')(`xyz\r\n${body}\r\n0\r\n\r\n`, allow)),
  ),
  answer(
    'two lengths',
    `${HTTP} §6.3`,
    raw((body, allow) => head(length(body) + length(body, 1))(body, allow)),
  ),
  answer(
    'a length of nothing',
    `${HTTP} §6.3`,
    raw((body, allow) => head('Content-Length: 0\r\n')(body, allow)),
    invalid,
  ),
  answer(
    'no status line',
    `${HTTP} §4`,
    raw((body) => body),
  ),
  answer(
    'HTTP/9.9',
    `${HTTP} §2.3`,
    raw((body, allow) => head(length(body))(body, allow).replace('HTTP/1.1', 'HTTP/9.9')),
    accepted,
  ),
  answer(
    'status 1000',
    `${HTTP} §4`,
    raw((body, allow) => head(length(body))(body, allow).replace('200', '1000')),
    { code: 'platform_unavailable', codes: 1 },
  ),
  answer(
    'status 0',
    `${HTTP} §4`,
    raw((body, allow) => head(length(body))(body, allow).replace('200', '000')),
    invalid,
  ),
  answer(
    'a null in a header',
    'RFC 9110 §5.5',
    raw((body, allow) => head(`X: a\0b\r\n${length(body)}`)(body, allow)),
  ),
  answer(
    '300 KB of headers',
    'own rule',
    raw((body, allow) => head(`X: ${'x'.repeat(300_000)}\r\n${length(body)}`)(body, allow)),
  ),
  answer(
    'TLS where there should be none',
    'RFC 8446',
    raw(() => Buffer.from([0x15, 3, 1, 0, 2, 2, 40])),
  ),
  answer(
    'an upgrade to another protocol',
    'RFC 9110 §15.2.2',
    raw(() => 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'),
  ),
  answer(
    'tokens of a second answer behind the first',
    `${HTTP} §9.3`,
    raw((body, allow) => `${head('Content-Length: 0\r\n')('', allow)}${head(length(body))(body, allow)}`),
    invalid,
  ),

  answer('no CORS headers', CORS, cors()),
  answer('CORS for another origin', CORS, cors('http://evil.example')),
  answer('CORS for null', CORS, cors('null')),
  answer(
    'CORS for two origins',
    CORS,
    goodly((body, turn) =>
      cors(turn.tenant.app, 'http://evil.example')({ ...turn, good: async () => JSON.parse(body) }),
    ),
  ),
  answer(
    'CORS for this origin with a slash',
    CORS,
    goodly((body, turn) => cors(`${turn.tenant.app}/`)({ ...turn, good: async () => JSON.parse(body) })),
  ),
  answer('CORS for everybody', CORS, cors('*'), accepted),
  answer('400 without CORS headers: not told from an outage', CORS, (turn) => {
    turn.res.removeHeader('access-control-allow-origin');
    json(400, { error: 'invalid_grant' })(turn);
  }),

  patched('rejects with a text', `Promise.reject('x')`),
  patched('rejects with nothing', 'Promise.reject()'),
  patched('answers with nothing', 'Promise.resolve()'),
  patched(
    'answers with what only looks like a response',
    'Promise.resolve({ ok: true, status: 200, json: () => ({}) })',
  ),
  patched('answers with an error response', 'Promise.resolve(Response.error())', { ...invalid, codes: 0 }),
  patched('answers with a page', `Promise.resolve(new Response('x'))`, { ...invalid, codes: 0 }),
  patched('answers at once, and with no promise', 'undefined'),
  patched('throws', `(() => { throw new TypeError('x') })()`),
];

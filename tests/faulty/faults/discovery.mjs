/** Metadata: RFC 8414, OpenID Connect Discovery 1.0. */
import assert from 'node:assert/strict';
import {
  bombed,
  close,
  cors,
  endless,
  hang,
  headed,
  html,
  json,
  onceThenGood,
  redirect,
  reset,
  rewritten,
  text,
} from '../support/answers.mjs';
import { signature } from '../support/keys.mjs';

export const title = 'Discovery';
export const text_ = 'Which metadata is accepted.';
export { text_ as text };

const options = { discovery: true };
const refused = { code: 'metadata_invalid' };
const accepted = { accepted: true, codes: 1 };
const ISSUER = 'RFC 8414 §3.3, Discovery §4.3';
const TLS = 'RFC 6749 §3.1, §3.2; RFC 9700 §4.4';

const fault = (name, clause, apply, expect = refused) => ({ name, clause, options, apply, expect });
/** One member of the metadata replaced; without a value it is left out. */
const member = (name, clause, key, value, expect) =>
  fault(
    name,
    clause,
    (tenant) => {
      tenant.metadata[key] = typeof value === 'function' ? value(tenant) : value;
    },
    expect,
  );
/** What is answered instead. */
const answer = (name, clause, answered, expect) =>
  fault(
    name,
    clause,
    (tenant) => {
      tenant.answer.metadata = answered;
    },
    expect,
  );
/** A text that is JSON in its own way. */
const body = (name, clause, change, expect) => answer(name, clause, rewritten(change), expect);

const odd = [
  ["on the attacker's origin", (t) => `${t.attacker}/jwks`],
  ['of scheme javascript:', 'javascript:alert(document.domain)'],
  ['is relative', '/x'],
  ['is a number', 7],
];
/** One that the sign-in can do without: left out, with a warning that names the option to set. */
const spared = (key, option, how, value) => ({
  ...member(`${key} ${how}: left out, with a warning`, TLS, key, value, accepted),
  async play(visit) {
    const warned = visit.page.waitForEvent('console', {
      predicate: (message) => message.type() === 'warning' && message.text().includes(key),
    });
    warned.catch(() => {});
    const result = await visit.signIn();
    assert.match((await warned).text(), new RegExp(option));
    return result;
  },
});

export const faults = [
  member('the issuer is the attacker', ISSUER, 'issuer', (t) => t.attacker),
  member('the issuer has a trailing slash', ISSUER, 'issuer', (t) => `${t.issuer}/`, {
    ...refused,
    details: { check: 'issuer', expected: /t\d+$/, received: /t\d+\/$/, option: 'issuer' },
  }),
  member('the issuer in other case', ISSUER, 'issuer', (t) => t.issuer.replace('http', 'HTTP')),
  member('the issuer is percent-encoded', ISSUER, 'issuer', (t) => t.issuer.replace('/t', '/%74')),
  member('no issuer', ISSUER, 'issuer'),
  member('the issuer is an array', ISSUER, 'issuer', (t) => [t.issuer]),
  member('the issuer is null', ISSUER, 'issuer', null),
  body('two issuers, the attacker last', ISSUER, (json) =>
    json.replace(/}$/, ',"issuer":"http://evil.example"}'),
  ),
  body(
    'two issuers, the right one last',
    ISSUER,
    (json) => json.replace('{', '{"issuer":"http://evil.example",'),
    accepted,
  ),

  ...[
    ['authorization_endpoint', 'endpoints.authorization'],
    ['token_endpoint', 'endpoints.token'],
    ['jwks_uri', 'endpoints.jwks'],
  ].flatMap(([name, option]) =>
    odd.map(([how, value]) =>
      member(`${name} ${how}`, TLS, name, value, { ...refused, details: { check: name, option } }),
    ),
  ),
  ...[
    ['revocation_endpoint', 'endpoints.revocation'],
    ['end_session_endpoint', 'endpoints.endSession'],
  ].flatMap(([name, option]) => odd.map(([how, value]) => spared(name, option, how, value))),
  member(
    'authorization_endpoint with a fragment',
    'RFC 6749 §3.1',
    'authorization_endpoint',
    (t) => `${t.issuer}/a#x`,
  ),
  member(
    'token_endpoint with a fragment',
    'RFC 6749 §3.2',
    'token_endpoint',
    (t) => `${t.issuer}/oauth2/token#x`,
  ),
  member('authorization_endpoint without its own origin: //host', TLS, 'authorization_endpoint', (t) =>
    t.attacker.replace('http:', ''),
  ),
  member(
    'authorization_endpoint of scheme data:',
    TLS,
    'authorization_endpoint',
    'data:text/html,<script>alert(1)</script>',
  ),
  member(
    'authorization_endpoint of scheme blob:',
    TLS,
    'authorization_endpoint',
    (t) => `blob:${t.origin}/x`,
  ),
  member(
    'authorization_endpoint with a newline in its scheme',
    TLS,
    'authorization_endpoint',
    'java\nscript:alert(1)',
  ),
  member('token_endpoint behind user info', TLS, 'token_endpoint', (t) =>
    t.attacker.replace('//', `//${t.origin.slice(7)}@`),
  ),
  member('token_endpoint at a longer host', TLS, 'token_endpoint', (t) =>
    t.issuer.replace('127.0.0.1', '127.0.0.1.evil.example'),
  ),
  member(
    'token_endpoint at another name of the host',
    TLS,
    'token_endpoint',
    (t) => `${t.issuer.replace('127.0.0.1', 'localhost')}/oauth2/token`,
  ),
  member('token_endpoint at the host as a number', TLS, 'token_endpoint', (t) =>
    t.issuer.replace('127.0.0.1', '2130706433'),
  ),
  member('token_endpoint at another scheme', TLS, 'token_endpoint', (t) =>
    t.issuer.replace('http:', 'https:'),
  ),
  member(
    'token_endpoint with a backslash',
    TLS,
    'token_endpoint',
    (t) => `${t.attacker}\\@${t.origin.slice(7)}/`,
  ),
  member('token_endpoint with a tab', TLS, 'token_endpoint', (t) => `${t.issuer}/oauth2\t/token`),
  member('token_endpoint with a leading space', TLS, 'token_endpoint', (t) => ` ${t.issuer}/oauth2/token`),
  member('token_endpoint with an empty port', TLS, 'token_endpoint', 'http://127.0.0.1:/oauth2/token'),
  member('token_endpoint is null', TLS, 'token_endpoint', null),
  member('token_endpoint is an array', TLS, 'token_endpoint', (t) => [`${t.issuer}/oauth2/token`]),
  member('no authorization_endpoint', 'RFC 8414 §2', 'authorization_endpoint'),
  member('no token_endpoint', 'RFC 8414 §2', 'token_endpoint'),
  member('no jwks_uri', 'Discovery §3', 'jwks_uri'),
  body('two token endpoints, the attacker last', TLS, (json) =>
    json.replace(/}$/, ',"token_endpoint":"http://evil.example/t"}'),
  ),
  member(
    'token_endpoint with a query, which is kept',
    'RFC 6749 §3.2',
    'token_endpoint',
    (t) => `${t.issuer}/oauth2/token?v=2`,
    accepted,
  ),

  member('only plain', 'RFC 9700 §2.1.1, RFC 7636 §7.2', 'code_challenge_methods_supported', ['plain']),
  member('no challenge method at all', 'RFC 9700 §2.1.1', 'code_challenge_methods_supported', []),
  member('challenge methods as one text', 'RFC 8414 §2', 'code_challenge_methods_supported', 'S256'),
  member('challenge methods of mixed types', 'RFC 8414 §2', 'code_challenge_methods_supported', ['S256', 7]),
  member('s256 in lower case', 'RFC 7636 §4.3', 'code_challenge_methods_supported', ['s256']),
  member(
    'challenge methods not named: S256 is sent',
    'RFC 9700 §2.1.1',
    'code_challenge_methods_supported',
    undefined,
    accepted,
  ),
  ...[
    'code_challenge_methods_supported',
    'authorization_response_iss_parameter_supported',
    'revocation_endpoint',
    'end_session_endpoint',
  ].map((key) => member(`${key} null: as missing`, 'RFC 8414 §2', key, null, accepted)),
  member(
    'plain and S256: S256 is sent',
    'RFC 9700 §4.8',
    'code_challenge_methods_supported',
    ['plain', 'S256'],
    accepted,
  ),
  member(
    'iss support claimed as text: not claimed',
    'RFC 9207 §3',
    'authorization_response_iss_parameter_supported',
    'true',
    accepted,
  ),

  answer('a sign-in page', 'RFC 8414 §3.2', html()),
  answer('empty', 'RFC 8414 §3.2', json(200, '')),
  answer('204', 'RFC 8414 §3.2', ({ res }) => res.writeHead(204).end(), { code: 'metadata_invalid' }),
  answer('an array', 'RFC 8414 §3.2', json(200, '[]')),
  answer('null', 'RFC 8414 §3.2', json(200, 'null')),
  answer('a text', 'RFC 8414 §3.2', json(200, '"https://evil.example"')),
  answer('a signed document instead of JSON', 'RFC 8414 §2.1', async (turn) => {
    const signed = await signature('x', turn.tenant.keys.rsa);
    text(200, `eyJhbGciOiJSUzI1NiJ9.e30.${signed.toString('base64url')}`, 'application/jwt')(turn);
  }),
  body('cut short', 'RFC 8259 §2', (json) => json.slice(0, -1)),
  body('with a byte order mark', 'RFC 8259 §8.1', (json) => `\ufeff${json}`),
  body('not UTF-8', 'RFC 8259 §8.1', (json) =>
    Buffer.concat([Buffer.from(`${json.slice(0, -1)},"x":"`), Buffer.from([0xff, 0x22, 0x7d])]),
  ),
  body('as UTF-16', 'RFC 8259 §8.1', (json) => Buffer.from(json, 'utf16le')),
  body('nested 1000 deep', 'RFC 8259 §9', (json) =>
    json.replace('{', `{"x":${'['.repeat(1000)}${']'.repeat(1000)},`),
  ),
  body('300 KB', 'RFC 8259 §9', (json) => json.replace('{', `{"x":"${'x'.repeat(300_000)}",`)),
  body(
    'with __proto__ members',
    'checklist §2 row 25',
    (json) => json.replace('{', '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},'),
    accepted,
  ),
  body('the endpoints inside __proto__ only', 'checklist §2 row 25', (json) => `{"__proto__":${json}}`),
  answer(
    'as text/html',
    'RFC 8414 §3.2',
    rewritten((json) => json, 'text/html'),
    accepted,
  ),
  answer(
    'with a cookie, which is not kept',
    'RFC 9700 §4.4',
    headed({ 'set-cookie': 'a=b; Path=/' }),
    accepted,
  ),
  answer('a bomb: 64 MB in 64 KB', 'own rule', bombed('gzip')),
  answer('endless', 'own rule', endless(64 << 20)),

  answer('404', 'RFC 8414 §3.2', html(404), {
    code: 'metadata_invalid',
    details: { check: 'status', expected: '200', received: '404' },
  }),
  answer('403', 'RFC 8414 §3.2', html(403), { code: 'metadata_invalid' }),
  answer('500 with good metadata', 'RFC 8414 §3.2', headed({}, 500), { code: 'platform_unavailable' }),
  answer('201 with good metadata', 'RFC 8414 §3.2: 200', headed({}, 201), { code: 'metadata_invalid' }),
  answer(
    'redirected to the attacker',
    'RFC 9700 §4.4',
    redirect(302, (t) => `${t.attacker}/metadata`),
    { code: 'network_error' },
  ),
  answer(
    'redirected within the origin',
    'own rule',
    redirect(308, (t) => `${t.issuer}/elsewhere`),
    { code: 'network_error' },
  ),
  answer('never', 'own rule', hang(), { code: 'timeout' }),
  answer('reset', 'own rule', reset(), { code: 'network_error' }),
  answer('closed without a word', 'own rule', close(), { code: 'network_error' }),
  answer('without CORS headers', 'Fetch §3.2', cors(), { code: 'network_error' }),
  answer('CORS for the attacker', 'Fetch §3.2', cors('http://evil.example'), { code: 'network_error' }),

  ...[
    ['token_endpoint moves to the attacker while the user is away', 'token_endpoint'],
    ['jwks_uri moves to the attacker while the user is away', 'jwks_uri'],
    ['the issuer changes while the user is away', 'issuer'],
  ].map(([name, key]) => ({
    name,
    clause: 'RFC 9700 §4.4.2',
    options,
    between: (tenant) => {
      tenant.metadata[key] = `${tenant.attacker}/jwks`;
    },
    expect: refused,
  })),
  {
    name: 'unreachable while the user is away',
    clause: 'RFC 9700 §4.4.2',
    options,
    between: (tenant) => {
      tenant.answer.metadata = json(503, {});
    },
    expect: { code: 'platform_unavailable' },
  },
  {
    name: 'unreachable at the first try, good at the second',
    clause: 'own rule: a failed reading is not kept',
    options,
    apply: (tenant) => {
      tenant.answer.metadata = onceThenGood(json(503, {}));
    },
    async play(visit) {
      await visit.open(`${visit.tenant.app}/`);
      await visit.drive('login');
      return visit.signIn();
    },
    expect: { ...accepted, asked: { metadata: 3 } },
  },
];

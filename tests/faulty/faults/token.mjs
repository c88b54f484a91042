/** The token endpoint's answers as a whole: RFC 6749 §5, RFC 8259. */
import { goodly, headed, html, json, text as plain, refuse, rewritten } from '../support/answers.mjs';

export const title = 'Token response: status and JSON';
export const text =
  'The code is sent once, whatever the answer is: it is not sent again after an answer that cannot be used.';

const OK = 'RFC 6749 §5.1';
const ERROR = 'RFC 6749 §5.2';
const JSON_ = 'RFC 8259';

const invalid = { code: 'token_response_invalid', codes: 1 };
const down = { code: 'platform_unavailable', codes: 1 };
const accepted = { accepted: true, codes: 1 };

const answer = (name, clause, answered, expect = invalid) => ({
  name,
  clause,
  apply: (tenant) => {
    tenant.answer.token = answered;
  },
  expect,
});
const body = (name, clause, change, expect, type) => answer(name, clause, rewritten(change, type), expect);
const refused = (name, clause, answered, code, error) =>
  answer(name, clause, answered, { code, codes: 1, details: { error } });
const status = (number, expect, answered = html(number)) =>
  answer(`${number} with a page`, ERROR, answered, expect);

export const faults = [
  answer('a sign-in page', OK, html()),
  answer('empty', OK, json(200, '')),
  answer('204', OK, ({ res }) => res.writeHead(204).end()),
  answer('205', OK, ({ res }) => res.writeHead(205).end()),
  answer('201 with tokens', OK, headed({}, 201), accepted),
  answer('206 with tokens', OK, headed({}, 206), accepted),
  answer('300 with tokens', OK, headed({}, 300)),
  answer('304', OK, ({ res }) => res.writeHead(304).end()),
  answer('302 without a location', OK, headed({}, 302)),
  answer('200 with an OAuth error', OK, refuse('invalid_grant', 200), {
    code: 'code_refused',
    codes: 1,
    details: { error: 'invalid_grant' },
  }),
  answer('200 with temporarily_unavailable', OK, refuse('temporarily_unavailable', 200), down),
  answer('200 with an empty error', OK, json(200, { error: '' })),
  body('200 with tokens, and an error besides', OK, (json_) => json_.replace('{', '{"error":"x",'), accepted),

  refused('invalid_request', ERROR, refuse('invalid_request'), 'token_request_refused', 'invalid_request'),
  refused('invalid_client', ERROR, refuse('invalid_client'), 'client_refused', 'invalid_client'),
  refused(
    'invalid_client with 401 and a challenge',
    ERROR,
    refuse('invalid_client', 401, { 'www-authenticate': 'Basic realm="x"' }),
    'client_refused',
    'invalid_client',
  ),
  refused('invalid_grant', ERROR, refuse('invalid_grant'), 'code_refused', 'invalid_grant'),
  refused(
    'unauthorized_client',
    ERROR,
    refuse('unauthorized_client'),
    'client_refused',
    'unauthorized_client',
  ),
  refused(
    'unsupported_grant_type',
    ERROR,
    refuse('unsupported_grant_type'),
    'token_request_refused',
    'unsupported_grant_type',
  ),
  refused('invalid_scope', ERROR, refuse('invalid_scope'), 'token_request_refused', 'invalid_scope'),
  refused(
    'invalid_target',
    'RFC 8707 §2',
    refuse('invalid_target'),
    'token_request_refused',
    'invalid_target',
  ),
  refused(
    'use_dpop_nonce: no retry',
    'RFC 9449 §8',
    refuse('use_dpop_nonce', 400, { 'dpop-nonce': 'x' }),
    'token_request_refused',
    'use_dpop_nonce',
  ),
  refused('a home-made code', ERROR, refuse('AADSTS70008'), 'token_request_refused', 'AADSTS70008'),
  refused('a code named __proto__', ERROR, refuse('__proto__'), 'token_request_refused', '__proto__'),
  refused(
    'markup for a code',
    ERROR,
    refuse('<img src=x onerror=alert(1)>'),
    'token_request_refused',
    '<img src=x onerror=alert(1)>',
  ),
  refused('an empty code', ERROR, refuse(''), 'token_request_refused', ''),
  refused('100 KB of code', ERROR, refuse('x'.repeat(100_000)), 'token_request_refused', 'x'.repeat(300)),
  answer(
    '400 with invalid_grant and tokens besides',
    ERROR,
    goodly((json_, turn) => json(400, json_.replace('{', '{"error":"invalid_grant",'))(turn)),
    { code: 'code_refused', codes: 1 },
  ),
  answer('temporarily_unavailable', ERROR, refuse('temporarily_unavailable'), down),
  answer('server_error', ERROR, refuse('server_error'), down),
  answer('slow_down', 'RFC 8628 §3.5', refuse('slow_down'), down),
  answer('the error is a number', ERROR, json(400, { error: 7 })),
  answer('the error is an object', ERROR, json(400, { error: { code: 'invalid_grant' } })),
  answer(
    'the description is an object',
    ERROR,
    json(400, { error: 'invalid_scope', error_description: { a: 1 } }),
    { code: 'token_request_refused', codes: 1, details: { description: '' } },
  ),
  answer('400 with no error named', ERROR, json(400, {})),
  answer('400 and empty', ERROR, json(400, '')),
  answer('400 with tokens', ERROR, headed({}, 400)),
  answer('401 and empty, with a challenge: no dialog', ERROR, ({ res }) =>
    res.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end(),
  ),
  status(400, invalid),
  status(403, invalid),
  status(404, invalid),
  status(405, invalid),
  status(408, down),
  status(413, invalid),
  status(415, invalid),
  answer('429', 'RFC 6585 §4', json(429, {}), { code: 'rate_limited', codes: 1 }),
  answer(
    '429 with Retry-After and invalid_grant',
    'RFC 6585 §4',
    refuse('invalid_grant', 429, { 'retry-after': '1' }),
    { code: 'rate_limited', codes: 1 },
  ),
  answer('500 with invalid_grant', ERROR, refuse('invalid_grant', 500), down),
  answer('500 with tokens', ERROR, headed({}, 500), down),
  status(502, down),
  answer('503 with Retry-After: 0', 'RFC 9110 §10.2.3', json(503, {}, { 'retry-after': '0' }), down),
  answer(
    '503 with Retry-After: -1e99',
    'RFC 9110 §10.2.3',
    json(503, {}, { 'retry-after': '-1e99', 'access-control-expose-headers': '*' }),
    down,
  ),
  status(504, down),
  status(599, down),
  status(999, down),

  body('in an array', JSON_, (json_) => `[${json_}]`),
  body('in another object', OK, (json_) => `{"data":${json_}}`),
  body('as text in JSON', JSON_, (json_) => JSON.stringify(json_)),
  body('null', JSON_, () => 'null'),
  body('a number', JSON_, () => '1e3'),
  body('members in camel case', OK, (json_) => json_.replace(/_(\w)/g, (_, c) => c.toUpperCase())),
  body(
    'as a form',
    OK,
    (json_) => String(new URLSearchParams(JSON.parse(json_))),
    invalid,
    'application/x-www-form-urlencoded',
  ),
  body('as JSONP', JSON_, (json_) => `callback(${json_})`),
  body('behind an XSSI prefix', JSON_, (json_) => `)]}'\n${json_}`),
  body('twice', JSON_, (json_) => `${json_}\n${json_}`),
  body('cut short', JSON_, (json_) => json_.slice(0, -1)),
  body('with single quotes', JSON_, (json_) => json_.replaceAll('"', "'")),
  body('with a comment', JSON_, (json_) => json_.replace('{', '{/* x */')),
  body('with a comma too many', JSON_, (json_) => json_.replace('}', ',}')),
  body('with NaN', JSON_, (json_) => json_.replace('3600', 'NaN')),
  body('with space around', `${JSON_} §2`, (json_) => ` \r\n\t${json_}\n`, accepted),
  body('with a byte order mark', `${JSON_} §8.1`, (json_) => `\ufeff${json_}`),
  body('not UTF-8', `${JSON_} §8.1`, (json_) =>
    Buffer.concat([Buffer.from(`${json_.slice(0, -1)},"x":"`), Buffer.from([0xc3, 0x28, 0x22, 0x7d])]),
  ),
  body('UTF-8 that is too long', `${JSON_} §8.1`, (json_) =>
    Buffer.concat([Buffer.from(`${json_.slice(0, -1)},"x":"`), Buffer.from([0xc0, 0xaf, 0x22, 0x7d])]),
  ),
  body('as UTF-16', `${JSON_} §8.1`, (json_) => Buffer.from(`\ufeff${json_}`, 'utf16le')),
  body('a null octet at the end', JSON_, (json_) => `${json_}\0`),
  body('a raw newline in the token', `${JSON_} §7`, (json_) => json_.replace('at~', 'at\n')),
  body('nested 33 deep', `${JSON_} §9`, (json_) =>
    json_.replace('{', `{"x":${'['.repeat(32)}${']'.repeat(32)},`),
  ),
  body(
    'nested 30 deep',
    `${JSON_} §9`,
    (json_) => json_.replace('{', `{"x":${'['.repeat(30)}${']'.repeat(30)},`),
    accepted,
  ),
  body('nested 100000 deep', `${JSON_} §9`, (json_) =>
    json_.replace('{', `{"x":${'['.repeat(100_000)}${']'.repeat(100_000)},`),
  ),
  body('half a surrogate pair', `${JSON_} §8.2`, (json_) => json_.replace('{', '{"x":"\\ud800",')),
  body('the other half', `${JSON_} §8.2`, (json_) => json_.replace('{', '{"x":"\\udc00",')),
  body(
    'a whole surrogate pair',
    `${JSON_} §8.2`,
    (json_) => json_.replace('{', '{"x":"\\ud83d\\ude00",'),
    accepted,
  ),
  body(
    'member names with escapes',
    `${JSON_} §8.3`,
    (json_) => json_.replace('access_token', '\\u0061ccess_token'),
    accepted,
  ),
  body('a null in the member name', `${JSON_} §8.3`, (json_) =>
    json_.replace('access_token', 'access_token\\u0000'),
  ),
  body(
    'access_token twice: the last counts',
    `${JSON_} §4`,
    (json_) => json_.replace('{', '{"access_token":7,'),
    accepted,
  ),
  body('token_type twice, DPoP last', `${JSON_} §4`, (json_) => json_.replace(/}$/, ',"token_type":"DPoP"}')),
  body(
    '10000 more members',
    OK,
    (json_) => json_.replace('{', `{${Array.from({ length: 10_000 }, (_, i) => `"m${i}":${i}`)},`),
    accepted,
  ),
  body(
    'unknown members of every type',
    OK,
    (json_) => json_.replace('{', '{"a":null,"b":[],"c":{},"d":1e999,"error":"x","toString":1,"then":"x",'),
    accepted,
  ),
  body(
    '__proto__ beside the tokens',
    'checklist §2 row 25',
    (json_) => json_.replace('{', '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},'),
    accepted,
  ),
  body('the tokens inside __proto__', 'checklist §2 row 25', (json_) => `{"__proto__":${json_}}`),
  {
    ...body("the tokens in the page's Object.prototype only", 'checklist §2 row 25', () => '{}'),
    script: `Object.assign(Object.prototype, { access_token: 'x', token_type: 'Bearer' });`,
    expect: { ...invalid, polluted: 'access_token,token_type' },
  },
  body('as text/html', OK, (json_) => json_, accepted, 'text/html'),
  body(
    'as text/javascript; charset=utf-16',
    OK,
    (json_) => json_,
    accepted,
    'text/javascript; charset=utf-16',
  ),
  answer(
    'without a content type',
    OK,
    goodly((json_, turn) => plain(200, json_, '')(turn)),
    accepted,
  ),
  answer(
    'as nosniff and an image',
    'Fetch §3.5',
    headed({ 'content-type': 'image/png', 'x-content-type-options': 'nosniff' }),
    accepted,
  ),

  answer(
    'with a cookie, which is not kept',
    'BBA §6.3',
    headed({ 'set-cookie': ['sso=1; Path=/', 'b=c; SameSite=None; Secure'] }),
    accepted,
  ),
  answer(
    'with headers that lead to the attacker',
    'own rule',
    goodly((json_, turn) => {
      const to = turn.tenant.attacker;
      const headers = {
        refresh: `0;url=${to}/r`,
        link: `<${to}/l>; rel=preload; as=fetch, <${to}/m>; rel=preconnect`,
        location: `${to}/o`,
        'content-location': `${to}/c`,
        sourcemap: `${to}/s`,
        'reporting-endpoints': `default="${to}/e"`,
        'alt-svc': `h2="${to.slice(7).split('/')[0]}"`,
        'clear-site-data': '"storage"',
      };
      json(200, json_, headers)(turn);
    }),
    accepted,
  ),
  answer(
    'with early hints of the attacker',
    'RFC 8297',
    goodly((json_, turn) => {
      turn.res.writeEarlyHints({ link: `<${turn.tenant.attacker}/x>; rel=preload; as=script` });
      turn.res.writeProcessing();
      json(200, json_)(turn);
    }),
    accepted,
  ),
  answer(
    'as a download',
    'own rule',
    headed({ 'content-disposition': 'attachment; filename="x.exe"' }),
    accepted,
  ),
  answer(
    'with a policy against its own readers',
    'Fetch §3.7',
    headed({ 'cross-origin-resource-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' }),
    accepted,
  ),
];

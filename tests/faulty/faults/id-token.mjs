/** The ID token's claims and form: OpenID Connect Core §2, §3.1.3.7; RFC 7515. */
import { createHmac } from 'node:crypto';
import { exportSPKI, importJWK } from 'jose';
import { b64, compact } from '../support/keys.mjs';

export const title = 'ID token: claims and form';
export const text =
  'Without metadata TLS stands for the signature (Core §3.1.3.7 item 6); everything else is checked.';

const ITEM = (number) => `Core §3.1.3.7 item ${number}`;
const JWS = 'RFC 7515 §7.1';
const refused = (check) => ({ code: 'id_token_invalid', codes: 1, details: { check } });
const accepted = { accepted: true, codes: 1 };
const skewed = (offset) => ({ code: 'clock_skew', codes: 1, details: { offsetSeconds: offset } });

/** Claims replaced; `undefined` leaves one out. */
const claims = (name, clause, change, expect, more) => ({
  name,
  clause,
  apply: (tenant) => {
    tenant.first.claims = (good) => ({ ...good, ...change(good, tenant) });
  },
  expect,
  ...more,
});
const claim = (name, clause, key, value, expect = refused(key), more = {}) =>
  claims(
    name,
    clause,
    (good, tenant) => ({ [key]: typeof value === 'function' ? value(good[key], tenant) : value }),
    expect,
    more,
  );
/** The token made in another way. */
const made = (name, clause, sign, expect) => ({
  name,
  clause,
  apply: (tenant) => {
    tenant.first.sign = sign;
  },
  expect,
});
const header = (name, clause, more, expect) =>
  made(
    name,
    clause,
    (good, { keys }) => compact({ alg: 'RS256', kid: 'rs-1', ...more }, good, keys.rsa),
    expect,
  );
/** The good token's text, changed. */
const rewritten = (name, clause, change, expect) =>
  made(
    name,
    clause,
    async (good, { keys }) => change(await compact({ alg: 'RS256', kid: 'rs-1' }, good, keys.rsa)),
    expect,
  );
const payload = (name, clause, change, expect) =>
  made(
    name,
    clause,
    (good, { keys }) => compact({ alg: 'RS256' }, change(JSON.stringify(good)), keys.rsa),
    expect,
  );
const hmac = (alg, secret) => async (good, tenant) => {
  const signed = `${b64({ alg })}.${b64(good)}`;
  return `${signed}.${createHmac('sha256', await secret(tenant))
    .update(signed)
    .digest('base64url')}`;
};
const ago = (seconds) => (good) => ({ iat: good.iat - seconds, exp: good.iat + 9999 });
const maxAge = { login: { maxAge: 100 } };
const sub = (how, value, expect) => claim(`sub ${how}`, 'Core §2', 'sub', value, expect);

export const faults = [
  claim('iss is the attacker', ITEM(2), 'iss', (_, t) => t.attacker),
  claim('iss with a trailing slash', ITEM(2), 'iss', (iss) => `${iss}/`, {
    ...refused('iss'),
    details: { check: 'iss', expected: /t\d+$/, received: /t\d+\/$/, option: 'issuer' },
  }),
  claim('iss in other case', ITEM(2), 'iss', (iss) => iss.toUpperCase()),
  claim('iss missing', ITEM(2), 'iss', undefined),
  claim('iss an array', ITEM(2), 'iss', (iss) => [iss]),
  claim('iss null', ITEM(2), 'iss', null),
  payload(
    'iss with an escape in JSON: the same',
    'RFC 8259 §8.3',
    (json) => json.replace('http:', 'http\\u003a'),
    accepted,
  ),
  payload(
    'iss twice, the attacker last',
    ITEM(2),
    (json) => json.replace(/}$/, ',"iss":"http://evil.example"}'),
    refused('iss'),
  ),

  claim('aud is another client', ITEM(3), 'aud', 'other', {
    ...refused('aud'),
    details: { check: 'aud', expected: 'app', received: 'other', option: 'clientId' },
  }),
  claim('aud in other case', ITEM(3), 'aud', 'App'),
  claim('aud missing', ITEM(3), 'aud', undefined),
  claim('aud empty', ITEM(3), 'aud', ''),
  claim('aud an empty array', ITEM(3), 'aud', []),
  claim('aud a number', ITEM(3), 'aud', 7),
  claim('aud an object', ITEM(3), 'aud', { 0: 'app' }),
  claim('aud with an audience more', ITEM(3), 'aud', ['app', 'other']),
  claims('aud with an audience more, and azp', ITEM(3), () => ({ aud: ['app', 'other'], azp: 'app' }), {
    ...refused('aud'),
    details: { received: 'app other', option: 'additionalAudiences' },
  }),
  ...[
    ['an audience more that the app names, and azp', ['app', 'other'], 'app', accepted],
    ['an audience more that the app names, in another order', ['other', 'app'], 'app', accepted],
    ['an audience more that the app names, without azp', ['app', 'other'], undefined, refused('azp')],
    ['an audience more that the app names, azp is that one', ['app', 'other'], 'other', refused('azp')],
    ['the audience that the app names alone', 'other', 'app', refused('aud')],
    ['the audience that the app names and a third', ['app', 'other', 'x'], 'app', refused('aud')],
    ['this client twice', ['app', 'app'], undefined, accepted],
  ].map(([name, aud, azp, expect]) =>
    claims(name, `${ITEM(3)}, 4, 5`, () => ({ aud, azp }), expect, {
      options: { additionalAudiences: ['other'] },
    }),
  ),
  claim('aud with null in it', ITEM(3), 'aud', ['app', null]),
  claim('aud as a list in one text', ITEM(3), 'aud', 'app other'),
  claim('aud an array of one: the same', ITEM(3), 'aud', ['app'], accepted),
  claim('azp is another client', ITEM(5), 'azp', 'other'),
  claim('azp a number', ITEM(5), 'azp', 7),
  claim('azp empty', ITEM(5), 'azp', ''),
  claim('azp null: as missing', ITEM(5), 'azp', null, accepted),
  claim('azp this client: the same', ITEM(5), 'azp', 'app', accepted),

  sub('missing', undefined),
  sub('empty', ''),
  sub('a number', 7),
  sub('null', null),
  sub('an array', ['ada']),
  sub('of 256 characters', 'x'.repeat(256)),
  sub('of 255 characters', 'x'.repeat(255), accepted),
  sub('not ASCII', 'ädä'),

  claim('exp missing', ITEM(9), 'exp', undefined),
  claim('exp a text', ITEM(9), 'exp', (exp) => String(exp)),
  claim('exp a date', ITEM(9), 'exp', '2099-01-01T00:00:00Z'),
  claim('exp null', ITEM(9), 'exp', null),
  claim('exp in milliseconds', ITEM(9), 'exp', (exp) => exp * 1000),
  claim('exp negative', ITEM(9), 'exp', -1),
  claim('exp when it was issued', ITEM(9), 'exp', (exp) => exp - 3600),
  claims(
    'exp passed beyond the skew',
    ITEM(9),
    (good) => ({ iat: good.iat - 290, exp: good.iat - 300 }),
    refused('exp'),
  ),
  claims(
    'exp passed within the skew',
    ITEM(9),
    (good) => ({ iat: good.iat - 200, exp: good.iat - 100 }),
    accepted,
  ),
  payload('exp 1e999', ITEM(9), (json) => json.replace(/"exp":\d+/, '"exp":1e999'), refused('exp')),
  claim('exp in the year 9999', ITEM(9), 'exp', 253_402_300_799, accepted),
  claim('exp fractional', 'Core §2, RFC 7519 §2', 'exp', (exp) => exp + 0.5, accepted),

  claim('iat missing', ITEM(10), 'iat', undefined),
  claim('iat a text', ITEM(10), 'iat', (iat) => String(iat)),
  claim('iat true', ITEM(10), 'iat', true),
  claim('iat in milliseconds', ITEM(10), 'iat', (iat) => iat * 1000),
  claims('iat an hour ago: the clock is ahead', ITEM(10), ago(3600), skewed(/^360\d$/)),
  claims('iat in an hour: the clock is behind', ITEM(10), ago(-3600), skewed(/^-3(600|59\d)$/)),
  claims('iat 1970', ITEM(10), () => ({ iat: 0 }), skewed(/^1\d{9}$/)),
  claims('iat four minutes ago: tolerated', ITEM(10), ago(240), accepted),
  claims('iat in four minutes: tolerated', ITEM(10), ago(-240), accepted),
  claims('iat a minute ago where ten seconds are tolerated', ITEM(10), ago(60), skewed(/^6\d$/), {
    options: { clockSkewSeconds: 10 },
  }),
  claims(
    'iat an hour ago, and another nonce: not the clock',
    ITEM(11),
    (good) => ({ ...ago(3600)(good), nonce: 'old' }),
    refused('nonce'),
  ),

  claim('nonce missing', ITEM(11), 'nonce', undefined),
  claim('nonce another', ITEM(11), 'nonce', 'other'),
  claim('nonce in other case', ITEM(11), 'nonce', (nonce) => nonce.toUpperCase()),
  claim('nonce empty', ITEM(11), 'nonce', ''),
  claim('nonce null', ITEM(11), 'nonce', null),
  claim('nonce an array', ITEM(11), 'nonce', (nonce) => [nonce]),
  claim('nonce and one character more', ITEM(11), 'nonce', (nonce) => `${nonce}A`),

  claim('at_hash another', 'Core §3.1.3.8', 'at_hash', 'AAAAAAAAAAAAAAAAAAAAAA'),
  claim('at_hash padded', 'Core §3.1.3.6', 'at_hash', (hash) => `${hash}==`),
  claim('at_hash null: as missing', 'Core §3.1.3.6', 'at_hash', null, accepted),
  claim('at_hash a number', 'Core §3.1.3.6', 'at_hash', 7),
  claim('at_hash missing', 'Core §3.1.3.6: optional', 'at_hash', undefined, accepted),
  claim(
    'auth_time missing where an age was asked for',
    ITEM(13),
    'auth_time',
    undefined,
    refused('auth_time'),
    maxAge,
  ),
  claims(
    'auth_time too old',
    ITEM(13),
    (good) => ({ auth_time: good.iat - 500 }),
    refused('auth_time'),
    maxAge,
  ),
  claims('auth_time as asked', ITEM(13), (good) => ({ auth_time: good.iat - 50 }), accepted, maxAge),
  claim('auth_time a text', 'Core §2', 'auth_time', 'today'),
  claim('auth_time null: as missing', 'Core §2', 'auth_time', null, accepted),
  claims(
    'markup and a script URL among the claims',
    'Core §5.1',
    () => ({ name: '<img src=x onerror=alert(1)>', picture: 'javascript:alert(1)' }),
    accepted,
  ),
  payload(
    '__proto__ as a claim',
    'checklist §2 row 25',
    (json) => json.replace('{', '{"__proto__":{"polluted":1,"sub":"eve"},'),
    accepted,
  ),
  payload(
    'the claims inside __proto__',
    'checklist §2 row 25',
    (json) => `{"__proto__":${json}}`,
    refused('iss'),
  ),

  made('alg none, no signature', ITEM(8), (good) => `${b64({ alg: 'none' })}.${b64(good)}.`, refused('alg')),
  made('alg nOnE', ITEM(8), (good) => `${b64({ alg: 'nOnE' })}.${b64(good)}.eA`, refused('alg')),
  made(
    'HS256 by the client id',
    ITEM(8),
    hmac('HS256', () => 'app'),
    refused('alg'),
  ),
  made(
    'HS256 by the public key: algorithm confusion',
    'RFC 8725 §2.1',
    hmac('HS256', async ({ keys }) =>
      exportSPKI(/** @type {any} */ (await importJWK(keys.rsa.jwk, 'RS256', { extractable: true }))),
    ),
    refused('alg'),
  ),
  header('alg RS1', ITEM(7), { alg: 'RS1' }, refused('alg')),
  header('alg RS512', ITEM(7), { alg: 'RS512' }, accepted),
  header(
    'alg RS513',
    ITEM(7),
    { alg: 'RS513' },
    {
      ...refused('alg'),
      details: { check: 'alg', expected: /RS256.*EdDSA/, received: 'RS513' },
    },
  ),
  header('alg ES256K', ITEM(7), { alg: 'ES256K' }, refused('alg')),
  header('alg in lower case', 'RFC 7515 §4.1.1', { alg: 'rs256' }, refused('alg')),
  header('alg an array', 'RFC 7515 §4.1.1', { alg: ['RS256'] }, refused('alg')),
  header('alg missing', 'RFC 7515 §4.1.1', { alg: undefined }, refused('alg')),
  header('crit with b64', 'RFC 7515 §4.1.11, RFC 7797', { crit: ['b64'], b64: false }, refused('crit')),
  header('crit with an unknown name', 'RFC 7515 §4.1.11', { crit: ['x'], x: 1 }, refused('crit')),
  header('crit empty', 'RFC 7515 §4.1.11', { crit: [] }, refused('crit')),
  header('kid a number', 'RFC 7515 §4.1.4', { kid: 7 }, refused('kid')),
  header('kid that injects', 'RFC 7515 §4.1.4', { kid: "../../dev/null' OR 1=1 --" }, accepted),

  made('1 part', JWS, () => 'abc', refused('parts')),
  rewritten('2 parts', JWS, (token) => token.split('.').slice(0, 2).join('.'), refused('parts')),
  rewritten('4 parts', JWS, (token) => `${token}.`, refused('parts')),
  rewritten('5 parts: encrypted', ITEM(1), (token) => `${token}.eA.eA`, refused('parts')),
  rewritten('the signature stripped', JWS, (token) => token.replace(/[^.]+$/, ''), refused('signature')),
  rewritten('the signature padded', 'RFC 7515 §2', (token) => `${token}==`, refused('signature')),
  rewritten(
    'the signature not canonical',
    'RFC 4648 §3.5',
    (token) => token.replace(/.$/, (last) => String.fromCharCode(last.charCodeAt(0) + 1)),
    refused('signature'),
  ),
  rewritten(
    'the signature in plain base64',
    'RFC 7515 §2',
    (token) => token.replace(/[^.]+$/, '++//'),
    refused('signature'),
  ),
  rewritten('the header padded', 'RFC 7515 §2', (token) => token.replace('.', '=.'), refused('header')),
  rewritten(
    'the header in JSON, not encoded',
    JWS,
    (token) => token.replace(/^[^.]+/, '{"alg":"RS256"}'),
    refused('header'),
  ),
  rewritten('no header', JWS, (token) => token.replace(/^[^.]+/, ''), refused('header')),
  rewritten('no payload', JWS, (token) => token.replace(/\.[^.]+\./, '..'), refused('payload')),
  made(
    'the header an array',
    JWS,
    (good, { keys }) => compact([{ alg: 'RS256' }], good, keys.rsa),
    refused('header'),
  ),
  payload('the payload an array', 'RFC 7519 §7.2', (json) => `[${json}]`, refused('payload')),
  payload(
    'the payload with a byte order mark',
    'RFC 7519 §7.2',
    (json) => `\ufeff${json}`,
    refused('payload'),
  ),
  payload(
    'the payload not UTF-8',
    'RFC 7519 §7.2',
    (json) => Buffer.concat([Buffer.from(json.slice(0, -1)), Buffer.from(',"x":"\xff"}', 'latin1')]),
    refused('payload'),
  ),
  payload(
    'the payload with half a surrogate pair',
    'RFC 8259 §8.2',
    (json) => json.replace('Ada', '\\ud800'),
    refused('payload'),
  ),
  payload(
    'the payload nested 100 deep',
    'RFC 8259 §9',
    (json) => json.replace('{', `{"x":${'['.repeat(100)}${']'.repeat(100)},`),
    refused('payload'),
  ),
  claim('more than 64 KB', 'own rule', 'x', 'x'.repeat(65_000), refused('size')),

  claims(
    "the platform's logout token",
    'Back-Channel Logout §2.4',
    () => ({ nonce: undefined, events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }),
    refused('nonce'),
  ),
  claims(
    "the platform's access token",
    'RFC 9068 §2',
    () => ({ nonce: undefined, client_id: 'app', scope: 'openid' }),
    refused('nonce'),
  ),
];

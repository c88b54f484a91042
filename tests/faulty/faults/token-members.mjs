/** The members of a good token response: RFC 6749 §5.1, §7.1. */
import { rewritten } from '../support/answers.mjs';

export const title = 'Token response: members';
export const text =
  'Each member is missing, of another type, or odd. `lives` is the lifetime that the SDK assumes for the access token.';

const OK = 'RFC 6749 §5.1';
const TYPE = 'RFC 6749 §7.1';
const VISIBLE = 'RFC 6749 app. A';
const invalid = { code: 'token_response_invalid', codes: 1 };
const accepted = { accepted: true, codes: 1 };

/** The good answer with `key` replaced; without a value it is left out. */
const member = (name, clause, key, value, expect = invalid, also) => ({
  name,
  clause,
  apply: (tenant) => {
    tenant.first.body = (members) => ({
      ...members,
      [key]: typeof value === 'function' ? value(members[key]) : value,
    });
  },
  also,
  expect,
});
/** The lifetime as written in JSON, and the one that it comes to, in seconds. */
const lifetime = (name, written, lives) => ({
  name: `expires_in ${name}`,
  clause: OK,
  apply: (tenant) => {
    tenant.answer.token = rewritten((json) => json.replace('"expires_in":3600', written));
  },
  expect: { ...accepted, lifetime: lives },
});

const odd = [
  ['a number', 7],
  ['true', true],
  ['an array', ['x']],
  ['an object', { value: 'x' }],
  ['with a space', 'x y'],
  ['with a newline', 'x\r\nx-evil: 1'],
  ['not ASCII', 'xé'],
  ['with a null', 'x\0'],
];

/** Ways to leave out a token. */
const absent = [
  ['missing', undefined],
  ['null: none', null],
  ['empty: none', ''],
];

export const faults = [
  ...['access_token', 'refresh_token', 'id_token'].flatMap((key) =>
    odd.map(([how, value]) => member(`${key} ${how}`, typeof value === 'string' ? VISIBLE : OK, key, value)),
  ),
  member('no access_token', OK, 'access_token'),
  member('access_token null', OK, 'access_token', null),
  member('access_token empty', VISIBLE, 'access_token', ''),
  member('access_token of 100 KB', 'RFC 6749 §5.1: no sizes assumed', 'access_token', 'x'.repeat(100_000), {
    code: 'id_token_invalid',
    codes: 1,
    details: { check: 'at_hash' },
  }),
  ...absent.map(([how, value]) =>
    member(`refresh_token ${how}`, OK, 'refresh_token', value, accepted, (_, { state }) => {
      if (state.refreshAt !== undefined) throw new Error('a refresh is planned');
    }),
  ),
  member('the refresh token is the access token', OK, 'refresh_token', () => 'x', accepted),
  ...absent.map(([how, value]) =>
    member(`id_token ${how}`, 'Core §3.1.3.3', 'id_token', value, {
      code: 'id_token_invalid',
      codes: 1,
      details: { check: 'missing' },
    }),
  ),

  member('no token_type', TYPE, 'token_type'),
  member('token_type null', TYPE, 'token_type', null),
  member('token_type a number', TYPE, 'token_type', 7),
  member('token_type an array', TYPE, 'token_type', ['Bearer']),
  member('token_type empty', TYPE, 'token_type', ''),
  member('token_type DPoP, not asked for', `${TYPE}, RFC 9449 §5`, 'token_type', 'DPoP'),
  member('token_type mac', TYPE, 'token_type', 'mac'),
  member('token_type N_A', 'RFC 8693 §2.2.1', 'token_type', 'N_A'),
  member('token_type with a space', TYPE, 'token_type', 'Bearer '),
  member('token_type with a letter of another script', TYPE, 'token_type', 'Веarer'),
  member('token_type in lower case', TYPE, 'token_type', 'bearer', accepted),
  member('token_type in upper case', TYPE, 'token_type', 'BEARER', accepted),

  lifetime('missing', '"x":1', 300),
  lifetime('null', '"expires_in":null', 300),
  lifetime('0', '"expires_in":0', 300),
  lifetime('negative', '"expires_in":-3600', 300),
  lifetime('a text of digits', '"expires_in":"1800"', 1800),
  lifetime('a text with spaces', '"expires_in":" 1800 "', 1800),
  lifetime('a text of words', '"expires_in":"soon"', 300),
  lifetime('an empty text', '"expires_in":""', 300),
  lifetime('the text NaN', '"expires_in":"NaN"', 300),
  lifetime('the text Infinity', '"expires_in":"Infinity"', 300),
  lifetime('a text of a fraction', '"expires_in":"1800.5"', 300),
  lifetime('a text in hexadecimal', '"expires_in":"0x708"', 300),
  lifetime('a date', '"expires_in":"2099-01-01T00:00:00Z"', 300),
  lifetime('true', '"expires_in":true', 300),
  lifetime('an array', '"expires_in":[3600]', 300),
  lifetime('an object', '"expires_in":{"a":1}', 300),
  lifetime('fractional', '"expires_in":1800.75', 1800),
  lifetime('too small to live', '"expires_in":0.0001', 300),
  lifetime('beyond a timer: 2^31 ms and more', '"expires_in":2147484', 2_147_484),
  lifetime('2^63', '"expires_in":9223372036854775808', 315_360_000),
  lifetime('1e300', '"expires_in":1e300', 315_360_000),
  lifetime('1e400', '"expires_in":1e400', 300),
  lifetime('the moment itself in seconds', '"expires_in":1800000000', 315_360_000),
  lifetime('twice, the last counts', '"expires_in":1,"expires_in":1800', 1800),

  member('no scope: as asked', OK, 'scope', undefined, { ...accepted, scope: 'openid profile email' }),
  member('scope null: as asked', OK, 'scope', null, { ...accepted, scope: 'openid profile email' }),
  member('scope a number', OK, 'scope', 7),
  member('scope an array', OK, 'scope', ['openid']),
  member('a smaller scope: as granted', 'RFC 6749 §3.3', 'scope', 'openid', { ...accepted, scope: 'openid' }),
  member('a larger scope: as granted', 'RFC 6749 §3.3', 'scope', 'openid admin', {
    ...accepted,
    scope: 'openid admin',
  }),
];

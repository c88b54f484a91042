/** The platform's key set: RFC 7517, OpenID Connect Core §10.1. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import {
  bombed,
  cors,
  endless,
  hang,
  html,
  json,
  onceThenGood,
  redirect,
  reset,
  rewritten,
} from '../support/answers.mjs';
import { HURRY } from '../support/hurry.mjs';
import { compact } from '../support/keys.mjs';
import { signedIn } from '../support/run.mjs';

export const title = 'Key set';
export const text =
  'If the token names an unknown key, the key set is read once more, and then not again for a minute.';

const options = { discovery: true };
const ROTATION = 'Core §10.1.1';
const KEY = 'RFC 7517 §4';
const bad = { code: 'id_token_signature_invalid', codes: 1 };
const twice = { ...bad, asked: { jwks: 2 } };
const once = { ...bad, asked: { jwks: 1 } };
/** No key set at all: nothing was learnt, and asking again at once would not help. */
/** Keys that may be had a little later: the code waits for them, a minute at most, and was not sent. */
const away = (name, clause, answered, code) => ({
  ...answer(name, clause, answered, { code }),
  script: HURRY,
});
const none = { code: 'metadata_invalid', asked: { jwks: 1 } };
const accepted = { accepted: true, codes: 1, asked: { jwks: 1 } };

const fault = (name, clause, apply, expect = bad) => ({ name, clause, options, apply, expect });
const answer = (name, clause, answered, expect) =>
  fault(
    name,
    clause,
    (tenant) => {
      tenant.answer.jwks = answered;
    },
    expect,
  );
/** The set made from the platform's keys. */
const set = (name, clause, make, expect) =>
  fault(
    name,
    clause,
    (tenant) => {
      tenant.jwks = { keys: make(tenant.keys) };
    },
    expect,
  );
/** The signing key alone, with members replaced. */
const key = (name, clause, change, expect = twice) =>
  set(
    name,
    clause,
    ({ rsa }) => [{ ...rsa.jwk, ...(typeof change === 'function' ? change(rsa) : change) }],
    expect,
  );
const rotated = (tenant) => {
  tenant.first.sign = (claims) => compact({ alg: 'RS256', kid: 'rs-2' }, claims, tenant.keys.rotated);
};

export const faults = [
  set('no keys', ROTATION, () => [], twice),
  set('no key of that kid', ROTATION, ({ ec, ed }) => [ec.jwk, ed.jwk], twice),
  set("the attacker's key under the kid", KEY, ({ evil }) => [evil.jwk], once),
  set('two keys under the kid, the second is right', KEY, ({ evil, rsa }) => [evil.jwk, rsa.jwk], accepted),
  fault('rotated, and not in the set yet', ROTATION, rotated, twice),
  fault(
    'rotated: the new key is there at the second reading',
    ROTATION,
    (tenant) => {
      rotated(tenant);
      tenant.answer.jwks = onceThenGood(json(200, { keys: [tenant.keys.rsa.jwk] }));
      tenant.jwks = { keys: [tenant.keys.rsa.jwk, tenant.keys.rotated.jwk] };
    },
    { ...accepted, asked: { jwks: 2 } },
  ),
  {
    name: 'rotated, and again a moment later: read once more only, and a refresh keeps the ID token that it had',
    clause: 'own rule: a cooldown of a minute',
    options,
    async play(visit) {
      const { tenant } = visit;
      rotated(tenant);
      tenant.answer.jwks = onceThenGood(json(200, { keys: [tenant.keys.rsa.jwk] }));
      tenant.jwks = { keys: [tenant.keys.rotated.jwk] };
      await signedIn(visit);
      tenant.next.sign = (claims) => compact({ alg: 'RS256', kid: 'rs-3' }, claims, tenant.keys.evil);
      tenant.next.claims = (good) => ({ ...good, name: 'Eve' });
      return visit.drive('refreshOnce');
    },
    expect: { accepted: true, codes: 1, refreshes: 1, asked: { jwks: 2 } },
    also: (_, { state }) => assert.equal(state.user.name, 'Ada Lovelace'),
  },
  ...[
    ['ten minutes old: read again at their next use', 601_000, 2],
    ['not yet ten minutes old: not read again', 590_000, 1],
  ].map(([name, age, times]) => ({
    name,
    clause: ROTATION,
    options,
    async play(visit) {
      await signedIn(visit);
      await visit.drive('passTime', age);
      return visit.drive('refreshOnce');
    },
    expect: { accepted: true, codes: 1, refreshes: 1, asked: { jwks: times } },
  })),
  key('the private key is in the set', 'RFC 7517 §9.2', ({ secretJwk }) => secretJwk),
  key('a private exponent of nothing', 'RFC 7517 §9.2', { d: '' }),
  key('for encryption', `${KEY}.2`, { use: 'enc' }),
  key('use a number', `${KEY}.2`, { use: 7 }),
  key('use and alg null: not named', `${KEY}.2`, { use: null, alg: null }, accepted),
  key('use not named', `${KEY}.2`, { use: undefined }, accepted),
  key('for another algorithm', `${KEY}.4`, { alg: 'PS256' }),
  key('alg not named', `${KEY}.4`, { alg: undefined }, accepted),
  key('of another kind', `${KEY}.1`, { kty: 'EC' }),
  key('symmetric', `${KEY}.1`, { kty: 'oct', k: 'YXBw' }),
  key('kty missing', `${KEY}.1`, { kty: undefined }),
  key('kty in lower case', `${KEY}.1`, { kty: 'rsa' }),
  key('kid a number', `${KEY}.5`, { kid: 7 }),
  key('kid missing, and the token names one', `${KEY}.5`, { kid: undefined }),
  key('kid in other case', `${KEY}.5`, { kid: 'RS-1' }),
  key('without a modulus', 'RFC 7518 §6.3.1', { n: undefined }),
  key('the modulus a number', 'RFC 7518 §6.3.1', { n: 7 }),
  key('the modulus no base64url', 'RFC 7518 §6.3.1', { n: '!!' }),
  key('an exponent of 1', 'RFC 7518 §6.3.1', { e: 'AQ' }, once),
  key('marked as not for export', `${KEY}.3`, { ext: false, key_ops: ['verify'] }, accepted),
  key(
    "x5u at the attacker's certificate: not fetched",
    `${KEY}.6`,
    ({ jwk }) => ({ ...jwk, x5u: 'http://evil.example/x' }),
    accepted,
  ),
  key(
    'with __proto__ members',
    'checklist §2 row 25',
    () => JSON.parse('{"__proto__":{"polluted":1}}'),
    accepted,
  ),
  fault(
    'an RSA key of 1024 bits',
    'RFC 7518 §3.3: 2048 or more',
    (tenant) => {
      const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
      tenant.jwks = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'small', use: 'sig' }] };
      tenant.first.sign = async (claims) => {
        const { createSign } = await import('node:crypto');
        const text = (await compact({ alg: 'RS256', kid: 'small' }, claims, tenant.keys.rsa)).replace(
          /\.[^.]+$/,
          '',
        );
        return `${text}.${createSign('sha256').update(text).sign(privateKey).toString('base64url')}`;
      };
    },
    twice,
  ),

  set(
    'texts, nulls and arrays between',
    'RFC 7517 §5',
    ({ rsa }) => [null, 'x', 7, [rsa.jwk], rsa.jwk],
    accepted,
  ),
  set('the key at the 65th place', 'own rule', ({ ec, rsa }) => [...Array(64).fill(ec.jwk), rsa.jwk], twice),
  set(
    'the key at the 64th place',
    'own rule',
    ({ ec, rsa }) => [...Array(63).fill(ec.jwk), rsa.jwk],
    accepted,
  ),
  set('keys an object', 'RFC 7517 §5.1', ({ rsa }) => ({ 0: rsa.jwk, length: 1 }), twice),
  set('keys a text', 'RFC 7517 §5.1', ({ rsa }) => JSON.stringify([rsa.jwk]), twice),
  set('keys null', 'RFC 7517 §5.1', () => null, none),
  answer(
    'the keys without their set',
    'RFC 7517 §5.1',
    rewritten((text_) => JSON.stringify(JSON.parse(text_).keys)),
    none,
  ),
  answer(
    'the keys inside __proto__',
    'checklist §2 row 25',
    rewritten((text_) => `{"__proto__":${text_}}`),
    none,
  ),
  answer(
    'two sets of keys, the attacker last',
    'RFC 8259 §4',
    (turn) => {
      const { rsa, evil } = turn.tenant.keys;
      json(200, `{"keys":[${JSON.stringify(rsa.jwk)}],"keys":[${JSON.stringify(evil.jwk)}]}`)(turn);
    },
    once,
  ),
  answer('a sign-in page', 'RFC 7517 §5', html(), none),
  answer('empty', 'RFC 7517 §5', json(200, ''), none),
  answer(
    'with a byte order mark',
    'RFC 8259 §8.1',
    rewritten((text_) => `\ufeff${text_}`),
    none,
  ),
  answer(
    '300 KB',
    'own rule',
    rewritten((text_) => text_.replace('{', `{"x":"${'x'.repeat(300_000)}",`)),
    { code: 'metadata_invalid' },
  ),
  answer('endless', 'own rule', endless(64 << 20), { code: 'metadata_invalid' }),
  answer('a bomb: 64 MB in 64 KB', 'own rule', bombed('gzip'), { code: 'metadata_invalid' }),
  away('500', 'Core §10.1', html(500), 'platform_unavailable'),
  answer('404', 'Core §10.1', html(404), { code: 'metadata_invalid' }),
  away('never', 'own rule', hang(), 'timeout', 1),
  away('reset', 'own rule', reset(), 'network_error'),
  away(
    "redirected to the attacker's keys",
    'RFC 9700 §4.4',
    redirect(302, (t) => `${t.attacker}/jwks`),
    'network_error',
  ),
  away('without CORS headers', 'Fetch §3.2', cors(), 'network_error'),
];

/** Refreshing: RFC 6749 §6, RFC 9700 §4.14, OpenID Connect Core §12.2. */
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
  refuse,
  reset,
  rewritten,
} from '../support/answers.mjs';
import { b64, compact } from '../support/keys.mjs';
import { signedIn } from '../support/run.mjs';
import { WITHOUT_ED25519 } from './signature.mjs';

export const title = 'Refresh';
export const text =
  "Only the platform's refusal ends the session, not its failures. The refresh token is sent once for all callers that wait.";

const ROTATE = 'RFC 6749 §6, RFC 9700 §4.14.2';
const CONTINUES = 'Core §12.2';
const sent = { codes: 1, refreshes: 1 };
const accepted = { accepted: true, ...sent };
/** The session stays. */
const stays = (code) => ({ code, ...sent, status: 'authenticated' });
const ends = (reason) => ({ code: reason, ...sent, reason });
/** The ID token is not of this session. */
const mismatch = (check) => ({ ...ends('session_mismatch'), details: { check } });
const told = (check) => async (_, __, visit) => {
  const events = await visit.page.evaluate(() => window.drive.events);
  const { reason, check: named } = events.find(({ type }) => type === 'signed_out');
  assert.deepEqual([reason, named], ['session_mismatch', check]);
};
/** The ID token that was there stays, and what it says. */
const kept = (_, { state }) => assert.equal(state.user.name, 'Ada Lovelace');

const answer = (name, clause, answered, expect) => ({
  name,
  clause,
  at: 'refresh',
  apply: (tenant) => {
    tenant.answer.refresh = answered;
  },
  expect,
});
const member = (name, clause, key, value, expect) => ({
  name,
  clause,
  at: 'refresh',
  apply: (tenant) => {
    tenant.next.body = (members) => ({ ...members, [key]: value });
  },
  expect,
});
const claim = (name, clause, key, value, expect = mismatch(key), before = undefined) => ({
  name,
  clause,
  at: 'refresh',
  apply: (tenant) => {
    if (before) tenant.first.claims = (good) => ({ ...good, ...before(good) });
    tenant.next.claims = (good) => ({
      ...good,
      [key]: typeof value === 'function' ? value(good[key], tenant, good) : value,
    });
  },
  expect,
  also: expect.reason && told(expect.details.check),
});
const made = (name, clause, sign, expect, more = {}) => ({
  name,
  clause,
  at: 'refresh',
  apply: (tenant) => {
    tenant.next.sign = sign;
  },
  expect,
  also: expect.reason && told(expect.details.check),
  ...more,
});
/** Signed by a key of the tenant's, or the attacker's, with other claims. */
const signed =
  (key, change = {}) =>
  (good, tenant) => {
    const by = tenant.keys[key];
    return compact({ alg: by.alg, kid: by.jwk.kid }, { ...good, ...change }, by);
  };
const discovery = { options: { discovery: true } };
/** Each refresh's claims are the good ones and these; all but the last are accepted. */
const refreshes = (name, clause, changes, expect, more = {}) => ({
  name,
  clause,
  async play(visit) {
    await signedIn(visit);
    const { tenant } = visit;
    for (const change of changes.slice(0, -1)) {
      tenant.next.claims = (good) => ({ ...good, ...change });
      const { error } = await visit.drive('refresh');
      assert.equal(error, undefined, JSON.stringify(change));
    }
    tenant.next.claims = (good) => ({ ...good, ...changes.at(-1) });
    return visit.drive('refreshOnce');
  },
  expect: { ...expect, refreshes: changes.length },
  ...more,
});
/** A reload in between: metadata and keys have to be read again. */
const reloaded = (name, clause, between, expect, refresh = (visit) => visit.drive('refreshOnce')) => ({
  name,
  clause,
  options: { discovery: true },
  async play(visit) {
    await signedIn(visit);
    await between(visit.tenant);
    await visit.open(`${visit.tenant.app}/`);
    return refresh(visit);
  },
  expect,
});
/** The new refresh token left once more, to be revoked. */
const revoked = { refreshes: 2, asked: { revocation: 1 } };
async function refreshRevoked(visit) {
  const answered = visit.page.waitForResponse(/\/revoke$/);
  answered.catch(() => {});
  const result = await visit.drive('refreshOnce');
  await answered;
  return result;
}
/** The pause after a failure passes. */
async function retryTime(visit) {
  const { failing } = await visit.drive('state');
  await visit.drive('passTime', failing.retryAt - Date.now() + 1);
}

export const faults = [
  {
    name: 'forced, and the platform gave no refresh token',
    clause: 'RFC 6749 §1.5',
    at: 'refresh',
    apply: (tenant) => {
      tenant.first.body = (members) => ({ ...members, refresh_token: undefined });
    },
    expect: { code: 'refresh_token_missing', codes: 1, status: 'authenticated' },
  },
  answer('rotated', ROTATE, undefined, accepted),
  {
    name: 'rotated twice: each token once',
    clause: ROTATE,
    async play(visit) {
      await signedIn(visit);
      await visit.drive('refresh');
      return visit.drive('refresh');
    },
    expect: { ...accepted, refreshes: 2 },
  },
  {
    name: 'asked for five times at once',
    clause: 'RFC 9700 §4.14.2',
    async play(visit) {
      await signedIn(visit);
      const [first] = await Promise.all(Array.from({ length: 5 }, () => visit.drive('refresh')));
      return first;
    },
    expect: accepted,
  },
  member('no new refresh token: the old one stays', 'RFC 6749 §6', 'refresh_token', undefined, accepted),
  member('no ID token', CONTINUES, 'id_token', undefined, accepted),
  member('no scope: as before', 'RFC 6749 §6', 'scope', undefined, {
    ...accepted,
    scope: 'openid profile email',
  }),
  member('no access token', 'RFC 6749 §5.1', 'access_token', undefined, stays('token_response_invalid')),
  member('no token type', 'RFC 6749 §7.1', 'token_type', undefined, stays('token_response_invalid')),
  member('token_type DPoP', 'RFC 6749 §7.1', 'token_type', 'DPoP', stays('token_response_invalid')),
  member('refresh_token empty: the old one stays', 'RFC 6749 §6', 'refresh_token', '', accepted),
  member('refresh_token null: the old one stays', 'RFC 6749 §6', 'refresh_token', null, accepted),
  member('id_token empty: the old one stays', CONTINUES, 'id_token', '', accepted),
  member('id_token null: the old one stays', CONTINUES, 'id_token', null, accepted),
  member('scope null: as before', 'RFC 6749 §6', 'scope', null, {
    ...accepted,
    scope: 'openid profile email',
  }),
  member('expires_in 0', 'RFC 6749 §5.1', 'expires_in', 0, { ...accepted, lifetime: 300 }),
  member('expires_in missing', 'RFC 6749 §5.1', 'expires_in', undefined, { ...accepted, lifetime: 300 }),
  member('expires_in a text', 'RFC 6749 §5.1', 'expires_in', '1800', { ...accepted, lifetime: 1800 }),
  member('expires_in negative', 'RFC 6749 §5.1', 'expires_in', -1, { ...accepted, lifetime: 300 }),
  member('expires_in beyond a timer', 'RFC 6749 §5.1', 'expires_in', 1e300, {
    ...accepted,
    lifetime: 315_360_000,
  }),

  answer('invalid_grant', 'BBA §6.3.2.3', refuse('invalid_grant'), ends('session_expired')),
  answer('invalid_grant with 200', 'BBA §6.3.2.3', refuse('invalid_grant', 200), ends('session_expired')),
  answer('invalid_grant with 401', 'BBA §6.3.2.3', refuse('invalid_grant', 401), ends('session_expired')),
  answer('invalid_client', 'RFC 6749 §5.2', refuse('invalid_client', 401), stays('client_refused')),
  answer('invalid_scope', 'RFC 6749 §5.2', refuse('invalid_scope'), stays('token_request_refused')),
  answer('a home-made code', 'RFC 6749 §5.2', refuse('oh_no'), stays('token_request_refused')),
  answer(
    'temporarily_unavailable',
    'RFC 6749 §5.2',
    refuse('temporarily_unavailable'),
    stays('platform_unavailable'),
  ),
  answer(
    '500 with invalid_grant',
    'RFC 6749 §5.2',
    refuse('invalid_grant', 500),
    stays('platform_unavailable'),
  ),
  answer('502 with a page', 'RFC 6749 §5.2', html(502), stays('platform_unavailable')),
  answer(
    '429 with invalid_grant',
    'RFC 6585 §4',
    refuse('invalid_grant', 429, { 'retry-after': '60' }),
    stays('rate_limited'),
  ),
  answer('403 with a page', 'RFC 6749 §5.2', html(403), stays('token_response_invalid')),
  answer('a sign-in page', 'RFC 6749 §5.1', html(), stays('token_response_invalid')),
  answer('empty', 'RFC 6749 §5.1', json(200, ''), stays('token_response_invalid')),
  answer('400 and empty', 'RFC 6749 §5.2', json(400, ''), stays('token_response_invalid')),
  answer(
    'cut short',
    'RFC 8259',
    rewritten((text_) => text_.slice(0, -1)),
    stays('token_response_invalid'),
  ),
  answer(
    'not UTF-8',
    'RFC 8259 §8.1',
    rewritten((text_) => Buffer.from(text_.replace('at~', 'at\xff'), 'latin1')),
    stays('token_response_invalid'),
  ),
  answer('endless', 'own rule', endless(64 << 20), stays('token_response_invalid')),
  answer('a bomb', 'own rule', bombed('gzip', ' '), stays('token_response_invalid')),
  answer('never', 'own rule', hang(), stays('timeout')),
  answer('reset', 'own rule', reset(), stays('network_error')),
  answer('closed without a word', 'own rule', close(), stays('network_error')),
  answer('without CORS headers', 'Fetch §3.2', cors(), stays('network_error')),
  answer(
    'redirected to the attacker, 307',
    'RFC 9700 §4.12',
    redirect(307, (t) => `${t.attacker}/token`),
    stays('network_error'),
  ),
  answer(
    'redirected to the attacker, 308',
    'RFC 9700 §4.12',
    redirect(308, (t) => `${t.attacker}/token`),
    stays('network_error'),
  ),
  answer('with a cookie, which is not kept', 'BBA §6.3', headed({ 'set-cookie': 'a=b; Path=/' }), accepted),

  claim('sub another', CONTINUES, 'sub', 'eve'),
  claim('iss another', CONTINUES, 'iss', (_, t) => t.attacker),
  claim('aud another', CONTINUES, 'aud', 'other'),
  claim('aud with one more', CONTINUES, 'aud', ['app', 'other']),
  ...[
    ['aud in another order', ['other', 'app'], accepted],
    ['aud with one twice', ['app', 'other', 'app'], accepted],
    ['aud with one less', ['app'], mismatch('aud')],
  ].map(([name, aud, expect]) => ({
    ...claim(name, CONTINUES, 'aud', aud, expect, () => ({ aud: ['app', 'other'], azp: 'app' })),
    options: { additionalAudiences: ['other'] },
    apply: (tenant) => {
      tenant.first.claims = (good) => ({ ...good, aud: ['app', 'other'], azp: 'app' });
      tenant.next.claims = (good) => ({ ...good, aud, azp: 'app' });
    },
  })),
  claim('nonce another', CONTINUES, 'nonce', 'other'),
  claim('nonce null: as missing', CONTINUES, 'nonce', null, accepted),
  claim('nonce the same', CONTINUES, 'nonce', (nonce) => nonce, accepted),
  claim('nonce missing', CONTINUES, 'nonce', undefined, accepted),
  refreshes('nonce missing, and then the same', CONTINUES, [{ nonce: undefined }, {}], accepted),
  refreshes(
    "nonce missing, and then another: held against the sign-in's",
    CONTINUES,
    [{ nonce: undefined }, { nonce: 'other' }],
    mismatch('nonce'),
  ),
  {
    ...claim('iat older: the ID token stays', CONTINUES, 'iat', (iat) => iat - 100, accepted),
    apply: (tenant) => {
      tenant.next.claims = (good) => ({ ...good, iat: good.iat - 100, name: 'Eve' });
    },
    also: kept,
  },
  claim('iat in an hour: the clock may have jumped', CONTINUES, 'iat', (iat) => iat + 3600, accepted),
  claim(
    'auth_time another',
    CONTINUES,
    'auth_time',
    (_, __, good) => good.iat - 5,
    accepted,
    (good) => ({ auth_time: good.iat - 9 }),
  ),
  {
    name: 'auth_time later: the next sign-in with max_age is held against its own all the same',
    clause: 'Core §3.1.3.7 item 13, §12.2',
    apply: (tenant) => {
      tenant.first.claims = (good) => ({ ...good, auth_time: good.iat - 5000 });
      tenant.next.claims = (good) => ({ ...good, auth_time: good.iat });
    },
    async play(visit) {
      await signedIn(visit);
      const { error } = await visit.drive('refresh');
      assert.equal(error, undefined);
      return visit.signIn({ login: { maxAge: 100 } });
    },
    expect: {
      code: 'id_token_invalid',
      codes: 2,
      refreshes: 1,
      status: 'authenticated',
      details: { check: 'auth_time' },
    },
  },
  claim('auth_time missing', CONTINUES, 'auth_time', undefined, accepted, (good) => ({
    auth_time: good.iat - 9,
  })),
  claim('aud as an array of one', CONTINUES, 'aud', ['app'], accepted),
  claim('azp another', CONTINUES, 'azp', 'other'),
  claim('at_hash another', 'Core §3.1.3.8', 'at_hash', 'AAAAAAAAAAAAAAAAAAAAAA'),
  claim('sub missing', CONTINUES, 'sub', undefined),
  made(
    'alg none',
    'Core §3.1.3.7 item 8',
    (good) => `${b64({ alg: 'none' })}.${b64(good)}.`,
    mismatch('alg'),
  ),
  made(
    'the signature stripped',
    'RFC 7515 §7.1',
    (good) => `${b64({ alg: 'RS256' })}.${b64(good)}.`,
    mismatch('signature'),
  ),
  made('no token at all', 'RFC 7515 §7.1', () => 'neither-header-nor-payload', mismatch('parts')),
  {
    name: "with metadata: the attacker's key; the new refresh token is revoked",
    clause: 'Core §3.1.3.7 item 6',
    ...discovery,
    apply: (tenant) => {
      tenant.next.sign = signed('evil');
    },
    async play(visit) {
      await signedIn(visit);
      return refreshRevoked(visit);
    },
    expect: { ...mismatch('signature'), ...revoked },
    async also(tenant, outcome, visit) {
      const { form } = tenant.requests.find(({ endpoint }) => endpoint === 'revocation');
      const newest = [...tenant.secrets].filter(([, kind]) => kind === 'refresh token').at(-1);
      assert.equal(form.get('token'), newest[0]);
      await told('signature')(tenant, outcome, visit);
    },
  },
  {
    name: 'sub another, heard again after a reload',
    clause: CONTINUES,
    apply: (tenant) => {
      tenant.next.claims = (good) => ({ ...good, sub: 'eve' });
    },
    async play(visit) {
      await signedIn(visit);
      await visit.drive('refresh');
      await visit.open(`${visit.tenant.app}/`);
      return visit.drive('token');
    },
    expect: mismatch('sub'),
  },
  made(
    'with metadata: a kid that is not published',
    'Core §10.1.1',
    signed('rotated', { name: 'Eve' }),
    accepted,
    {
      ...discovery,
      also: kept,
    },
  ),
  {
    ...made(
      'with metadata: a kid that is not published, and sub another',
      CONTINUES,
      signed('rotated', { sub: 'eve' }),
      { ...mismatch('sub'), ...revoked },
      discovery,
    ),
    async play(visit) {
      await signedIn(visit);
      return refreshRevoked(visit);
    },
  },
  {
    ...made(
      'with metadata: an algorithm that it does not list',
      'Discovery §3',
      signed('ec', { name: 'Eve' }),
      accepted,
      discovery,
    ),
    apply: (tenant) => {
      tenant.metadata.id_token_signing_alg_values_supported = ['RS256'];
      tenant.next.sign = signed('ec', { name: 'Eve' });
    },
    also: kept,
  },
  made(
    'with metadata: an algorithm that the browser lacks',
    'RFC 8037 §3.1',
    signed('ed', { name: 'Eve' }),
    accepted,
    { ...discovery, script: WITHOUT_ED25519, also: kept },
  ),
  made(
    'with metadata: rotated',
    'Core §10.1.1',
    async (good, tenant) => {
      tenant.jwks = { keys: [tenant.keys.rotated.jwk] };
      return compact({ alg: 'RS256', kid: 'rs-2' }, good, tenant.keys.rotated);
    },
    accepted,
    discovery,
  ),
  made(
    'with metadata: rotated, and the keys cannot be read: the ID token stays the old one',
    'own rule',
    async (good, tenant) => {
      tenant.answer.jwks = html(503);
      return compact({ alg: 'RS256', kid: 'rs-2' }, { ...good, name: 'Eve' }, tenant.keys.rotated);
    },
    accepted,
    { ...discovery, also: kept },
  ),

  reloaded(
    'token_endpoint moves to the attacker',
    'RFC 9700 §4.4',
    (tenant) => {
      tenant.metadata.token_endpoint = `${tenant.attacker}/token`;
    },
    { code: 'metadata_invalid', codes: 1, status: 'authenticated' },
  ),
  reloaded(
    'metadata cannot be read: nothing is sent',
    'own rule',
    (tenant) => {
      tenant.answer.metadata = html(503);
    },
    { code: 'platform_unavailable', codes: 1, status: 'authenticated' },
  ),
  {
    ...reloaded(
      'the keys cannot be read: the ID token stays the old one',
      'own rule',
      (tenant) => {
        tenant.answer.jwks = html(503);
        tenant.next.claims = (good) => ({ ...good, name: 'Eve' });
      },
      accepted,
    ),
    also: kept,
  },
  reloaded(
    'the keys cannot be read, and sub is another',
    CONTINUES,
    (tenant) => {
      tenant.answer.jwks = html(503);
      tenant.next.claims = (good) => ({ ...good, sub: 'eve' });
    },
    { ...mismatch('sub'), ...revoked },
    refreshRevoked,
  ),

  {
    name: 'troubles, and good at the second try',
    clause: 'own rule',
    apply: (tenant) => {
      tenant.answer.refresh = onceThenGood(json(503, {}));
    },
    async play(visit) {
      await signedIn(visit);
      await visit.drive('refresh');
      await retryTime(visit);
      return visit.drive('refreshOnce');
    },
    expect: { ...accepted, refreshes: 2 },
  },
  {
    name: 'the answer with the new token is lost, and the old one is spent',
    clause: 'RFC 9700 §4.14.2',
    apply: (tenant) => {
      tenant.answer.refresh = onceThenGood(async (turn) => {
        await turn.good();
        turn.req.socket.resetAndDestroy();
      });
    },
    async play(visit) {
      await signedIn(visit);
      await visit.drive('refresh');
      await retryTime(visit);
      return visit.drive('refreshOnce');
    },
    expect: { ...ends('session_lost'), refreshes: 2 },
  },
  {
    name: 'the answer is lost on a connection that was used before: the browser itself sends the spent token again',
    clause: 'RFC 9110 §9.2.2, RFC 9700 §4.14.2',
    at: 'refresh',
    apply: (tenant) => {
      tenant.keepsConnections = true;
      tenant.answer.refresh = onceThenGood(async (turn) => {
        await turn.good();
        turn.req.socket.resetAndDestroy();
      });
    },
    expect: { ...ends('session_expired'), refreshes: 2 },
  },
  {
    name: 'refused, and asked again: nothing is sent again',
    clause: 'BBA §6.3.2.3: no loop',
    apply: (tenant) => {
      tenant.answer.refresh = refuse('invalid_grant');
    },
    async play(visit) {
      await signedIn(visit);
      await visit.drive('refresh');
      return visit.drive('refresh');
    },
    expect: ends('session_expired'),
  },
  {
    name: 'refused, and reloaded: nothing is sent again',
    clause: 'BBA §6.3.2.3: no loop',
    apply: (tenant) => {
      tenant.answer.refresh = refuse('invalid_grant');
    },
    async play(visit) {
      await signedIn(visit);
      await visit.drive('refresh');
      await visit.open(`${visit.tenant.app}/`);
      return visit.drive('refresh');
    },
    expect: ends('session_expired'),
  },
];

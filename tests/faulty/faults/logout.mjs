/** Signing out: RFC 7009, RP-Initiated Logout 1.0. */
import {
  bombed,
  close,
  cors,
  endless,
  hang,
  html,
  json,
  redirect,
  refuse,
  reset,
} from '../support/answers.mjs';
import { signedIn } from '../support/run.mjs';

export const title = 'Logout';
export const text =
  'The user is signed out here, whatever the platform answers. The refresh token is sent once more, to be revoked.';

const REVOKE = 'RFC 7009 §2.2';
const out = { accepted: true, codes: 1, refreshes: 1, status: 'unauthenticated', reason: 'logout' };

const revocation = (name, clause, answered) => ({
  name: `revocation ${name}`,
  clause,
  at: 'logout',
  options: { discovery: true },
  apply: (tenant) => {
    tenant.answer.revocation = answered;
  },
  expect: out,
});
/** Leaves for `returnTo` where no end-session endpoint is known. */
const returning = (name, returnTo, url) => ({
  name: `returnTo ${name}`,
  clause: 'RFC 9700 §4.11.1, checklist §2 row 2',
  async play(visit) {
    const { state } = await signedIn(visit);
    const { tenant } = visit;
    const target = typeof returnTo === 'function' ? returnTo(tenant) : returnTo;
    const left = visit.page.waitForURL((at) => at.pathname !== '/callback');
    await visit.page.evaluate((to) => void window.drive.logout({ returnTo: to }), target);
    await left;
    await visit.page.waitForFunction('window.ready');
    await visit.page.evaluate((options) => window.drive.start(options), visit.options);
    return { state: (await visit.drive('state')) ?? state };
  },
  expect: { ...out, refreshes: 0, url },
});
/** Leaves for the platform's end-session endpoint. */
const ending = (name, clause, { options = { discovery: true }, between, logout = {} }, expect, at) => ({
  name,
  clause,
  options,
  async play(visit) {
    await signedIn(visit);
    const { tenant } = visit;
    await between?.(tenant);
    await visit.open(`${tenant.app}/`);
    const left = at && visit.page.waitForURL((url) => url.href.startsWith(at(tenant)));
    // On a busy machine it may come after the two seconds for which the sign-out waits.
    const revoked = expect.refreshes > 0 && visit.page.waitForResponse(/\/revoke$/);
    if (revoked) revoked.catch(() => {});
    await visit.page.evaluate(
      (given) =>
        void window.drive.logout(given).then((told) => {
          window.told = told;
        }),
      logout,
    );
    if (left) await left;
    else await visit.page.waitForFunction('window.told');
    await revoked;
    const back = await visit.open(`${tenant.app}/`);
    return back.error ? back : { state: await visit.drive('state') };
  },
  expect,
});

export const faults = [
  revocation('200', REVOKE, undefined),
  revocation('200 and empty', REVOKE, json(200, '')),
  revocation('204', REVOKE, ({ res }) => res.writeHead(204).end()),
  revocation('500', REVOKE, html(500)),
  revocation('503 with Retry-After', 'RFC 7009 §2.2.1', json(503, {}, { 'retry-after': '3600' })),
  revocation('400 unsupported_token_type', 'RFC 7009 §2.2.1', refuse('unsupported_token_type')),
  revocation('401 with a challenge', REVOKE, ({ res }) =>
    res.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end(),
  ),
  revocation('404', REVOKE, html(404)),
  revocation('never answered', 'own rule', hang()),
  revocation('reset', 'own rule', reset()),
  revocation('closed without a word', 'own rule', close()),
  revocation(
    'redirected to the attacker, 307',
    'RFC 9700 §4.12',
    redirect(307, (t) => `${t.attacker}/revoke`),
  ),
  revocation('without CORS headers', 'Fetch §3.2', cors()),
  revocation('endless', 'own rule', endless(64 << 20)),
  revocation('a bomb', 'own rule', bombed('gzip')),

  returning('on this origin', '/goodbye?x=1', '/goodbye?x=1'),
  returning('on this origin, absolute', (t) => `${t.app}/goodbye`, '/goodbye'),
  returning('on the attacker', (t) => `${t.attacker}/x`, '/'),
  returning('//attacker', (t) => t.attacker.replace('http:', ''), '/'),
  returning('/\\attacker', (t) => t.attacker.replace('http://', '/\\'), '/'),
  returning('/\\t/attacker with a tab', (t) => t.attacker.replace('http://', '/\t/'), '/'),
  returning('/..//attacker', (t) => t.attacker.replace('http://', '/..//'), '/'),
  returning('behind user info', (t) => `${t.app}@${t.attacker.slice(7)}`, '/'),
  returning('of scheme javascript:', 'javascript:alert(1)', '/'),
  returning('of scheme data:', 'data:text/html,<script>alert(1)</script>', '/'),
  returning('http:[', 'http://[', '/'),
  returning('empty', '', '/'),

  ending(
    'at the end-session endpoint',
    'RP-Initiated Logout §2',
    {},
    { ...out },
    (t) => `${t.issuer}/end?client_id=app&id_token_hint=`,
  ),
  ending(
    'the end-session endpoint has a query, which is kept',
    'RFC 6749 §3.1',
    {
      between: (tenant) => {
        tenant.metadata.end_session_endpoint += '?x=1';
      },
    },
    out,
    (t) => `${t.issuer}/end?x=1&client_id=app`,
  ),
  ...[
    ['on the attacker', (t) => `${t.attacker}/end`],
    ['of scheme javascript:', () => 'javascript:alert(1)'],
    ['of scheme data:', () => 'data:text/html,x'],
  ].map(([name, to]) =>
    ending(
      `the end-session endpoint moves: ${name}`,
      'RP-Initiated Logout §2, RFC 9700 §4.4',
      {
        between: (tenant) => {
          tenant.metadata.end_session_endpoint = to(tenant);
        },
      },
      out,
    ),
  ),
  ending(
    'the revocation endpoint moves to the attacker',
    'RFC 7009 §2, RFC 9700 §4.4',
    {
      between: (tenant) => {
        tenant.metadata.revocation_endpoint = `${tenant.attacker}/revoke`;
      },
    },
    { ...out, refreshes: 0 },
    (t) => `${t.issuer}/end?client_id=app&id_token_hint=`,
  ),
  ending(
    'metadata cannot be read',
    'own rule',
    {
      between: (tenant) => {
        tenant.answer.metadata = html(503);
      },
    },
    { ...out, refreshes: 0 },
  ),
  ending(
    'the platform offers neither',
    'RP-Initiated Logout §2.1',
    { options: {} },
    { ...out, refreshes: 0 },
  ),
];

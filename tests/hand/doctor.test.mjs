// `npx @intelliauth/spa-sdk doctor`, against the embedded provider, the faulty platform, and nothing at all.
import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import { after, before, describe, test } from 'node:test';
import { cors, headed, html, json, redirect, rewritten, text } from '../faulty/support/answers.mjs';
import { makeKeys } from '../faulty/support/keys.mjs';
import { openPlatform } from '../faulty/support/platform.mjs';
import { command, pageHas } from './support/command.mjs';
import { freePort, platform } from './support/platform.mjs';

const REDIRECT_URI = 'http://localhost:5173/callback';

/** Runs `doctor --json`, and gives each check's outcome and the findings' codes. */
async function doctor(tenant, { clientId = 'demo-app', redirectUri = REDIRECT_URI, more = [], env } = {}) {
  const asked = ['--client-id', clientId, '--redirect-uri', redirectUri];
  const { out, err, code } = await command(['doctor', tenant, ...asked, '--json', ...more], { env });
  assert.equal(err, '');
  const { checks, findings } = JSON.parse(out);
  return {
    code,
    findings,
    codes: findings.map((finding) => finding.code),
    outcomes: Object.fromEntries(checks.map(({ name, outcome }) => [name, outcome])),
  };
}

const paths = ({ log }) => log.map(({ method, path }) => `${method} ${path}`);

describe('doctor at the embedded provider', { timeout: 300_000, concurrency: 2 }, () => {
  test('all is well, and nothing is sent that might look like an attack', async (t) => {
    const provider = await platform(t);
    const { code, codes, outcomes } = await doctor(provider.issuer);
    assert.deepEqual([code, codes], [0, []]);
    assert.deepEqual(outcomes, {
      clock: 'ok',
      metadata: 'ok',
      issuer: 'ok',
      PKCE: 'ok',
      keys: 'ok',
      'authorization endpoint': 'ok',
      'token endpoint': 'ok',
      'redirect URI': 'skipped',
      'token request': 'skipped',
    });
    assert.deepEqual(paths(provider), [
      'GET /.well-known/openid-configuration',
      'GET /oauth2/jwks',
      'GET /oauth2/authorize',
      'OPTIONS /oauth2/token',
    ]);
    assert.deepEqual(provider.log[2].query, {});
  });

  test('on Node 18, which has no global crypto', async (t) => {
    const provider = await platform(t);
    const env = { NODE_OPTIONS: '--import=data:text/javascript,delete%20globalThis.crypto' };
    assert.equal((await doctor(provider.issuer, { env })).code, 0);
  });

  test('with --probe, client, redirect URI and origin are known to be registered', async (t) => {
    const provider = await platform(t);
    const { code, codes, outcomes } = await doctor(provider.issuer, { more: ['--probe'] });
    assert.deepEqual([code, codes], [0, []]);
    assert.equal(outcomes['redirect URI'], 'ok');
    assert.equal(outcomes['token request'], 'ok');
    const { query } = provider.log.find(({ query }) => query.client_id);
    assert.equal(query.prompt, 'none');
    assert.equal(provider.log.at(-1).body.grant_type, 'authorization_code');
  });

  test('a redirect URI that is not registered is found by --probe, and what to register is said', async (t) => {
    const provider = await platform(t);
    const redirectUri = `${REDIRECT_URI}/`;
    assert.equal((await doctor(provider.issuer, { redirectUri })).code, 0);
    const { code, findings } = await doctor(provider.issuer, { redirectUri, more: ['--probe'] });
    assert.equal(code, 1);
    assert.equal(findings[0].code, 'redirect_uri_not_registered');
    assert.match(
      findings[0].instead,
      new RegExp(`Register exactly ${redirectUri} for the application demo-app`),
    );
  });

  test('an unknown client and an origin that may not read the answer are found by --probe', async (t) => {
    const provider = await platform(t, { allowedOrigins: ['http://localhost:1'] });
    const stranger = await doctor(provider.issuer, { clientId: 'nobody', more: ['--probe'] });
    assert.ok(stranger.codes.includes('client_refused'), stranger.codes.join());
    const { code, codes, findings } = await doctor(provider.issuer, { more: ['--probe'] });
    assert.deepEqual([code, codes], [1, ['cors_origin_not_allowed']]);
    const [{ instead }] = findings;
    assert.match(instead, /Register http:\/\/localhost:5173 with the platform/);
  });

  test('a trailing slash of the issuer is found', async (t) => {
    const provider = await platform(t);
    const { code, findings } = await doctor(`${provider.issuer}/`);
    assert.equal(code, 1);
    assert.equal(findings[0].code, 'issuer_mismatch');
    assert.match(findings[0].instead, new RegExp(`issuer: '${provider.issuer}'`));
  });

  test('in words: checks, findings, and what to do', async (t) => {
    const provider = await platform(t);
    const asked = ['--client-id', 'demo-app', '--redirect-uri', `${REDIRECT_URI}/`, '--probe'];
    const { out, code } = await command(['doctor', provider.issuer, ...asked]);
    assert.equal(code, 1);
    assert.match(out, /^ {2}ok {6}PKCE +S256$/m);
    assert.match(out, /^ERROR redirect_uri_not_registered\n {2}Seen {5}The platform answers/m);
    pageHas(out, 'doctor.md', 'redirect_uri_not_registered');
    assert.ok(!out.includes('\x1b'));
  });
});

describe('doctor at the faulty platform', { timeout: 300_000 }, () => {
  const app = 'https://app.example';
  let faulty;
  before(async () => {
    faulty = await openPlatform(app, await makeKeys());
  });
  after(() => faulty.close());

  const ask = (tenant, more = []) =>
    doctor(tenant.issuer, { clientId: 'app', redirectUri: `${app}/callback`, more });

  for (const [name, spoil, expected] of [
    ['it answers no preflight, which alone is no fault', () => {}, 'preflight_not_answered'],
    [
      'metadata is a sign-in page of the network',
      ({ answer }) => (answer.metadata = html()),
      'metadata_invalid',
    ],
    ['there is no metadata', ({ answer }) => (answer.metadata = text(404, '')), 'metadata_not_found'],
    [
      'metadata is a redirect to the attacker',
      ({ answer }) => (answer.metadata = redirect(302, ({ attacker }) => `${attacker}/metadata`)),
      'metadata_not_found',
    ],
    [
      'the issuer is another',
      ({ metadata }) => (metadata.issuer = 'https://evil.example'),
      'issuer_mismatch',
    ],
    [
      'codes would go to the attacker',
      (tenant) => (tenant.metadata.token_endpoint = `${tenant.attacker}/token`),
      'metadata_invalid',
    ],
    [
      'keys would come from the attacker',
      (tenant) => (tenant.metadata.jwks_uri = `${tenant.attacker}/jwks`),
      'metadata_invalid',
    ],
    [
      'PKCE is plain alone',
      ({ metadata }) => (metadata.code_challenge_methods_supported = ['plain']),
      'pkce_not_supported',
    ],
    ['no page may read the keys', ({ answer }) => (answer.jwks = cors()), 'cors_origin_not_allowed'],
    ['no page may read the metadata', ({ answer }) => (answer.metadata = cors()), 'cors_origin_not_allowed'],
    ['there are no keys', (tenant) => (tenant.jwks = { keys: [] }), 'no_signing_key'],
    ['the keys are no key set', ({ answer }) => (answer.jwks = json(200, '[]')), 'no_signing_key'],
    [
      'the token endpoint is a page',
      ({ answer }) => (answer.token = html()),
      'token_endpoint_unusable',
      ['--probe'],
    ],
    ['it is overloaded', ({ answer }) => (answer.metadata = text(503, '')), 'platform_unavailable'],
    [
      'its clock is an hour off',
      ({ answer }) => (answer.metadata = headed({ date: new Date(Date.now() - 3600_000).toUTCString() })),
      'clock_off',
    ],
    [
      'the metadata is endless',
      ({ answer }) => (answer.metadata = rewritten((body) => body + ' '.repeat(4 * 1024 * 1024))),
      'metadata_invalid',
    ],
  ]) {
    test(name, async () => {
      const tenant = await faulty.tenant();
      spoil(tenant);
      const { codes, code, findings } = await ask(
        tenant,
        expected === 'token_endpoint_unusable' ? ['--probe'] : [],
      );
      assert.ok(codes.includes(expected), codes.join());
      assert.equal(code, findings[0].severity === 'error' ? 1 : 0);
      assert.deepEqual(tenant.stolen, [], 'something was sent to the attacker');
    });
  }
});

describe('doctor where nobody answers', { timeout: 300_000 }, () => {
  test('nothing listens', async () => {
    const { code, codes, outcomes } = await doctor(`http://localhost:${await freePort()}`);
    assert.deepEqual([code, codes], [1, ['nothing_listens']]);
    assert.equal(outcomes['token endpoint'], 'skipped');
  });

  test('the host is unknown', async () => {
    const { code, codes } = await doctor('https://no-such-tenant.invalid');
    assert.deepEqual([code, codes], [1, ['host_unknown']]);
  });

  test('TLS is refused', async (t) => {
    // Without a certificate there is no handshake.
    const server = createServer().listen(0, 'localhost');
    await new Promise((resolve) => server.once('listening', resolve));
    t.after(() => server.close());
    const { code, codes } = await doctor(`https://localhost:${server.address().port}`);
    assert.deepEqual([code, codes], [1, ['tls_refused']]);
  });

  test('used wrongly it ends with 2', async () => {
    for (const [args, said] of [
      [[], /which tenant/],
      [['https://tenant.example'], /--client-id and --redirect-uri are needed/],
      [['https://t.example', '--client-id', 'a', '--redirect-uri', '/cb'], /must be an absolute URL/],
      [
        ['http://t.example', '--client-id', 'a', '--redirect-uri', REDIRECT_URI],
        /option tenantUrl cannot be used: plain http/,
      ],
    ]) {
      const { code, err, out } = await command(['doctor', ...args]);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, said);
      assert.match(err, /Usage: npx @intelliauth\/spa-sdk doctor/);
    }
  });
});

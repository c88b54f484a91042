/** The platform's refusals in the authorization response: RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6. */
export const title = 'Authorization errors';
export const text =
  'A refusal becomes an error with a code of its own, only for a sign-in of this tab, and is shown as text.';

const RFC = 'RFC 6749 §4.1.2.1';
const CORE = 'Core §3.1.2.6';

/** The error in place of the code. */
const refusal = (name, clause, error, code, { more = {}, ...rest } = {}) => ({
  name,
  clause,
  respond: (params) => {
    params.delete('code');
    params.set('error', error);
    for (const [key, value] of Object.entries(more)) params.set(key, value);
    return `?${params}`;
  },
  ...rest,
  expect: { code, details: { error: error.slice(0, 300) }, ...rest.expect },
});

const codes = [
  ['invalid_request', RFC, 'authorization_refused'],
  ['unauthorized_client', RFC, 'authorization_refused'],
  ['access_denied', RFC, 'access_denied'],
  ['unsupported_response_type', RFC, 'authorization_refused'],
  ['invalid_scope', RFC, 'authorization_refused'],
  ['server_error', RFC, 'platform_unavailable'],
  ['temporarily_unavailable', RFC, 'platform_unavailable'],
  ['interaction_required', CORE, 'interaction_required'],
  ['login_required', CORE, 'login_required'],
  ['account_selection_required', CORE, 'account_selection_required'],
  ['consent_required', CORE, 'consent_required'],
  ['invalid_request_uri', CORE, 'authorization_refused'],
  ['invalid_request_object', CORE, 'authorization_refused'],
  ['request_not_supported', CORE, 'authorization_refused'],
  ['request_uri_not_supported', CORE, 'authorization_refused'],
  ['registration_not_supported', CORE, 'authorization_refused'],
  ['invalid_target', 'RFC 8707 §2', 'authorization_refused'],
  ['unmet_authentication_requirements', 'unknown codes are carried', 'authorization_refused'],
  ['out_of_cheese', 'unknown codes are carried', 'authorization_refused'],
  ['__proto__', 'unknown codes are carried', 'authorization_refused'],
  ['constructor', 'unknown codes are carried', 'authorization_refused'],
];

const markup = '<img src=x onerror="alert(1)"><script>alert(2)</script>';
const plain = async (_, outcome, visit) => {
  const found = await visit.page.evaluate(() => document.querySelectorAll('img, iframe').length);
  if (found > 0) throw new Error('markup in the page');
  const controls = Object.values(outcome.details).filter((text) => [...text].some((c) => c < ' '));
  if (controls.length > 0) throw new Error('control characters');
};
const ISS = 'RFC 9207 §2.4';
const replaced = (respond) => (params, visit) => {
  params.delete('code');
  params.set('error', 'access_denied');
  return respond(params, visit) ?? `?${params}`;
};

export const faults = [
  ...codes.map(([error, clause, code]) => refusal(error, clause, error, code)),
  refusal('empty', RFC, '', 'authorization_refused'),
  refusal('in other case: another code', RFC, 'ACCESS_DENIED', 'authorization_refused'),
  refusal('markup for a code', 'RFC 6749 §10.14', markup, 'authorization_refused', { also: plain }),
  refusal('100 KB for a code', 'RFC 6749 §10.14', 'x'.repeat(100_000), 'authorization_refused'),
  refusal('markup for a description', 'RFC 6749 §10.14, CVE-2021-32702', 'access_denied', 'access_denied', {
    more: { error_description: markup },
    also: plain,
    expect: { details: { description: markup } },
  }),
  refusal('controls in the description', 'RFC 6749 §10.14', 'access_denied', 'access_denied', {
    more: { error_description: 'a\u0000b\u001b[31mc\r\nd' },
    also: plain,
    expect: { details: { description: 'a b [31mc  d' } },
  }),
  refusal('100 KB of description', 'RFC 6749 §10.14', 'access_denied', 'access_denied', {
    more: { error_description: 'x'.repeat(100_000) },
    expect: { details: { description: 'x'.repeat(300) } },
  }),
  refusal('half a surrogate pair in the description', 'RFC 6749 §10.14', 'access_denied', 'access_denied', {
    more: { error_description: 'a\ud800b' },
    expect: { details: { description: 'a\ufffdb' } },
  }),
  refusal('error_uri of scheme javascript:', 'RFC 6749 §10.14', 'access_denied', 'access_denied', {
    more: { error_uri: 'javascript:alert(1)' },
    expect: { details: { errorUri: undefined } },
  }),
  refusal('error_uri of scheme data:', 'RFC 6749 §10.14', 'access_denied', 'access_denied', {
    more: { error_uri: 'data:text/html,<script>alert(1)</script>' },
    expect: { details: { errorUri: undefined } },
  }),
  refusal('error_uri without a scheme', 'RFC 6749 §10.14', 'access_denied', 'access_denied', {
    more: { error_uri: '//evil.example/help' },
    expect: { details: { errorUri: undefined } },
  }),
  refusal('a template in the description', 'own rule', 'access_denied', 'access_denied', {
    more: { error_description: '{description} {constructor} %s $&' },
    expect: { details: { description: '{description} {constructor} %s $&' } },
  }),
  {
    name: 'an error without a state',
    clause: RFC,
    respond: replaced((params) => params.delete('state') ?? undefined),
    expect: { code: 'state_unknown' },
  },
  {
    name: 'an error with an unknown state',
    clause: 'RFC 6749 §10.12',
    respond: replaced((params) => params.set('state', 'forged') ?? undefined),
    expect: { code: 'state_unknown' },
  },
  {
    name: 'an error from another issuer',
    clause: ISS,
    respond: replaced((params, { tenant }) => params.set('iss', tenant.attacker) ?? undefined),
    expect: { code: 'issuer_mismatch' },
  },
  {
    name: 'an error without the advertised iss',
    clause: ISS,
    options: { discovery: true },
    apply: (tenant) => {
      tenant.metadata.authorization_response_iss_parameter_supported = true;
    },
    respond: replaced((params) => params.delete('iss') ?? undefined),
    expect: { code: 'issuer_mismatch' },
  },
  {
    name: 'an error in the fragment',
    clause: 'RFC 6749 §4.1.2.1',
    respond: replaced((params) => `#${params}`),
    expect: { code: 'callback_invalid', details: { parameter: 'fragment' } },
  },
  {
    name: 'an error, and then the code to the same state',
    clause: 'RFC 6749 §10.12: a state is spent once',
    respond: replaced(() => undefined),
    async play(visit, _, fault) {
      await visit.signIn(fault);
      const code = [...visit.tenant.secrets].find(([, kind]) => kind === 'code')?.[0];
      const state = [...visit.tenant.secrets].find(([, kind]) => kind === 'state')?.[0];
      await visit.open(`${visit.tenant.redirectUri}?${new URLSearchParams({ code, state })}`);
      return visit.drive('callback');
    },
    expect: { code: 'callback_replayed' },
  },
];

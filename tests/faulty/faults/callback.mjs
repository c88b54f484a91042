/** The authorization response's shape, state and issuer: RFC 6749 §4.1.2, RFC 9207, RFC 9700 §4. */
import { json, onceThenGood } from '../support/answers.mjs';
import { signedIn } from '../support/run.mjs';
import { Visit } from '../support/visit.mjs';

export const title = 'Authorization response';
export const text = 'A response in the address is accepted only if it answers a sign-in of this tab.';

const CSRF = 'RFC 6749 §10.12, RFC 9700 §4.7';
const TWICE = 'RFC 6749 §3.1';
const ISS = 'RFC 9207 §2.4';
const UNKNOWN = 'RFC 6749 §4.1.2: unknown parameters are ignored';

const unknown = { code: 'state_unknown' };
const invalid = (parameter) => ({ code: 'callback_invalid', details: { parameter } });
const accepted = { accepted: true, codes: 1, url: '/callback' };

/** The good response changed by `change`, which may answer with the whole of what follows the path. */
const response = (name, clause, change, expect, more = {}) => ({
  name,
  clause,
  respond: async (params, visit) => {
    const whole = await change(params, visit);
    return typeof whole === 'string' ? whole : `?${params}`;
  },
  expect,
  ...more,
});
const set = (name, clause, key, value, expect, more) =>
  response(
    name,
    clause,
    (params, { tenant }) => {
      if (value === undefined) params.delete(key);
      else params.set(key, typeof value === 'function' ? value(params.get(key), tenant) : value);
    },
    expect,
    more,
  );
const add = (name, clause, pairs, expect, more) =>
  response(
    name,
    clause,
    (params) => {
      for (const [key, value] of pairs) params.append(key, value ?? params.get(key));
    },
    expect,
    more,
  );
const suffix = (name, clause, tail, expect, more) =>
  response(name, clause, (params) => `?${params}${tail}`, expect, more);

const advertised = {
  options: { discovery: true },
  apply: (tenant) => {
    tenant.metadata.authorization_response_iss_parameter_supported = true;
  },
};
const offset = (
  seconds,
) => `{ const real = Date.now; const shift = sessionStorage.getItem('left') ? ${seconds} : 0;
  Date.now = () => real() + shift * 1000; sessionStorage.setItem('left', '1'); }`;

export const faults = [
  set('no state', `${CSRF}, CVE-2023-27490`, 'state', undefined, unknown),
  set('an empty state', CSRF, 'state', '', unknown),
  set('an unknown state', CSRF, 'state', 'forged', unknown),
  set('the state cut short', CSRF, 'state', (state) => state.slice(0, -1), unknown),
  set('the state and one character more', CSRF, 'state', (state) => `${state}A`, unknown),
  set('the state in other case', CSRF, 'state', (state) => state.toLowerCase().replace(/^./, '-'), unknown),
  set('the state with a space around', CSRF, 'state', (state) => ` ${state}`, unknown),
  set('the state and a null', CSRF, 'state', (state) => `${state}\0`, unknown),
  set('the state is __proto__', CSRF, 'state', '__proto__', unknown),
  set('100 KB of state', CSRF, 'state', 'x'.repeat(100_000), unknown),
  suffix('half a percent sign in the state', CSRF, '%', unknown, {
    respond: (params) => `?code=${params.get('code')}&state=${params.get('state')}%`,
  }),
  {
    name: "another browser's response: login CSRF",
    clause: `${CSRF}, checklist §2 row 18`,
    async play(visit, stage) {
      const attacker = await Visit.begin(stage, visit.tenant);
      await attacker.open(`${visit.tenant.app}/`);
      const params = visit.tenant.authorize((await attacker.drive('login')).value);
      await attacker.end();
      return visit.signIn({ respond: () => `?${params}` });
    },
    expect: unknown,
  },
  {
    name: "another browser's response while signed in: the session stays",
    clause: CSRF,
    async play(visit, stage) {
      await signedIn(visit);
      const attacker = await Visit.begin(stage, visit.tenant);
      await attacker.open(`${visit.tenant.app}/`);
      const params = visit.tenant.authorize((await attacker.drive('login')).value);
      await attacker.end();
      await visit.open(`${visit.tenant.redirectUri}?${params}`);
      return visit.drive('callback');
    },
    expect: { ...unknown, codes: 1, status: 'authenticated' },
  },
  {
    name: 'the response of another tab of this browser',
    clause: CSRF,
    async play(visit, stage) {
      const other = await Visit.begin(stage, visit.tenant, { context: visit.context });
      await other.open(`${visit.tenant.app}/`);
      const params = visit.tenant.authorize((await other.drive('login')).value);
      return visit.signIn({ respond: () => `?${params}` });
    },
    expect: unknown,
  },
  {
    name: "another sign-in's code to this one's state: code injection",
    clause: 'RFC 9700 §4.5',
    async play(visit, stage) {
      const victim = await Visit.begin(stage, visit.tenant);
      await victim.open(`${visit.tenant.app}/`);
      const params = visit.tenant.authorize((await victim.drive('login')).value);
      await victim.end();
      return visit.signIn({
        respond: (own) => {
          own.set('code', params.get('code'));
          return `?${own}`;
        },
      });
    },
    expect: { code: 'code_refused', codes: 1 },
  },
  {
    name: 'the same response again',
    clause: 'RFC 6749 §4.1.2: a code is used once',
    async play(visit) {
      let tail;
      await signedIn(visit, {
        respond: (params) => {
          tail = `?${params}`;
          return tail;
        },
      });
      await visit.open(visit.tenant.redirectUri + tail);
      return visit.drive('callback');
    },
    expect: { code: 'callback_replayed', codes: 1, status: 'authenticated' },
  },
  {
    name: 'the same response again after the token endpoint failed',
    clause: 'RFC 6749 §4.1.2: a code is used once',
    apply: (tenant) => {
      tenant.answer.token = onceThenGood(json(500, {}));
    },
    async play(visit) {
      let tail;
      await visit.signIn({
        respond: (params) => {
          tail = `?${params}`;
          return tail;
        },
      });
      await visit.open(visit.tenant.redirectUri + tail);
      return visit.drive('callback');
    },
    expect: { code: 'callback_replayed', codes: 1 },
  },
  response('answered twice at once: one exchange', 'RFC 6749 §4.1.2', () => {}, accepted, {
    finish: 'callbackTwice',
  }),
  {
    ...response('61 minutes later', 'RFC 9700 §2.1.1', () => {}, { code: 'transaction_expired' }),
    script: offset(61 * 60),
  },
  {
    ...response('61 minutes before it was asked for', 'RFC 9700 §2.1.1', () => {}, {
      code: 'transaction_expired',
    }),
    script: offset(-61 * 60),
  },

  add('the state twice', TWICE, [['state']], invalid('state')),
  add('two states', TWICE, [['state', 'other']], invalid('state')),
  add('the code twice', TWICE, [['code']], invalid('code')),
  add('two codes', TWICE, [['code', 'other']], invalid('code')),
  add('two issuers', TWICE, [['iss', 'http://evil.example']], invalid('iss')),
  add('an error beside the code', 'RFC 6749 §4.1.2', [['error', 'access_denied']], invalid('error')),
  add(
    'two errors',
    TWICE,
    [
      ['error', 'a'],
      ['error', 'b'],
    ],
    invalid('error'),
  ),
  suffix('the code again, its name percent-encoded', TWICE, '&c%6fde=other', invalid('code')),
  set('no code', 'RFC 6749 §4.1.2', 'code', undefined, invalid('code')),
  set('an empty code', 'RFC 6749 §4.1.2', 'code', '', invalid('code')),
  response('nothing at all', 'RFC 6749 §4.1.2', () => '', invalid('code')),
  response('code[] for code', 'RFC 6749 §4.1.2', (p) => `?code[]=x&state=${p.get('state')}`, invalid('code')),
  response('Code for code', 'RFC 6749 §4.1.2', (p) => `?Code=x&state=${p.get('state')}`, invalid('code')),
  response(
    'semicolons between',
    'RFC 6749 app. B',
    (p) => `?code=${p.get('code')};state=${p.get('state')}`,
    unknown,
  ),
  response(
    'JARM, not asked for',
    'JARM §2.3',
    (p) => `?response=eyJhbGciOiJub25lIn0.e30.&state=${p.get('state')}`,
    invalid('code'),
  ),

  ...['access_token', 'id_token', 'refresh_token'].flatMap((name) => [
    add(`an ${name} beside the code`.replace('an r', 'a r'), 'RFC 9700 §4.3.2', [[name, 'x']], invalid(name)),
    suffix(
      `an ${name} in the fragment`.replace('an r', 'a r'),
      'RFC 9700 §4.3.2',
      `#${name}=x&token_type=Bearer`,
      invalid(name),
    ),
  ]),
  response('all of it in the fragment', 'RFC 6749 §4.1.2', (params) => `#${params}`, invalid('fragment')),
  response(
    'the code in the query, the state in the fragment',
    'RFC 6749 §4.1.2',
    (p) => `?code=${p.get('code')}#state=${p.get('state')}`,
    invalid('fragment'),
  ),
  response(
    "in a hash router's route",
    'RFC 6749 §4.1.2',
    (params) => `#/callback?${params}`,
    invalid('fragment'),
  ),
  response(
    'implicit, with a good state',
    'RFC 9700 §2.1.2',
    (p) => `?state=${p.get('state')}#access_token=x&state=${p.get('state')}`,
    invalid('access_token'),
  ),

  set('iss is the attacker', ISS, 'iss', (_, t) => t.attacker, { code: 'issuer_mismatch' }),
  set('iss with a trailing slash', ISS, 'iss', (iss) => `${iss}/`, { code: 'issuer_mismatch' }),
  set('iss in other case', ISS, 'iss', (iss) => iss.toUpperCase(), { code: 'issuer_mismatch' }),
  set('iss encoded twice', ISS, 'iss', (iss) => encodeURIComponent(iss), { code: 'issuer_mismatch' }),
  set('iss empty', ISS, 'iss', '', { code: 'issuer_mismatch' }),
  set('iss with a space', ISS, 'iss', (iss) => `${iss} `, { code: 'issuer_mismatch' }),
  set('iss missing where it is advertised', ISS, 'iss', undefined, { code: 'issuer_mismatch' }, advertised),
  set(
    'iss wrong where it is advertised',
    ISS,
    'iss',
    (_, t) => t.attacker,
    { code: 'issuer_mismatch' },
    advertised,
  ),
  set('iss missing where it is not advertised', ISS, 'iss', undefined, accepted),
  set('iss missing where metadata does not name it', ISS, 'iss', undefined, accepted, {
    options: { discovery: true },
  }),

  add(
    '__proto__ for a parameter',
    UNKNOWN,
    [
      ['__proto__', 'x'],
      ['__proto__[polluted]', '1'],
    ],
    { ...accepted, url: undefined },
  ),
  add(
    'constructor for a parameter',
    UNKNOWN,
    [
      ['constructor', 'x'],
      ['constructor[prototype][polluted]', '1'],
    ],
    { ...accepted, url: undefined },
  ),
  suffix('malformed percent signs elsewhere', UNKNOWN, '&x=%zz%&%=%', {
    ...accepted,
    url: '/callback?x=%zz%&%=%',
  }),
  suffix('no UTF-8 elsewhere', UNKNOWN, '&x=%ff%fe', { ...accepted, url: '/callback?x=%ff%fe' }),
  suffix("the app's own query stays", 'own rule', '&tab=2&encode=%2f+b#top', {
    ...accepted,
    url: '/callback?tab=2&encode=%2f+b#top',
  }),
  suffix('10000 more parameters', UNKNOWN, '&x'.repeat(10_000), { ...accepted, url: undefined }),
  suffix('stray ampersands', 'RFC 6749 app. B', '&&&=&&', { ...accepted, url: undefined }),
  add('session_state beside it', 'Session Management §2', [['session_state', 'x.y']], accepted),
  response(
    'in another order, names encoded',
    'RFC 6749 app. B',
    (p) => `?%73tate=${p.get('state')}&c%6Fde=${encodeURIComponent(p.get('code'))}`,
    accepted,
  ),

  set('markup for a code', 'RFC 6749 §10.14', 'code', '<script>alert(1)</script>', {
    code: 'code_refused',
    codes: 1,
  }),
  set('100 KB of code', 'RFC 6749 §4.1.2: no sizes assumed', 'code', 'x'.repeat(100_000), {
    code: 'code_refused',
    codes: 1,
  }),
  set(
    'newlines in the code stay in it',
    'RFC 6749 app. B',
    'code',
    'x\r\nclient_id=evil&client_secret=y',
    { code: 'code_refused', codes: 1 },
    {
      also: ({ requests }) => {
        const [{ form }] = requests.filter(({ endpoint }) => endpoint === 'token');
        if (form.getAll('client_id').join() !== 'app' || form.has('client_secret'))
          throw new Error('injected');
      },
    },
  ),
  response(
    'a code that is no UTF-8',
    'RFC 6749 app. B',
    (p) => `?code=%ff%zz%&state=${p.get('state')}`,
    invalid('code'),
  ),
];

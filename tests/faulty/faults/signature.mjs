/** The ID token's signature, where metadata is in use: RFC 7515, RFC 8725, OpenID Connect Core §3.1.3.7 item 6. */
import { b64, compact, signature } from '../support/keys.mjs';

export const title = 'ID token: signature';
export const text =
  'With metadata every ID token is verified with the keys that the metadata names, and with no others.';

const options = { discovery: true };
const SIG = 'Core §3.1.3.7 item 6';
const HEADER = 'Core §2, RFC 8725 §3.10';
const bad = { code: 'id_token_signature_invalid', codes: 1 };
/** A page in which Web Cryptography does not know Ed25519, as in browsers before 2025. */
export const WITHOUT_ED25519 = `
  const { importKey } = SubtleCrypto.prototype;
  SubtleCrypto.prototype.importKey = function (format, key, algorithm, ...rest) {
    if ((algorithm.name ?? algorithm) === 'Ed25519')
      return Promise.reject(new DOMException('Unrecognized name.', 'NotSupportedError'));
    return importKey.call(this, format, key, algorithm, ...rest);
  };`;
const accepted = { accepted: true, codes: 1 };
const refused = (check) => ({ code: 'id_token_invalid', codes: 1, details: { check } });

const made = (name, clause, sign, expect = bad) => ({
  name,
  clause,
  options,
  apply: (tenant) => {
    tenant.first.sign = sign;
  },
  expect,
});
/** Signed by the attacker, who says where the key is. */
const pointed = (name, header) =>
  made(name, HEADER, (good, tenant) =>
    compact({ alg: 'RS256', kid: 'evil', ...header(tenant) }, good, tenant.keys.evil),
  );
/** Signed well, the header pointing elsewhere: not followed. */
const ignored = (name, header) =>
  made(
    name,
    HEADER,
    (good, tenant) => compact({ alg: 'RS256', kid: 'rs-1', ...header(tenant) }, good, tenant.keys.rsa),
    accepted,
  );
const by = (name, clause, alg, key, kid, expect) =>
  made(name, clause, (good, { keys }) => compact({ alg, kid }, good, keys[key]), expect);
/** The good token with another signature. */
const signed = (name, clause, change, expect, key = 'rsa') =>
  made(
    name,
    clause,
    async (good, { keys }) => {
      const text = `${b64({ alg: keys[key].alg, kid: keys[key].jwk.kid })}.${b64(good)}`;
      return `${text}.${b64(change(await signature(text, keys[key])))}`;
    },
    expect,
  );

/** ECDSA's signature as X.509 has it. */
function der(raw) {
  const whole = (bytes) => {
    const positive = bytes[0] & 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
    return Buffer.concat([Buffer.of(2, positive.length), positive]);
  };
  const both = Buffer.concat([whole(raw.subarray(0, 32)), whole(raw.subarray(32))]);
  return Buffer.concat([Buffer.of(0x30, both.length), both]);
}

export const faults = [
  by('RS256 by the key that it names', SIG, 'RS256', 'rsa', 'rs-1', accepted),
  by('PS256', SIG, 'PS256', 'ps', 'ps-1', accepted),
  by('ES256', SIG, 'ES256', 'ec', 'es-1', accepted),
  by('EdDSA', 'RFC 8037 §3.1', 'EdDSA', 'ed', 'ed-1', accepted),
  by('Ed25519', 'RFC 9864 §2.2', 'Ed25519', 'ed', 'ed-1', accepted),
  by('RS384', 'RFC 7518 §3.3', 'RS384', 'rs384', 'rs-384', accepted),
  by('RS512', 'RFC 7518 §3.3', 'RS512', 'rs512', 'rs-512', accepted),
  by('PS384', 'RFC 7518 §3.5', 'PS384', 'ps384', 'ps-384', accepted),
  by('PS512', 'RFC 7518 §3.5', 'PS512', 'ps512', 'ps-512', accepted),
  by('ES384', 'RFC 7518 §3.4', 'ES384', 'es384', 'es-384', accepted),
  by('ES512', 'RFC 7518 §3.4', 'ES512', 'es512', 'es-512', accepted),
  by('ES384 said, ES256 made', 'RFC 7518 §3.4', 'ES384', 'ec', 'es-384'),
  by('RS512 said, RS256 made', 'RFC 8725 §3.1', 'RS512', 'rsa', 'rs-512'),
  ...[
    [
      'RS256 where metadata lists ES256 alone',
      'rsa',
      ['ES256'],
      { ...refused('alg'), details: { expected: 'ES256', received: 'RS256' } },
    ],
    ['RS256 where metadata lists none that is accepted', 'rsa', ['HS256', 'none'], refused('alg')],
    ['RS256 where metadata lists RS256 and ES256', 'rsa', ['RS256', 'ES256'], accepted],
    ['EdDSA where metadata calls it Ed25519', 'ed', ['Ed25519'], accepted],
    ['RS256 where metadata lists no algorithms', 'rsa', undefined, accepted],
    ['RS256 where metadata lists null', 'rsa', null, accepted],
    ['RS256 where metadata lists no texts', 'rsa', [7], { code: 'metadata_invalid' }],
  ].map(([name, key, listed, expect]) => ({
    name,
    clause: 'Discovery §3',
    options,
    apply: (tenant) => {
      tenant.metadata.id_token_signing_alg_values_supported = listed;
      const by = tenant.keys[key];
      tenant.first.sign = (good) => compact({ alg: by.alg, kid: by.jwk.kid }, good, by);
    },
    expect,
  })),
  ...[
    ['checked by the keys that an app names: good', 'rsa', accepted],
    ["checked by the keys that an app names: the attacker's", 'evil', bad],
  ].map(([name, key, expect]) => ({
    name: `without metadata, ${name}`,
    clause: SIG,
    options: (tenant) => ({ endpoints: { jwks: `${tenant.issuer}/jwks` } }),
    apply: (tenant) => {
      tenant.first.sign = (good, { keys }) => compact({ alg: 'RS256', kid: 'rs-1' }, good, keys[key]);
    },
    expect: { ...expect, asked: { metadata: 0, jwks: 1 } },
  })),
  {
    ...by('EdDSA, and the browser lacks it', 'RFC 8037 §3.1', 'EdDSA', 'ed', 'ed-1', {
      code: 'algorithm_unsupported',
      codes: 1,
      details: { alg: 'EdDSA' },
    }),
    script: WITHOUT_ED25519,
  },
  by('RS256 without a kid', 'Core §10.1', 'RS256', 'rsa', undefined, accepted),
  by("the attacker's key under the platform's kid", SIG, 'RS256', 'evil', 'rs-1'),
  by("the attacker's key without a kid", SIG, 'RS256', 'evil', undefined),
  by('RS256 under the kid of an EC key', 'RFC 8725 §3.1', 'RS256', 'rsa', 'es-1'),
  by('PS256 said, RS256 made', 'RFC 8725 §3.1', 'PS256', 'rsa', 'ps-1'),
  by('RS256 said, PS256 made', 'RFC 8725 §3.1', 'RS256', 'ps', 'rs-1'),
  by('ES256 said, RS256 made', 'RFC 8725 §3.1', 'ES256', 'rsa', 'es-1'),
  by('alg none with a signature', 'Core §3.1.3.7 item 8', 'none', 'rsa', 'rs-1', refused('alg')),
  by('HS256 with an RSA signature', 'Core §3.1.3.7 item 8', 'HS256', 'rsa', 'rs-1', refused('alg')),

  signed('garbage for a signature', SIG, () => Buffer.from('garbage')),
  signed('one bit of the signature', SIG, (bytes) =>
    Buffer.concat([bytes.subarray(0, -1), Buffer.of(bytes.at(-1) ^ 1)]),
  ),
  signed('the signature cut short', SIG, (bytes) => bytes.subarray(0, -1)),
  signed('the signature and an octet more', SIG, (bytes) => Buffer.concat([bytes, Buffer.of(0)])),
  signed('an octet before the signature', SIG, (bytes) => Buffer.concat([Buffer.of(0), bytes])),
  signed('no signature', 'RFC 7515 §7.1', () => Buffer.alloc(0), refused('signature')),
  signed(
    'ES256 of zeros: the psychic signature',
    'RFC 8725 §3.4, CVE-2022-21449',
    () => Buffer.alloc(64),
    bad,
    'ec',
  ),
  signed('ES256 in DER', 'RFC 7518 §3.4', der, bad, 'ec'),
  signed('60 KB of signature', SIG, () => Buffer.alloc(40_000, 1)),
  made('the payload changed after signing', SIG, async (good, { keys }) => {
    const [header, , signature_] = (await compact({ alg: 'RS256', kid: 'rs-1' }, good, keys.rsa)).split('.');
    return `${header}.${b64({ ...good, sub: 'eve' })}.${signature_}`;
  }),
  made('the header changed after signing', SIG, async (good, { keys }) => {
    const [, payload, signature_] = (await compact({ alg: 'RS256', kid: 'rs-1' }, good, keys.rsa)).split('.');
    return `${b64({ alg: 'RS256', kid: 'rs-1', typ: 'JWT' })}.${payload}.${signature_}`;
  }),

  pointed("jku at the attacker's keys", ({ attacker }) => ({ jku: `${attacker}/jwks` })),
  pointed("x5u at the attacker's certificate", ({ attacker }) => ({ x5u: `${attacker}/key.pem` })),
  pointed("the attacker's key in jwk", ({ keys }) => ({ jwk: keys.evil.jwk })),
  pointed("the attacker's certificate in x5c", () => ({ x5c: ['MIIB'] })),
  pointed('kid is a URL of the attacker', ({ attacker }) => ({ kid: `${attacker}/jwks` })),
  pointed('kid is a path', () => ({ kid: '../../../jwks' })),
  ignored('signed well, jku at the attacker: not followed', ({ attacker }) => ({ jku: `${attacker}/jwks` })),
  ignored('signed well, x5u at the attacker: not followed', ({ attacker }) => ({
    x5u: `${attacker}/key.pem`,
  })),
  ignored("signed well, the attacker's jwk: not used", ({ keys }) => ({ jwk: keys.evil.jwk })),
  {
    name: 'jku at the attacker, without metadata: not followed',
    clause: HEADER,
    apply: (tenant) => {
      tenant.first.sign = (good, { keys, attacker }) =>
        compact(
          { alg: 'RS256', kid: 'x', jku: `${attacker}/jwks`, x5u: `${attacker}/key.pem` },
          good,
          keys.rsa,
        );
    },
    expect: accepted,
  },
  {
    name: 'a page without SubtleCrypto: plain http beyond this machine',
    clause: SIG,
    options,
    script: 'Object.defineProperty(crypto, "subtle", { value: undefined });',
    expect: { code: 'algorithm_unsupported', codes: 1 },
  },
  ...[
    ['iss', 'http://evil.example'],
    ['aud', 'other'],
    ['nonce', 'other'],
    ['at_hash', 'AAAAAAAAAAAAAAAAAAAAAA'],
  ].map(([check, value]) => ({
    name: `signed well, ${check} another`,
    clause: 'Core §3.1.3.7',
    options,
    apply: (tenant) => {
      tenant.first.claims = (good) => ({ ...good, [check]: value });
    },
    expect: refused(check),
  })),
];

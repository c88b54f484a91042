// What a trace must not say, where a text is long, quoted or old.
import assert from 'node:assert/strict';
import { test } from 'node:test';

const { Redactor } = await import('../../pkg/dist/trace/redact.js');

const redactor = () => new Redactor('key', { redirectUri: 'https://app.example/callback' }, {});

test('a secret that lies across the end of what is kept of a long text is not said in part', () => {
  const to = redactor();
  const secret = 'v1.MjQ2ODEwMTIxNDE2MTgyMA-3kf8sQ2Lw9xZt7';
  to.hide('refresh_token', secret);
  for (let before = 250; before < 300; before++) {
    const said = to.free(`${'x'.repeat(before)} ${secret} was revoked`);
    assert.ok(!said.includes(secret.slice(0, 6)), said);
    assert.ok(said.length < 400);
  }
});

test('a mail address in any encoding is not said', () => {
  const to = redactor();
  for (const text of [
    'user ada@mail.example is blocked',
    'see https://id.example/users/ada%40mail.example/blocked',
    'https://id.example/oauth2/authorize?x=1&error=ada%40mail.example',
  ]) {
    assert.ok(!/ada(@|%40)mail/.test(to.free(text)), to.free(text));
  }
  assert.ok(!to.url('https://id.example/error/ada%40mail.example').includes('ada%40'));
});

test('what an API says of itself is not said, with quotation marks in it, and without a name', () => {
  const to = redactor();
  const said = to.challenges(
    'Bearer realm="salaries", error="invalid_token", error_description="user \\"ada lovelace\\" is unknown, sorry", Negotiate YIIZ4gYGKwYBBQUCoIIZ1jCCGdKg==',
  );
  assert.match(said, /^Bearer realm=".*", error="invalid_token", error_description=/);
  for (const secret of ['salaries', 'ada', 'lovelace', 'sorry', 'YIIZ4', 'CCGdKg'])
    assert.ok(!said.includes(secret), said);
  assert.equal(to.challenges('Bearer error="invalid_token"'), 'Bearer error="invalid_token"');
  assert.equal(to.challenges('Bearer error=invalid_token'), 'Bearer error=invalid_token');
});

test('what a tab remembers of its secrets is bounded, however long it is open', () => {
  const values = {};
  const to = new Redactor('key', {}, values);
  const claims = (at) =>
    Buffer.from(JSON.stringify({ sub: `user ${at}`, jti: `token ${at}` })).toString('base64url');
  for (let at = 0; at < 5000; at++) to.idToken(`e30.${claims(at)}.c2ln`);
  assert.ok(to.known.size <= 2000, `${to.known.size} values`);
  assert.ok(Object.keys(values).length <= 2000, `${Object.keys(values).length} described`);
  // One that is used keeps its name and what is said of it.
  const one = to.idToken(`e30.${claims('x')}.c2ln`);
  for (let at = 0; at < 5000; at++) {
    to.hide('access_token', `token number ${at}`);
    if (at % 100 === 0) assert.equal(to.idToken(`e30.${claims('x')}.c2ln`), one);
  }
  assert.ok(values[one.slice(1, -1)].claims);
});

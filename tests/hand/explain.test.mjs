// `@intelliauth/spa-sdk/explain` and the command on top of it. What it finds is tested in tests/explain.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { explain, IntelliAuthError, isIntelliAuthError } from '@intelliauth/spa-sdk/explain';
import { root } from '../../scripts/lib/run.mjs';
import { COMMAND, command, pageHas } from './support/command.mjs';

const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const STATE = '_RqmqYbGlwSqLaLlULx1eAqwertyuiopasdfghjklzx';
const REGISTERED = 'https://app.example/callback';
const authorize = (changes = {}) =>
  `https://tenant.example/oauth2/authorize?${new URLSearchParams({
    response_type: 'code',
    client_id: 'app',
    redirect_uri: REGISTERED,
    scope: 'openid profile email',
    state: STATE,
    nonce: 'n-0S6_WzA2MjqwertyuiopasdfghjklzxcvbnmABCDE',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    ...changes,
  })}`;

describe('explain', { timeout: 120_000 }, () => {
  test('a good request has no finding, and a trailing slash is found and marked', async () => {
    const known = { redirectUris: [REGISTERED] };
    const good = await explain(authorize(), known);
    assert.equal(good.kind, 'authorization_request');
    assert.deepEqual(good.findings, []);
    const input = authorize({ redirect_uri: `${REGISTERED}/` });
    const { findings, parts, text } = await explain(input, known);
    assert.equal(findings[0].code, 'redirect_uri_trailing_slash');
    assert.equal(findings[0].severity, 'error');
    const part = parts.find(({ name }) => name === 'redirect_uri');
    assert.ok(input.slice(...part.range).includes('callback%2F'));
    assert.match(text, /^ERROR redirect_uri_trailing_slash$/m);
  });

  test('ranges are characters of the string, whatever stands before them', async () => {
    const input = `sieh: “${authorize({ login_hint: 'ü€😀' })}”`;
    const { parts } = await explain(input);
    for (const { name, range } of parts.filter(({ place }) => place === 'query'))
      assert.ok(input.slice(...range).includes(name.slice(0, 5)) || range[0] > 0, name);
    const state = parts.find(({ name }) => name === 'state');
    assert.ok(input.slice(...state.range).includes(STATE));
    assert.ok(state.hidden && !state.value.includes(STATE));
  });

  test('an error of the package is named however it is printed, with its likely causes and its page', async () => {
    const text = 'The callback does not answer a sign-in that this tab started.';
    const error = new IntelliAuthError('state_unknown', text, { details: { callback: 'spent' } });
    await error.explain();
    for (const input of [inspect(error), String(error), JSON.stringify(error), error.code]) {
      const { kind, findings, text } = await explain(input);
      assert.equal(kind, 'sdk_error', input);
      assert.deepEqual(
        findings.map(({ code }) => code),
        ['cause_sign_in_in_another_tab', 'cause_origin_changed', 'cause_storage_cleared', 'sdk_error'],
      );
      assert.match(text, /docs\/errors\.md#state_unknown$/m);
    }
  });

  test('a mistyped option is named', async () => {
    const error = await explain('x', { redirectUri: REGISTERED }).catch((error) => error);
    assert.ok(isIntelliAuthError(error, 'invalid_config'));
    assert.match(error.message, /redirectUris/);
    const { details } = await explain(new URL(authorize())).catch((error) => error);
    assert.equal(details.option, 'input');
  });

  test('require gives the same', async () => {
    const other = createRequire(import.meta.url)('@intelliauth/spa-sdk/explain');
    assert.equal((await other.explain('nothing')).kind, 'unknown');
  });
});

describe('npx @intelliauth/spa-sdk', { timeout: 120_000 }, () => {
  test('the manifest names it, and it may be executed', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'pkg/package.json'), 'utf8'));
    assert.deepEqual(manifest.bin, { 'spa-sdk': './dist/cli/index.js' });
    assert.match(readFileSync(COMMAND, 'utf8'), /^#!\/usr\/bin\/env node\n/);
  });

  test('explain ends with 0 where nothing is wrong and with 1 where an error is', async () => {
    const good = await command(['explain', authorize(), '--registered', REGISTERED]);
    assert.deepEqual([good.code, good.err], [0, '']);
    assert.match(good.out, /^Authorization request\n/);
    assert.match(good.out, /Nothing wrong was found/);
    assert.doesNotMatch(good.out, /Every finding/);
    const bad = await command(['explain', authorize(), '--registered', `${REGISTERED}/`]);
    assert.equal(bad.code, 1);
    assert.match(bad.out, /^ERROR redirect_uri_trailing_slash$/m);
    pageHas(bad.out, 'explain.md', 'redirect_uri_trailing_slash');
  });

  test('without --registered it is said what was not checked, in words and as JSON', async () => {
    const { code, out } = await command(['explain', authorize()]);
    assert.equal(code, 0);
    assert.match(out, /^Nothing wrong was found in what could be checked\.$/m);
    assert.match(out, /^NOTE redirect_uri_not_compared\n.*not known which redirect URIs are registered/m);
    assert.match(out, /`--registered`/);
    pageHas(out, 'explain.md', 'redirect_uri_not_compared');
    const { findings } = JSON.parse((await command(['explain', '--json', authorize()])).out);
    assert.deepEqual(
      findings.map(({ severity, code }) => [severity, code]),
      [['note', 'redirect_uri_not_compared']],
    );
  });

  test('a URL that the shell cut off at its first & is told', async () => {
    const [cut] = authorize().split('&');
    assert.match((await command(['explain', cut])).out, /put it in quotation marks/);
    assert.ok(!(await command(['explain', '-'], { input: cut })).out.includes('quotation marks'));
    JSON.parse((await command(['explain', '--json', cut])).out);
    assert.ok(!(await command(['explain', authorize()])).out.includes('quotation marks'));
  });

  test('with - the text comes from standard input, and with --known from a file: no secret is an argument or printed', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'explain-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const known = join(folder, 'known.json');
    writeFileSync(known, JSON.stringify({ verifier: `${VERIFIER}x`, redirectUris: [REGISTERED] }));
    const { code, out } = await command(['explain', '-', '--known', known], { input: authorize() });
    assert.equal(code, 1);
    assert.match(out, /^ERROR challenge_mismatch$/m);
    for (const secret of [VERIFIER, STATE]) assert.ok(!out.includes(secret));
    writeFileSync(known, `{"verifier": ${VERIFIER}`);
    const broken = await command(['explain', '-', '--known', known], { input: authorize() });
    assert.equal(broken.code, 2);
    assert.ok(!broken.err.includes(VERIFIER));
  });

  test('with --json the report is JSON, for CI', async () => {
    const { code, out } = await command(['explain', '--json', '-'], {
      input: authorize({ response_type: 'token' }),
    });
    assert.equal(code, 1);
    const { kind, findings } = JSON.parse(out);
    assert.equal(kind, 'authorization_request');
    assert.equal(findings[0].severity, 'error');
  });

  test('no colour without a terminal', async () => {
    const { out } = await command(['explain', authorize({ response_type: 'token' })]);
    assert.ok(!out.includes('\x1b'));
  });

  test('used wrongly it says how it is used, and ends with 2', async () => {
    for (const [args, said] of [
      [[], /which command/],
      [['explian'], /there is no command "explian"/],
      [['explain'], /what is to be explained/],
      [['explain', 'a', 'b'], /more than one text/],
      [['explain', '--registred', 'x', 'y'], /Unknown option '--registred'/],
      [['explain', 'y', '--known', '/nowhere'], /\/nowhere cannot be read: ENOENT/],
    ]) {
      const { code, out, err } = await command(args);
      assert.deepEqual([code, out], [2, ''], args.join(' '));
      assert.match(err, said);
      assert.match(err, /Usage: npx @intelliauth\/spa-sdk/);
    }
  });

  test('--help and --version', async () => {
    const help = await command(['--help']);
    assert.equal(help.code, 0);
    assert.match(help.out, /^ {2}explain /m);
    assert.match((await command(['explain', '--help'])).out, /Exit codes:/);
    const { version } = JSON.parse(readFileSync(join(root, 'pkg/package.json'), 'utf8'));
    assert.equal((await command(['--version'])).out, `${version}\n`);
  });
});

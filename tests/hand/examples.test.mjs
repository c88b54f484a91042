// The Rust examples, each run as a program of its own: a user signs in by them at the embedded provider.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { before, describe, test } from 'node:test';
import { Browser } from '../../provider/test/browser.js';
import { root, run } from '../../scripts/lib/run.mjs';
import { freePort, platform, signIn } from './support/platform.mjs';

/** Starts an example for this test, and waits until it says what to open. */
async function start(t, name, redirectUri, options) {
  const provider = await platform(t, { redirectUris: [redirectUri], ...options });
  const child = spawn(join(root, 'target/debug', name), {
    env: { TENANT_URL: provider.issuer, CLIENT_ID: provider.clientId, REDIRECT_URI: redirectUri },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill());
  const said = { out: [], err: [] };
  createInterface({ input: child.stderr }).on('line', (line) => said.err.push(line));
  const lines = createInterface({ input: child.stdout }).on('line', (line) => said.out.push(line));
  const [opening] = await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(() => assert.fail(said.err.join('\n'))),
  ]);
  return { provider, child, said, url: opening.replace('Open ', '') };
}

const redirectUri = async () => `http://localhost:${await freePort()}/callback`;

describe('the Rust examples', { timeout: 600_000 }, () => {
  before(() => run('cargo', ['build', '--package', 'intelliauth-examples']));

  test('the harness signs a user in, and prints the claims alone', async (t) => {
    const { provider, child, said, url } = await start(t, 'harness', await redirectUri());
    const callback = await signIn(url);
    // Browsers open connections ahead of need, and send nothing on them.
    const idle = connect(Number(new URL(callback).port), 'localhost');
    t.after(() => idle.destroy());
    await once(idle, 'connect');
    const other = await fetch(callback.replace('state=', 'state=x'));
    assert.equal(other.status, 404);
    const ended = once(child, 'exit');
    const answer = await fetch(callback);
    assert.match(await answer.text(), /close this page/);
    assert.deepEqual(await ended, [0, null]);
    const claims = JSON.parse(said.out.at(-1));
    assert.equal(claims.name, 'Ada Lovelace');
    assert.equal(claims.iss, provider.issuer);
    assert.deepEqual(said.err, []);
    const { body, response } = provider.log.find(({ path }) => path === '/oauth2/token');
    for (const secret of [body.code, body.code_verifier, response.access_token, response.refresh_token])
      assert.ok(!said.out.join('\n').includes(secret));
  });

  test('the harness says what the provider refused, and ends with 1', async (t) => {
    const { child, said, url } = await start(t, 'harness', await redirectUri());
    const browser = new Browser();
    const { url: callback } = await browser.press(await browser.open(url), 'Cancel');
    const ended = once(child, 'exit');
    await fetch(callback);
    assert.deepEqual(await ended, [1, null]);
    assert.match(said.err.join('\n'), /refused the sign-in.\nOffer to try again/);
  });

  /** A user's browser at the backend and the provider: one cookie jar for each. */
  class Visitor {
    provider = new Browser();
    backend = new Browser();

    /** From the backend's page to the provider and back, as far as the callback's address. */
    async callback(origin) {
      const { url } = await this.backend.open(`${origin}/sign-in`);
      return signIn(url, this.provider);
    }
  }

  test('the backend signs a user in, calls an API, and signs out at the provider too', async (t) => {
    const { provider, said, url: origin } = await start(t, 'backend', await redirectUri());
    const visitor = new Visitor();
    assert.match((await visitor.backend.open(origin)).html, /Signed out/);
    const callback = await visitor.callback(origin);
    const home = await visitor.backend.open(callback);
    assert.equal(home.url, `${origin}/`, 'the code has left the address');
    assert.match(home.html, /<h1>Ada Lovelace/);
    assert.match(
      (await visitor.backend.open(`${origin}/profile`)).html,
      /&quot;sub&quot;:&quot;usr_ada&quot;/,
    );
    const left = await visitor.backend.press(home, 'Sign out');
    assert.match(left.url, new RegExp(`^${provider.issuer}/oauth2/logout\\?client_id=`));
    assert.equal(provider.log.at(-1).path, '/oauth2/revoke');
    assert.equal(provider.log.at(-1).status, 200);
    assert.match((await visitor.backend.open(origin)).html, /Signed out/);
    const { body, response } = provider.log.find(({ path }) => path === '/oauth2/token');
    const everything = JSON.stringify(said);
    for (const secret of [body.code, body.code_verifier, response.access_token, response.refresh_token])
      assert.ok(!everything.includes(secret));
  });

  test('the backend refuses another browser’s callback and a second use of its own, and stays signed in', async (t) => {
    const { provider, url: origin } = await start(t, 'backend', await redirectUri());
    const [visitor, attacker] = [new Visitor(), new Visitor()];
    const theirs = await attacker.callback(origin);
    await visitor.callback(origin);
    const planted = await visitor.backend.open(theirs);
    assert.equal(planted.status, 400);
    assert.match(planted.html, /does not answer a sign-in/);
    const mine = await visitor.callback(origin);
    await visitor.backend.open(mine);
    const again = await visitor.backend.open(mine);
    assert.equal(again.status, 400);
    assert.match((await visitor.backend.open(origin)).html, /<h1>Ada/);
    assert.equal(provider.log.filter(({ path }) => path === '/oauth2/token').length, 1);
  });

  test('the backend sends no refresh token twice, and ends a session that the provider ended', async (t) => {
    const options = { accessTokenSeconds: 5 };
    const { provider, url: origin } = await start(t, 'backend', await redirectUri(), options);
    const visitor = new Visitor();
    await visitor.backend.open(await visitor.callback(origin));
    provider.control.beforeToken = ({ body }) =>
      body.grant_type === 'refresh_token' ? { status: 400, body: { error: 'invalid_grant' } } : 'pass';
    const ended = await visitor.backend.open(`${origin}/profile`);
    assert.match(ended.html, /The platform ended the session/);
    assert.match((await visitor.backend.open(origin)).html, /Signed out/);

    provider.control.beforeToken = undefined;
    await visitor.backend.open(await visitor.callback(origin));
    const refreshes = () => provider.log.filter(({ body }) => body?.grant_type === 'refresh_token').length;
    const before = refreshes();
    for (const page of await Promise.all([1, 2].map(() => visitor.backend.open(`${origin}/profile`))))
      assert.match(page.html, /usr_ada/);
    // Each finds a token that is about to expire. Had both sent the same, the provider would have revoked all.
    assert.equal(refreshes() - before, 2);
  });

  test('the backend shows a refusal escaped, with what to do', async (t) => {
    const { provider, said, url: origin } = await start(t, 'backend', await redirectUri());
    const { backend } = new Visitor();
    const { url } = await backend.open(`${origin}/sign-in`);
    const state = new URL(url).searchParams.get('state');
    const refusal = { error: 'x', error_description: '<script>alert(1)</script>', iss: provider.issuer };
    const query = new URLSearchParams({ ...refusal, state });
    const { html, status } = await backend.open(`${origin}/callback?${query}`);
    assert.equal(status, 400);
    assert.match(html, /&lt;script&gt;/);
    assert.doesNotMatch(html, /<script>/);
    assert.match(html, /Compare the authorize request/);
    assert.ok(!said.err.join('\n').includes(state));
  });
});

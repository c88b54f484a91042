// What a refused check tells: which one it was, what was expected, what came, and which option to set.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { ask, refusal } from './support/bare.mjs';
import { openBrowser } from './support/browser.mjs';
import { choose, goToCallback, goToProvider, signIn } from './support/flow.mjs';
import { bareWorld, reactWorld } from './support/world.mjs';

const browser = await openBrowser();
after(() => browser.close());

/** Has the platform's JSON at `path` changed on its way. */
const rewrite = (world, path, change) =>
  world.context.route(`**${path}`, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: change(await response.json()) });
  });

/** What a sign-in is refused with whose token response is changed so. */
async function refusedSignIn(t, change) {
  const world = await bareWorld(t, browser);
  await rewrite(world, '/oauth2/token', change);
  const page = await world.tab();
  await goToCallback(page, world);
  return refusal(page, 'handleCallback');
}

const header = (value) => (members) => ({
  ...members,
  id_token: members.id_token.replace(/^[^.]+/, Buffer.from(JSON.stringify(value)).toString('base64url')),
});

describe('checks', { concurrency: 4, timeout: 600_000 }, () => {
  test('a sign-in without an ID token says that `openid` was asked for', async (t) => {
    const error = await refusedSignIn(t, ({ id_token: _, ...members }) => members);
    assert.deepEqual([error.code, error.details.check], ['id_token_invalid', 'missing']);
    assert.match(error.hint, /`openid`/);
  });

  test('the refresh token of a sign-in whose ID token is refused is revoked', async (t) => {
    const world = await bareWorld(t, browser, { options: { discovery: true } });
    const refreshTokens = [];
    await rewrite(world, '/oauth2/token', (members) => {
      refreshTokens.push(members.refresh_token);
      return header({ alg: 'HS256' })(members);
    });
    const page = await world.tab();
    await goToCallback(page, world);
    const revoked = page.waitForResponse('**/oauth2/revoke');
    assert.equal((await refusal(page, 'handleCallback')).code, 'id_token_invalid');
    await revoked;
    const { body } = world.platform.log.find(
      ({ path, method }) => path === '/oauth2/revoke' && method === 'POST',
    );
    assert.deepEqual([body.token], refreshTokens);
  });

  test('an ID token by HMAC says which algorithms are accepted', async (t) => {
    const error = await refusedSignIn(t, header({ alg: 'HS256' }));
    assert.deepEqual([error.code, error.details.received], ['id_token_invalid', 'HS256']);
    assert.match(error.message, /check of alg: expected one of RS256, .*EdDSA, received HS256/);
    assert.match(error.hint, /with one of RS256, .*HMAC such as HS256, are never accepted/);
  });

  test('a check without more to tell has no empty places in its message', async (t) => {
    const error = await refusedSignIn(t, header({ alg: 'ES256', crit: ['x'], x: 1 }));
    assert.equal(error.message, 'The ID token was refused by the check of crit.');
  });

  test('metadata of another issuer says so, and the option that it names helps', async (t) => {
    const world = await bareWorld(t, browser, { options: { discovery: true } });
    const theirs = `${world.platform.issuer}/`;
    const named = (document) => ({ ...document, issuer: theirs });
    await rewrite(world, '/.well-known/openid-configuration', named);
    await rewrite(world, '/oauth2/token', (members) => members);
    const page = await world.tab();
    const error = await refusal(page, 'loginWithRedirect');
    const { expected, received, option } = error.details;
    assert.deepEqual(
      [error.code, expected, received, option],
      ['metadata_invalid', world.platform.issuer, theirs, 'issuer'],
    );
    assert.ok(error.hint.includes(`write \`issuer: '${theirs}'\``), error.hint);
    await page.evaluate((options) => begin(options), { ...world.options, issuer: theirs });
    await goToProvider(page);
  });

  test('a forced refresh without a refresh token says how to get one', async (t) => {
    const world = await bareWorld(t, browser);
    await rewrite(world, '/oauth2/token', ({ refresh_token: _, ...members }) => members);
    const page = await world.tab();
    await signIn(page, world);
    const error = await refusal(page, 'getAccessToken', { forceRefresh: true });
    assert.deepEqual([error.code, error.transient], ['refresh_token_missing', false]);
    assert.match(error.hint, /`offline_access`.*`prompt: 'consent'`/);
    assert.equal(await ask(page, 'getAccessToken'), world.exchanges()[0].response.access_token);
  });

  test('React has the ID token and all of its claims', async (t) => {
    const world = await reactWorld(t, browser);
    const page = await world.tab();
    const held = () =>
      page.evaluate(() => [clients[0].getIdToken(), clients[0].getIdTokenClaims(), clients[0].user]);
    assert.deepEqual(await held(), [undefined, undefined, undefined]);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await choose(page, world);
    await page.getByText('Ada Lovelace').waitFor();
    const [idToken, claims, user] = await held();
    assert.equal(idToken, world.exchanges()[0].response.id_token);
    assert.deepEqual([claims.iss, claims.sub, user.iss], [world.platform.issuer, user.sub, undefined]);
  });
});

// `auth.fetch`: the token for allowed origins alone, and one more try after a 401.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { ask, unwrap } from './support/bare.mjs';
import { openBrowser } from './support/browser.mjs';
import { signIn } from './support/flow.mjs';
import { bareWorld, ready } from './support/world.mjs';

const browser = await openBrowser();
after(() => browser.close());

/** A signed-in page that may send its token to the provider's API. */
async function signedIn(t, options) {
  const world = await bareWorld(t, browser, { options: false });
  await world.context.addInitScript(
    (given) => {
      window.given = given;
    },
    { ...world.options, allowedOrigins: [world.platform.issuer], ...options },
  );
  const page = await world.tab();
  await signIn(page, world);
  const { access_token: token } = world.exchanges()[0].response;
  return { world, page, token };
}

const fetched = async (page, url, init) =>
  unwrap(
    await page.evaluate(
      ([url, init]) =>
        attempt(async () => {
          const response = await auth.fetch(url, init);
          return { status: response.status, text: await response.text() };
        }),
      [url, init],
    ),
  );

const calls = (world, path) =>
  world.platform.log.filter((each) => each.path === path && each.method !== 'OPTIONS');

/** Ends a token at the platform, as it may do at any time. */
async function revoke(world, token) {
  await (await world.platform.provider.AccessToken.find(token)).destroy();
}

describe('fetch', { concurrency: 4, timeout: 600_000 }, () => {
  test('the token goes to an allowed origin, beside the app’s own headers', async (t) => {
    const { world, page, token } = await signedIn(t);
    const headers = { 'content-type': 'text/plain' };
    const answer = await fetched(page, `${world.platform.issuer}/api/echo`, {
      method: 'POST',
      headers,
      body: 'hello',
    });
    assert.deepEqual(answer, { status: 200, text: 'hello' });
    const [call] = calls(world, '/api/echo');
    assert.equal(call.headers.authorization, `Bearer ${token}`);
    assert.equal(call.headers['content-type'], 'text/plain');
  });

  test('origins are compared as origins: another host of the same machine gets the request without the token', async (t) => {
    const { world, page } = await signedIn(t);
    const { port } = world.platform;
    for (const url of [
      `http://127.0.0.1:${port}/api/me`,
      `http://localhost:${port}@127.0.0.1:${port}/api/me`,
      `${world.origin}/sdk/index.js`,
    ]) {
      const answer = await fetched(page, url).catch(({ name }) => name);
      const call = calls(world, '/api/me').at(-1);
      assert.equal(call?.headers.authorization, undefined, `${url}: ${JSON.stringify(answer)}`);
    }
    assert.equal(calls(world, '/api/me').length, 1, 'the first one arrived');
    assert.deepEqual(world.refreshes(), [], 'its 401 is its own affair');
  });

  test('a 401 refreshes once and sends once more, with method, headers and body', async (t) => {
    const { world, page, token } = await signedIn(t);
    await revoke(world, token);
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"n":1}' };
    const answer = await fetched(page, `${world.platform.issuer}/api/echo`, init);
    assert.deepEqual(answer, { status: 200, text: '{"n":1}' });
    const [refused, repeated, ...more] = calls(world, '/api/echo');
    assert.deepEqual([refused.status, repeated.status, more.length], [401, 200, 0]);
    assert.deepEqual([refused.body, repeated.body], ['{"n":1}', '{"n":1}']);
    assert.equal(repeated.headers['content-type'], 'application/json');
    assert.equal(repeated.headers.authorization, `Bearer ${world.refreshes()[0].response.access_token}`);
    assert.equal(world.refreshes().length, 1);
  });

  test('a Request object is replayed too, and several 401s at once share one refresh', async (t) => {
    const { world, page, token } = await signedIn(t);
    await revoke(world, token);
    const texts = await page.evaluate(async (url) => {
      const send = (body) => auth.fetch(new Request(url, { method: 'POST', body }));
      const answers = await Promise.all(['one', 'two', 'three'].map(send));
      return Promise.all(answers.map((answer) => answer.text()));
    }, `${world.platform.issuer}/api/echo`);
    assert.deepEqual(texts, ['one', 'two', 'three']);
    assert.equal(world.refreshes().length, 1);
    assert.equal(calls(world, '/api/echo').length, 6);
  });

  test('an API that always answers 401 is asked twice, and its own answer is given', async (t) => {
    const { world, page } = await signedIn(t);
    const url = `${world.platform.issuer}/api/closed`;
    let asked = 0;
    await page.route(url, (route) => {
      asked++;
      const headers = { 'access-control-allow-origin': world.origin };
      return route.fulfill({ status: 401, headers, body: 'closed' });
    });
    assert.deepEqual(await fetched(page, url), { status: 401, text: 'closed' });
    assert.equal(asked, 2);
    assert.equal(world.refreshes().length, 1);
  });

  /** Has `url` answer 401 to every token, and counts how often it is asked. */
  async function close(page, world, url, headers = {}) {
    const asked = { count: 0 };
    await page.route(url, (route) => {
      asked.count++;
      const cors = {
        'access-control-allow-origin': world.origin,
        'access-control-expose-headers': 'www-authenticate',
      };
      return route.fulfill({ status: 401, headers: { ...cors, ...headers }, body: 'closed' });
    });
    return asked;
  }

  for (const tokenStorage of ['session', 'local', 'memory']) {
    test(`an API that always answers 401 costs one refresh and not one a request (${tokenStorage})`, async (t) => {
      const { world, page } = await signedIn(t, { tokenStorage });
      const url = `${world.platform.issuer}/api/closed`;
      const asked = await close(page, world, url);
      for (let n = 0; n < 4; n++) assert.deepEqual(await fetched(page, url), { status: 401, text: 'closed' });
      await Promise.all([1, 2, 3].map(() => fetched(page, url)));
      assert.deepEqual([world.refreshes().length, asked.count], [1, 8]);
      if (tokenStorage !== 'memory') {
        await page.reload();
        await ready(page);
        await fetched(page, url);
        assert.deepEqual([world.refreshes().length, asked.count], [1, 9], 'after a reload');
      }
      if (tokenStorage === 'local') {
        const other = await world.tab();
        await close(other, world, url);
        for (let n = 0; n < 2; n++) await fetched(other, url);
        assert.equal(world.refreshes().length, 1, 'in another tab');
      }
      // What is forced is refreshed, and the token of it may be refused once.
      await ask(page, 'getAccessToken', { forceRefresh: true });
      assert.equal(world.refreshes().length, 2);
      for (let n = 0; n < 2; n++) await fetched(page, url);
      assert.equal(world.refreshes().length, 3);
    });
  }

  for (const challenge of [
    'Bearer error="insufficient_scope", scope="reports"',
    'Basic realm="a", Bearer realm="b", error="insufficient_user_authentication", acr_values="2"',
  ]) {
    test(`a 401 that no newer token would change refreshes nothing: ${challenge}`, async (t) => {
      const { world, page } = await signedIn(t);
      const url = `${world.platform.issuer}/api/closed`;
      const asked = await close(page, world, url, { 'www-authenticate': challenge });
      assert.deepEqual(await fetched(page, url), { status: 401, text: 'closed' });
      assert.deepEqual([world.refreshes().length, asked.count], [0, 1]);
    });
  }

  test('an abort ends the call', async (t) => {
    const { world, page } = await signedIn(t);
    const name = await page.evaluate(async (url) => {
      const abort = new AbortController();
      const call = auth.fetch(url, { signal: abort.signal });
      abort.abort();
      return call.then(
        () => 'answered',
        (error) => error.name,
      );
    }, `${world.platform.issuer}/api/me`);
    assert.equal(name, 'AbortError');
  });
});

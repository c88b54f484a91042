/**
 * No code, verifier, state, nonce or token is ever said: not by the console, not by an error in any of its parts, not
 * by an event. And with `tokenStorage: 'memory'` none can be found in the page. The flows are those of the faulty
 * platform, good and bad.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as authorization from '../faulty/faults/authorization.mjs';
import * as callback from '../faulty/faults/callback.mjs';
import * as discovery from '../faulty/faults/discovery.mjs';
import * as idToken from '../faulty/faults/id-token.mjs';
import * as jwks from '../faulty/faults/jwks.mjs';
import * as logout from '../faulty/faults/logout.mjs';
import * as refresh from '../faulty/faults/refresh.mjs';
import * as token from '../faulty/faults/token.mjs';
import * as transport from '../faulty/faults/transport.mjs';
import { run, signedIn } from '../faulty/support/run.mjs';
import { openStage } from '../faulty/support/stage.mjs';
import { Visit } from '../faulty/support/visit.mjs';

/** Faults of every category, and the ones whose answers hold the most. */
const chosen = [
  [
    callback,
    [
      'no state',
      'two codes',
      "another sign-in's code to this one's state: code injection",
      'the same response again',
      'iss is the attacker',
    ],
  ],
  [authorization, ['access_denied', 'markup for a description', 'an error from another issuer']],
  [
    discovery,
    [
      "token_endpoint on the attacker's origin",
      'token_endpoint moves to the attacker while the user is away',
      '404',
    ],
  ],
  [
    token,
    [
      'invalid_grant',
      '400 with invalid_grant and tokens besides',
      '500 with tokens',
      'cut short',
      'with space around',
    ],
  ],
  [
    idToken,
    [
      'nonce another',
      'at_hash another',
      'alg none, no signature',
      'iat an hour ago: the clock is ahead',
      '5 parts: encrypted',
    ],
  ],
  [jwks, ['no keys', "the attacker's key under the kid", 'never']],
  [
    refresh,
    ['rotated', 'invalid_grant', 'sub another', 'never', 'redirected to the attacker, 307', 'cut short'],
  ],
  [logout, ['revocation 200', 'revocation 500', 'returnTo on the attacker']],
  [
    transport,
    ['never answered', 'reset within the body', 'redirected to the attacker, 307', 'no CORS headers'],
  ],
];

const stage = await openStage();
after(() => stage.close());

/** The secret's random part: the same in every encoding. */
const core = (secret) => secret.split('~').at(-1);
function assertUnsaid(tenant, said) {
  assert.ok(tenant.secrets.size > 1, 'nothing to look for');
  for (const [secret, kind] of tenant.secrets)
    assert.ok(!said.includes(core(secret)), `the ${kind} was said: ${said}`);
}

test('a whole good flow says no secret', async () => {
  const tenant = await stage.tenant();
  const visit = await Visit.begin(stage, tenant, { own: true, load: true });
  await signedIn(visit);
  assert.equal((await visit.drive('refresh')).error, undefined);
  assert.equal((await visit.drive('logout')).error, undefined);
  assert.equal((await visit.drive('token')).error.code, 'login_required');
  const said = await visit.listen();
  for (const event of ['sign_in_started', 'signed_in', 'token_refreshed', 'signed_out']) {
    assert.ok(said.includes(event), `no ${event} was overheard`);
  }
  for (const kind of ['code', 'verifier', 'state', 'nonce', 'access token', 'refresh token', 'ID token']) {
    assert.ok([...tenant.secrets.values()].includes(kind), kind);
  }
  assertUnsaid(tenant, said);
  await visit.end();
});

test('a flow that goes wrong says no secret', { concurrency: 2 }, async (context) => {
  for (const [{ title, faults }, names] of chosen) {
    for (const name of names) {
      const fault = faults.find((known) => known.name === name);
      assert.ok(fault, `${title}: ${name}`);
      // `run` looks for every secret of the flow in everything that was said, and in every address.
      await context.test(`${title}: ${name}`, () => run(stage, fault));
    }
  }
});

test('the ears are open: console, errors, rejections and causes are overheard', async () => {
  const visit = await Visit.begin(stage, await stage.tenant(), { own: true });
  const methods = ['log', 'info', 'warn', 'error', 'debug', 'trace', 'table', 'dir', 'group', 'assert'];
  await visit.page.evaluate(async (methods) => {
    for (const name of methods) {
      console[name]({ deep: { text: `said by ${name}` } });
    }
    const heard = ['error', 'unhandledrejection'].map(
      (type) => new Promise((resolve) => addEventListener(type, resolve)),
    );
    setTimeout(() => {
      throw new Error('said by throw', { cause: new Error('said by cause') });
    });
    Promise.reject(Object.assign(new Error('x'), { details: { note: 'said by details' } }));
    await Promise.all(heard);
  }, methods);
  const said = await visit.listen();
  for (const by of [...methods, 'throw', 'cause', 'details']) {
    assert.ok(said.includes(`said by ${by}`), by);
  }
  await visit.end();
});

/** Everywhere in the page that script can look without being the SDK. Runs in the page. */
async function everything() {
  const found = {};
  const add = (place, value) => {
    found[place] = `${found[place] ?? ''}\n${value}`;
  };
  for (const [place, storage] of Object.entries({ localStorage, sessionStorage })) {
    for (let at = 0; at < storage.length; at++)
      add(place, `${storage.key(at)}=${storage.getItem(storage.key(at) ?? '')}`);
  }
  const settled = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  for (const { name } of await indexedDB.databases()) {
    const database = await settled(indexedDB.open(name ?? ''));
    for (const store of database.objectStoreNames) {
      const held = database.transaction(store).objectStore(store);
      add('IndexedDB', JSON.stringify([await settled(held.getAllKeys()), await settled(held.getAll())]));
    }
    database.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      add('Cache', `${name} ${request.url} ${await (await cache.match(request))?.text()}`);
    }
  }
  add('cookies', document.cookie);
  add('history.state', JSON.stringify(history.state));
  add('address', `${location.href} ${document.referrer} ${window.name}`);
  add('DOM', document.documentElement.outerHTML);
  add('performance', JSON.stringify(performance.getEntries()));
  const seen = new Set();
  const walk = (value, path, depth) => {
    if (typeof value === 'string') return add('window', `${path}=${value}`);
    const walkable = (typeof value === 'object' && value !== null) || typeof value === 'function';
    if (!walkable || seen.has(value) || depth > 7 || seen.size > 50_000) return;
    seen.add(value);
    if (value instanceof Map || value instanceof Set)
      for (const item of value) walk(item, `${path}{}`, depth + 1);
    for (const name of Object.keys(value)) {
      add('window', `${path}.${name}`);
      try {
        walk(value[name], `${path}.${name}`, depth + 1);
      } catch {}
    }
  };
  walk(window, 'window', 0);
  return found;
}

/**
 * The browser's own record of how the page was loaded, which no script can change: the code and the state in it are
 * spent before anybody else's script could read them.
 */
const LOADED = ['code in performance', 'state in performance'];

/** Where in the page a secret of the flow is, by kind. */
async function scan(visit) {
  const found = await visit.page.evaluate(everything);
  assert.ok(found.window.includes('drive'), 'the scan of window came to nothing');
  const places = [];
  for (const [place, held] of Object.entries(found)) {
    for (const [secret, kind] of visit.tenant.secrets)
      if (held.includes(core(secret))) places.push(`${kind} in ${place}`);
  }
  return [...new Set(places)].sort();
}

test("with tokenStorage 'memory' no secret can be found in the page", async () => {
  for (const discovery of [false, true]) {
    const options = { tokenStorage: 'memory', discovery };
    const visit = await Visit.begin(stage, await stage.tenant(), { own: true, load: true, options });
    const { state } = await signedIn(visit);
    assert.equal(state.status, 'authenticated');
    assert.deepEqual(await scan(visit), LOADED, 'after the sign-in');
    assert.equal((await visit.drive('refresh')).error, undefined);
    assert.deepEqual(await scan(visit), LOADED, 'after a refresh');
    await visit.drive('logout', { localOnly: true });
    assert.deepEqual(await scan(visit), LOADED, 'after the sign-out');
    await visit.end();
  }
});

test('the scan finds what is there', async () => {
  for (const [tokenStorage, place] of [
    ['session', 'sessionStorage'],
    ['local', 'localStorage'],
  ]) {
    const visit = await Visit.begin(stage, await stage.tenant(), {
      own: true,
      load: true,
      options: { tokenStorage },
    });
    await signedIn(visit);
    const tokens = ['ID token', 'access token', 'refresh token'].map((kind) => `${kind} in ${place}`);
    const own = (await scan(visit)).filter((told) => told.endsWith(place));
    assert.deepEqual(
      own.filter((told) => tokens.includes(told)),
      tokens,
    );
    // The nonce is a claim of the ID token; code, verifier and state are spent and gone.
    for (const kind of ['code', 'verifier', 'state']) assert.ok(!own.includes(`${kind} in ${place}`), kind);
    await visit.drive('logout', { localOnly: true });
    assert.deepEqual(await scan(visit), LOADED, 'after the sign-out nothing is left');
    await visit.page.evaluate(
      async (secret) => {
        window.planted = { deep: new Map([['a', [{ b: secret }]]]) };
        history.replaceState({ secret }, '');
        document.body.dataset.secret = secret;
        // biome-ignore lint/suspicious/noDocumentCookie: what a page would do
        document.cookie = `planted=${secret}`;
        await (await caches.open('planted')).put('/x', new Response(secret));
      },
      [...visit.tenant.secrets.keys()][0],
    );
    const planted = (await scan(visit)).map((told) => told.split(' in ')[1]);
    assert.deepEqual(
      [...new Set(planted)],
      ['Cache', 'DOM', 'cookies', 'history.state', 'performance', 'window'],
    );
    await visit.end();
  }
});

/** Runs one fault and says what came of it; `judge` holds that against what was expected. */
import assert from 'node:assert/strict';
import { stolenBySdk } from './control.mjs';
import { Visit } from './visit.mjs';

const { replay } = await import('../../../pkg/dist/replay/replay.js');

/**
 * @typedef {object} Expected
 * @property {string} [code] the exact error code; absent where the platform's answer is accepted
 * @property {true} [accepted]
 * @property {number} [codes] how often the code left
 * @property {number} [refreshes] how often the refresh token left
 * @property {Record<string, unknown>} [details] some of the error's details
 * @property {string} [status] the state afterwards, where it is not what the outcome says
 * @property {string} [reason] why nobody is signed in afterwards
 * @property {number} [lifetime] of the access token, in seconds
 * @property {string} [scope]
 * @property {string} [url] path and query of the address afterwards
 * @property {Record<string, number>} [asked] how often an endpoint was asked
 *
 * @typedef {object} Fault
 * @property {string} name
 * @property {string} [clause]
 * @property {'callback' | 'refresh' | 'logout'} [at]
 * @property {(tenant: import('./tenant.mjs').Tenant) => unknown} [apply]
 * @property {object | ((tenant: import('./tenant.mjs').Tenant) => object)} [options] the client's; a time limit of a
 *   second only where nothing good is waited for
 * @property {object} [login] `loginWithRedirect`'s options
 * @property {(params: URLSearchParams, visit: Visit) => unknown} [respond] what follows the redirect URI
 * @property {string} [finish] the step that answers the callback
 * @property {(tenant: import('./tenant.mjs').Tenant) => unknown} [between] while the user is away
 * @property {string | ((tenant: import('./tenant.mjs').Tenant) => string)} [script] runs in the page before anything else
 * @property {(visit: Visit, stage: any, fault: Fault) => Promise<any>} [play] replaces the flow
 * @property {(tenant: import('./tenant.mjs').Tenant, outcome: any, visit: Visit) => unknown} [also] more to hold
 * @property {string} [todo] a known bug of the SDK's, while there is one
 * @property {Expected} expect
 */

/** @type {Record<string, (visit: Visit, stage: any, fault: Fault) => Promise<any>>} */
const plays = {
  async callback(visit, _, fault) {
    const revoked = visit.page.waitForResponse(/\/revoke$/);
    revoked.catch(() => {});
    const result = await visit.signIn(fault);
    if (revokes(visit, result.error?.code)) await revoked;
    return result;
  },
  async refresh(visit, _, fault) {
    await signedIn(visit, fault);
    return visit.drive('refreshOnce');
  },
  async logout(visit, _, fault) {
    await signedIn(visit, fault);
    return visit.drive('logout', { localOnly: true });
  },
};

/** Whether the refresh token of a sign-in is to be revoked, because its ID token is refused. */
const revokes = ({ tenant, options }, code) =>
  ['id_token_invalid', 'id_token_signature_invalid', 'algorithm_unsupported'].includes(code) &&
  tenant.refreshable &&
  Boolean(options.discovery && tenant.metadata.revocation_endpoint);

/** A good sign-in, on which the fault builds. */
export async function signedIn(visit, fault = {}) {
  const result = await visit.signIn(fault);
  assert.equal(result.error, undefined, 'the sign-in before the fault');
  return result;
}

const RESPONSE =
  /[?#&](code|state|iss|error|error_description|error_uri|session_state|access_token|id_token|refresh_token)=/;

/** `traced`: with the option `trace`, and the trace is judged too. @param {Fault} fault */
export async function run(stage, fault, traced = false) {
  const tenant = await stage.tenant();
  await fault.apply?.(tenant);
  const visit = await Visit.begin(stage, tenant, { ...fault, traced });
  try {
    const began = Date.now();
    const result = await (fault.play ?? plays[fault.at ?? 'callback'])(visit, stage, fault);
    const outcome = {
      code: result.error?.code,
      details: result.error?.details ?? {},
      transient: result.error?.transient,
      state: result.state,
      began,
      codes: tenant.codes,
      refreshes: tenant.refreshes,
    };
    await judge(fault, outcome, tenant, visit, stage);
    if (traced) await judgeTrace(visit, tenant);
    stage.visited.push({ fault, tenant });
    return outcome;
  } finally {
    await visit.end();
  }
}

/** It says no secret, and the core that replays it does the same again, down to every action. */
async function judgeTrace(visit, tenant) {
  const text = await visit.drive('trace');
  // Some have no client in the end.
  if (typeof text !== 'string') return;
  const bundle = JSON.parse(text);
  // Pages are used again.
  bundle.runs = bundle.runs.filter(({ options }) => options.tenantUrl === visit.options.tenantUrl);
  const told = JSON.stringify(bundle);
  for (const [secret, kind] of tenant.secrets) {
    assert.ok(!told.includes(secret.split('~').at(-1)), `the ${kind} is in the trace: ${told}`);
  }
  assert.ok(!told.includes('"unreadable"'), told);
  const { difference, replayed, recorded } = await replay(told);
  assert.equal(difference, undefined);
  assert.deepEqual(replayed, recorded);
}

/** The four questions of every fault, and what no fault may bring about. @param {Fault} fault */
async function judge(fault, outcome, tenant, visit, stage) {
  const { expect, also } = fault;
  const told = `${outcome.code ?? 'accepted'} ${JSON.stringify(outcome.details)}`;

  // 1. Accepted, or refused with exactly this code.
  assert.equal(outcome.code, expect.code, told);
  assert.equal(Boolean(expect.accepted), expect.code === undefined, 'a fault expects a code or acceptance');
  for (const [name, value] of Object.entries(expect.details ?? {})) {
    if (value instanceof RegExp) assert.match(String(outcome.details[name]), value);
    else assert.equal(outcome.details[name], value, `details.${name}`);
  }
  // A code is sent once: whatever became of it, the same call cannot succeed later.
  if (outcome.code && (fault.at ?? 'callback') === 'callback' && !fault.play && outcome.codes > 0) {
    assert.equal(outcome.transient, false, 'transient, but the code has left');
  }
  const status = expect.status ?? (expect.accepted ? 'authenticated' : 'unauthenticated');
  assert.equal(outcome.state?.status, status, told);
  if (expect.reason) assert.equal(outcome.state.reason, expect.reason);
  if (expect.scope !== undefined) assert.equal(outcome.state.scope, expect.scope);
  if (expect.lifetime) {
    // Counted from some moment of this run, give or take what the two clocks round.
    const from = outcome.state.expiresAt - expect.lifetime * 1000;
    const within = from >= outcome.began - 1000 && from <= Date.now() + 1000;
    assert.ok(within, `the token lives to ${outcome.state.expiresAt}, begun at ${outcome.began}`);
  }

  // 2. How often the code and the refresh token left.
  assert.equal(outcome.codes, expect.codes ?? 0, 'how often the code left');
  const revoked = !fault.play && (fault.at ?? 'callback') === 'callback' && revokes(visit, outcome.code);
  assert.equal(outcome.refreshes, expect.refreshes ?? Number(revoked), 'how often the refresh token left');
  for (const [endpoint, times] of Object.entries(expect.asked ?? {})) {
    assert.equal(tenant.asked(endpoint), times, `how often ${endpoint} was asked`);
  }

  // 3. The address is clean, and every one that this tab remembers.
  const addresses = await visit.history();
  for (const address of addresses.filter((known) => known.startsWith(tenant.app))) {
    assert.doesNotMatch(address, RESPONSE);
    for (const [secret, kind] of tenant.secrets) {
      assert.ok(!address.includes(secret), `the ${kind} is in the address ${address}`);
    }
  }
  const { pathname, search, hash, href } = new URL(visit.page.url());
  if (expect.url) assert.equal(pathname + search + hash, expect.url, href);

  // 4. Nothing reached the attacker.
  assert.deepEqual(await stolenBySdk(stage, fault, tenant), [], "the attacker's origin was reached");

  // And no request carries what it should not, nothing runs, nothing sticks.
  for (const { endpoint, headers, url, method } of tenant.requests) {
    if (endpoint === 'end_session') continue;
    for (const name of ['cookie', 'referer', 'authorization'])
      assert.equal(headers[name], undefined, `${endpoint}: ${name}`);
    assert.notEqual(method, 'OPTIONS', 'a preflight');
    for (const [secret, kind] of tenant.secrets)
      assert.ok(!url.includes(secret), `${kind} in the URL of ${endpoint}`);
  }
  const said = await visit.listen();
  for (const [secret, kind] of tenant.secrets) {
    // Whatever way it was encoded in, its random part would be the same.
    assert.ok(!said.includes(secret.split('~').at(-1)), `the ${kind} was said: ${said}`);
  }
  assert.deepEqual(visit.problems, []);
  assert.deepEqual(await visit.context.cookies(), []);
  if (href.startsWith(tenant.app)) assert.equal(await visit.drive('polluted'), expect.polluted ?? '');
  await also?.(tenant, outcome, visit);
}

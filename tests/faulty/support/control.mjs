/**
 * The control: what a browser does by itself with a response. What the SDK requested is requested once more by a page
 * without the SDK, with the SDK's settings, from a tenant with the same fault. Only what reached the attacker beyond that
 * is the SDK's doing.
 */
import { PLAIN } from './stage.mjs';

/** How long the control waits for an answer that may never come, in milliseconds. */
const PATIENCE = 20_000;

const named = ({ method, url }) => `${method} ${url}`;

/** Those of `all` that `known` does not have, counting each as often as it came. */
function beyond(all, known) {
  const left = known.map(named);
  return all.filter((request) => {
    const at = left.indexOf(named(request));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** One request as `src/web/net.rs` makes it. Runs in the page. */
async function request({ url, method, body }) {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const settings = { credentials: 'omit', cache: 'no-store', redirect: 'error', referrer: '' };
  const posted = method === 'POST' ? { method, body, headers } : {};
  try {
    await (await fetch(url, { ...settings, ...posted })).text();
  } catch {}
}

/** The requests, and then some more to the attacker: what a browser does with a response's headers it begins before the page has the response. */
async function repeat(page, tenant, control) {
  const made = tenant.requests.filter(({ headers }) => headers['sec-fetch-mode'] === 'cors');
  await Promise.all(
    made.map(({ method, url, form }) => {
      const there = control.issuer + url.slice(tenant.id.length + 1);
      return page.evaluate(request, { url: there, method, body: String(control.renewed(form)) });
    }),
  );
  for (let last = 0; last < 3; last++)
    await page.evaluate(request, { url: `${control.attacker}/last`, method: 'GET' });
}

/**
 * What reached the tenant's attacker and is not the browser's own doing.
 *
 * @param {import('./run.mjs').Fault} fault
 * @param {import('./tenant.mjs').Tenant} tenant
 */
export async function stolenBySdk(stage, fault, tenant) {
  if (tenant.stolen.length === 0) return [];
  const control = await stage.tenant();
  await fault.apply?.(control);
  const context = await stage.browser.newContext();
  let timer;
  try {
    const page = await context.newPage();
    await page.goto(stage.app + PLAIN);
    const explained = control.stolenUntil(() => beyond(tenant.stolen, control.stolen).length === 0);
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, PATIENCE);
    });
    const repeated = repeat(page, tenant, control);
    repeated.catch(() => {}); // the page is closed once all is explained
    await Promise.race([explained, repeated, late]);
    return beyond(tenant.stolen, control.stolen);
  } finally {
    clearTimeout(timer);
    await context.close();
  }
}

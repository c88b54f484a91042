/**
 * The control: what a browser does by itself with a response. What the SDK requested is requested once more by a page
 * without the SDK, with the SDK's settings, from a tenant with the same fault. Only what reached the attacker beyond that
 * is the SDK's doing.
 */
import { PLAIN } from './stage.mjs';

/** How long the control may take to do what the SDK's page did, in milliseconds. */
const PATIENCE = 10_000;

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
function request({ url, method, body }) {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const settings = { credentials: 'omit', cache: 'no-store', redirect: 'error', referrer: '' };
  const posted = method === 'POST' ? { method, body, headers } : {};
  fetch(url, { ...settings, ...posted }).then(
    (response) => response.text(),
    () => {},
  );
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
  try {
    const page = await context.newPage();
    await page.goto(stage.app + PLAIN);
    for (const { headers, method, url, form } of tenant.requests) {
      if (headers['sec-fetch-mode'] !== 'cors') continue;
      const body = String(control.renewed(form));
      await page.evaluate(request, { url: control.issuer + url.slice(tenant.id.length + 1), method, body });
    }
    const explained = () => beyond(tenant.stolen, control.stolen).length === 0;
    let timer;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, PATIENCE);
    });
    await Promise.race([control.stolenUntil(explained), late]);
    clearTimeout(timer);
    return beyond(tenant.stolen, control.stolen);
  } finally {
    await context.close();
  }
}

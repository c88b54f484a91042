// What a user does in an app of the bench.
import { openPage } from './browser.mjs';

/** Goes to `path` and answers with what the app reports there. */
export async function visit(stage, { page }, path, kinds) {
  const reported = stage.site.reported([...kinds, 'failed']);
  reported.catch(() => {});
  await page.goto(stage.site.origin + path, { waitUntil: 'commit' });
  const report = await reported;
  if (report.what === 'failed') throw new Error(report.error.split('\n')[0]);
  return report;
}

/** From the start page to the signed-in one. */
export function signIn(stage, view) {
  stage.reset();
  stage.tenant.user = 'signing-in';
  return visit(stage, view, '/?go', ['in']);
}

/** The page again, with the session that the last one left. */
export async function restore(stage, view) {
  stage.reset();
  if (stage.app.shape === 'keycloak') stage.configure({ ...stage.given, restores: true });
  try {
    return await visit(stage, view, '/', ['in', 'out']);
  } finally {
    if (stage.app.shape === 'keycloak') stage.configure(stage.given);
  }
}

/** With a profile of its own, which is gone afterwards. */
export async function withPage(browser, work) {
  const profile = await browser.fresh();
  try {
    return await work(await openPage(profile), profile);
  } finally {
    await profile.close();
  }
}

/** Once `met()`, which is asked often; after 30 s it is given up. */
export async function until(met) {
  const end = performance.now() + 30_000;
  while (!met()) {
    if (performance.now() > end) throw new Error('not within 30 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

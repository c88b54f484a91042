// `/explain` and `/protocol` in a browser: bundled with nothing configured, under a strict Content-Security-Policy, and
// absent from a page that only signs in.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { startProvider } from '../../provider/index.js';
import { signIn } from '../hand/support/platform.mjs';
import { openBrowser } from './support/browser.mjs';
import { bundled, served } from './support/bundle.mjs';

const browser = await openBrowser();
after(() => browser.close());

const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src *";

/** A page with `code`, open in a browser. */
async function opened(t, code, policy = POLICY) {
  const { files } = await bundled(code);
  const { origin, app, page } = await served(t, browser, files);
  app.headers['content-security-policy'] = policy;
  await page.goto(origin);
  await page.waitForFunction(() => 'ready' in window);
  return page;
}

describe('beside the production entries', { timeout: 300_000 }, () => {
  test('a page explains a URL', async (t) => {
    const page = await opened(
      t,
      `import { explain } from '@intelliauth/spa-sdk/explain';
      window.ready = explain;`,
    );
    const report = await page.evaluate(() =>
      ready('https://app.example/callback?error=access_denied&state=abcdefghijklmnopqrstuvwxyz0123456789'),
    );
    assert.equal(report.kind, 'authorization_error');
    assert.ok(report.findings.length > 0);
  });

  test('a page speaks the flow by hand, signature included', async (t) => {
    const platform = await startProvider({
      port: 0,
      consent: 'skip',
      redirectUris: ['http://localhost:5173/callback'],
    });
    t.after(() => platform.close());
    const page = await opened(
      t,
      `import { createCodeFlow } from '@intelliauth/spa-sdk/protocol';
      window.ready = createCodeFlow;`,
    );
    const client = {
      tenantUrl: platform.issuer,
      clientId: platform.clientId,
      redirectUri: 'http://localhost:5173/callback',
    };
    const { url, transaction } = await page.evaluate(async (client) => {
      window.flow = await ready(client);
      return flow.buildAuthorizationRequest();
    }, client);
    const callback = await signIn(url);
    const given = { callback, transaction, jwksUri: `${platform.issuer}/oauth2/jwks` };
    // The page's origin is none of the app's, so the transport is the test's: it is the caller's own anyway.
    const request = await page.evaluate(
      ({ callback, transaction }) =>
        flow.buildTokenRequest(flow.processAuthorizationResponse(callback, transaction), transaction),
      given,
    );
    const answers = [];
    for (const asked of [request, { url: given.jwksUri, method: 'GET' }]) {
      const response = await fetch(asked.url, asked);
      answers.push({ status: response.status, body: await response.text() });
    }
    const name = await page.evaluate(
      async ({ transaction, answers: [token, jwks] }) => {
        const tokens = flow.processTokenResponse(token, transaction);
        await flow.verifyIdTokenSignature(tokens.idToken, JSON.parse(jwks.body));
        return tokens.claims.name;
      },
      { transaction, answers },
    );
    assert.equal(name, 'Ada Lovelace');
  });

  test('a policy that forbids wasm is told', async (t) => {
    const page = await opened(
      t,
      `import { explain } from '@intelliauth/spa-sdk/explain';
      window.ready = () => explain('x').catch((error) => error.code);`,
      "default-src 'self'",
    );
    assert.equal(await page.evaluate(() => ready()), 'wasm_blocked_by_csp');
  });

  test('no page that only signs in has any of it', async () => {
    for (const entry of ['', '/react', '/vue', '/store']) {
      const { chunks } = await bundled(
        `import * as sdk from '@intelliauth/spa-sdk${entry}';
        globalThis.page = sdk;`,
      );
      const modules = chunks.flatMap(({ modules }) => modules);
      assert.ok(modules.some((name) => name.endsWith('/bytes.js')));
      const others = modules.filter((name) => /dist\/((explain|cli)\/|protocol)/.test(name));
      assert.deepEqual(others, [], entry);
    }
  });
});

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { createElement } = require('react');
const { renderToString } = require('react-dom/server');
const { createIntelliAuth, isIntelliAuthError } = require('@intelliauth/spa-sdk');
const { explain } = require('@intelliauth/spa-sdk/explain');
const { createCodeFlow } = require('@intelliauth/spa-sdk/protocol');
require('@intelliauth/spa-sdk/preload');
const { IntelliAuthProvider, useIntelliAuth } = require('@intelliauth/spa-sdk/react');

const options = {
  tenantUrl: 'https://tenant.example',
  clientId: 'app',
  redirectUri: 'https://app.example/callback',
};

test('a client is refused, with a code and its hint', async () => {
  const error = await createIntelliAuth(options).catch((error) => error);
  assert.ok(isIntelliAuthError(error, 'wasm_unavailable'));
  assert.notEqual(await error.explain(), '');
});

test('a callback is explained, and a request built', async () => {
  const { kind } = await explain('https://app.example/callback?error=access_denied&state=x');
  assert.equal(kind, 'authorization_error');
  const { url } = (await createCodeFlow(options)).buildAuthorizationRequest();
  assert.match(url, /^https:\/\/tenant\.example\/oauth2\/authorize\?response_type=code&/);
});

test('the provider renders on a server', () => {
  const Status = () => createElement('p', null, useIntelliAuth().status);
  const app = createElement(IntelliAuthProvider, options, createElement(Status));
  assert.equal(renderToString(app), '<p>loading</p>');
});

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { createElement } = require('react');
const { renderToString } = require('react-dom/server');
const { createIntelliAuth, isIntelliAuthError } = require('@intelliauth/spa-sdk');
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

test('the provider renders on a server', () => {
  const Status = () => createElement('p', null, useIntelliAuth().status);
  const app = createElement(IntelliAuthProvider, options, createElement(Status));
  assert.equal(renderToString(app), '<p>loading</p>');
});

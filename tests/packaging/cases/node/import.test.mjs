import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { createIntelliAuth, IntelliAuthError, isIntelliAuthError } from '@intelliauth/spa-sdk';
import { explain } from '@intelliauth/spa-sdk/explain';
import { createCodeFlow } from '@intelliauth/spa-sdk/protocol';
import '@intelliauth/spa-sdk/preload';
import { IntelliAuthProvider, useIntelliAuth } from '@intelliauth/spa-sdk/react';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';

const require = createRequire(import.meta.url);
const other = {
  ...require('@intelliauth/spa-sdk'),
  react: require('@intelliauth/spa-sdk/react'),
};
const options = {
  tenantUrl: 'https://tenant.example',
  clientId: 'app',
  redirectUri: 'https://app.example/callback',
};
const Status = () => createElement('p', null, useIntelliAuth().status);
const app = (Provider) => createElement(Provider, options, createElement(Status));

test('a client is refused, with a code', async () => {
  const error = await createIntelliAuth(options).catch((error) => error);
  assert.equal(error.code, 'wasm_unavailable');
});

test('a callback is explained, and a request built', async () => {
  const { kind } = await explain('https://app.example/callback?error=access_denied&state=x');
  assert.equal(kind, 'authorization_error');
  const { url } = (await createCodeFlow(options)).buildAuthorizationRequest();
  assert.match(url, /^https:\/\/tenant\.example\/oauth2\/authorize\?response_type=code&/);
});

test('the provider renders on a server', () => {
  assert.equal(renderToString(app(IntelliAuthProvider)), '<p>loading</p>');
});

test("another copy's provider serves this copy's hook", () => {
  assert.notEqual(IntelliAuthProvider, other.react.IntelliAuthProvider);
  assert.equal(renderToString(app(other.react.IntelliAuthProvider)), '<p>loading</p>');
});

test("another copy's errors are recognized", () => {
  assert.notEqual(IntelliAuthError, other.IntelliAuthError);
  const error = new other.IntelliAuthError('network_error', 'offline');
  assert.ok(error instanceof IntelliAuthError);
  assert.ok(isIntelliAuthError(error, 'network_error'));
  assert.ok(!isIntelliAuthError(error, 'timeout'));
  for (const value of [undefined, null, 'text', {}, new Error('another')]) {
    assert.equal(isIntelliAuthError(value), false);
    assert.equal(value instanceof IntelliAuthError, false);
  }
});

test('a CommonJS file imports nothing dynamically, which Jest refuses', () => {
  const dist = new URL('./node_modules/@intelliauth/spa-sdk/dist/', import.meta.url);
  const files = readdirSync(dist).filter((name) => name.endsWith('.cjs'));
  assert.ok(files.length > 0);
  for (const name of files) {
    const code = readFileSync(new URL(name, dist), 'utf8').replace(/^\s*(\*|\/\/).*/gm, '');
    assert.doesNotMatch(code, /\bimport\s*\(|\bimport\.meta\b/, name);
  }
});

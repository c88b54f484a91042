import assert from 'node:assert/strict';
import { createIntelliAuth, isIntelliAuthError } from '@intelliauth/spa-sdk';
import { IntelliAuthProvider, useIntelliAuth } from '@intelliauth/spa-sdk/react';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';

const options = { tenantUrl: 'https://tenant.example', clientId: 'app', redirectUri: '/callback' };
const Status = () => createElement('p', null, useIntelliAuth().status);
assert.equal(
  renderToString(createElement(IntelliAuthProvider, options, createElement(Status))),
  '<p>loading</p>',
);
const error = await createIntelliAuth(options).catch((error) => error);
assert.ok(isIntelliAuthError(error, 'wasm_unavailable'));
assert.ok(process.versions.bun);

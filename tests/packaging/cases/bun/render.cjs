const assert = require('node:assert/strict');
const { isIntelliAuthError, IntelliAuthError } = require('@intelliauth/spa-sdk');
const { IntelliAuthProvider, useIntelliAuth } = require('@intelliauth/spa-sdk/react');
const { createElement } = require('react');
const { renderToString } = require('react-dom/server');

const options = { tenantUrl: 'https://tenant.example', clientId: 'app', redirectUri: '/callback' };
const Status = () => createElement('p', null, useIntelliAuth().status);
assert.equal(
  renderToString(createElement(IntelliAuthProvider, options, createElement(Status))),
  '<p>loading</p>',
);
assert.ok(isIntelliAuthError(new IntelliAuthError('timeout', 'late'), 'timeout'));

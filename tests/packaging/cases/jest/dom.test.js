const assert = require('node:assert/strict');
const checks = require('./checks.cjs');

test('this DOM has no TextDecoder', () => assert.equal(typeof TextDecoder, 'undefined'));

const modules = {
  sdk: require('@intelliauth/spa-sdk'),
  sdkReact: require('@intelliauth/spa-sdk/react'),
  kit: require('@intelliauth/spa-sdk/testing'),
  kitReact: require('@intelliauth/spa-sdk/testing/react'),
  explain: require('@intelliauth/spa-sdk/explain'),
  protocol: require('@intelliauth/spa-sdk/protocol'),
  react: require('react'),
  reactDom: require('react-dom/client'),
};
for (const [name, check] of Object.entries(checks({ ...modules, assert }))) test(name, check);

require('./register.cjs');
const assert = require('node:assert/strict');
const { test } = require('node:test');
const checks = require('./checks.cjs');

// As in Jest's jsdom, which has neither.
delete globalThis.TextDecoder;
delete globalThis.TextEncoder;

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

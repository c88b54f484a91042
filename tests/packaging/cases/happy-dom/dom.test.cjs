require('./register.cjs');
const assert = require('node:assert/strict');
const { test } = require('node:test');
const checks = require('./checks.cjs');

// As in Jest's jsdom, which has none of these.
for (const name of [
  'TextDecoder',
  'TextEncoder',
  'Request',
  'Response',
  'Headers',
  'ReadableStream',
  'fetch',
])
  delete globalThis[name];

const modules = require('./modules.cjs');
for (const [name, check] of Object.entries(checks({ ...modules, assert }))) test(name, check);

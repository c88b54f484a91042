require('./register.cjs');
const assert = require('node:assert/strict');
const { test } = require('node:test');
const checks = require('./checks.cjs');

// As in Jest's jsdom, which has neither.
delete globalThis.TextDecoder;
delete globalThis.TextEncoder;

const modules = require('./modules.cjs');
for (const [name, check] of Object.entries(checks({ ...modules, assert }))) test(name, check);

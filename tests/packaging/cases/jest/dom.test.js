const assert = require('node:assert/strict');
const checks = require('./checks.cjs');

test('this DOM has no TextDecoder', () => assert.equal(typeof TextDecoder, 'undefined'));

const modules = require('./modules.cjs');
for (const [name, check] of Object.entries(checks({ ...modules, assert }))) test(name, check);

const { TestEnvironment } = require('jest-environment-jsdom');

/** jsdom as Jest has it, with what Node has and it hides: the fake platform needs them. */
module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    Object.assign(this.global, { Request, Response, Headers, fetch });
    Object.defineProperty(this.global, 'crypto', { value: crypto });
  }
};

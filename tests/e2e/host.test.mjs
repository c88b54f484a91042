// The loader's side of a request and of a signature: what it hands to the wasm, whatever the browser does.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { openBrowser } from './support/browser.mjs';
import { bareWorld } from './support/world.mjs';

const browser = await openBrowser();
after(() => browser.close());

describe('requests by the host', { timeout: 600_000 }, () => {
  const opened = async (t) => {
    const world = await bareWorld(t, browser, { options: false });
    world.files.set('/bare.js', 'window.ready = Promise.resolve();');
    world.files.set('/answer.js', 'an answer');
    // As RFC 6749 §5.1 wants it of every answer with tokens.
    world.headers['cache-control'] = 'no-store';
    const page = await world.tab();
    await page.evaluate(async () => {
      const { Host } = await import('/sdk/host.js');
      /** Attaches a host to a core that only says what it was told, and sends one request. */
      window.sent = (given, { timeout = 60_000, limit = 1000, fetched, cancel = false } = {}) =>
        new Promise((resolve) => {
          const real = window.fetch;
          if (fetched) window.fetch = fetched;
          const host = new Host();
          host.attach({
            namespace: () => `host.${Math.random()}`,
            start() {},
            answered(_id, response, body, timedOut) {
              window.fetch = real;
              host.detach();
              resolve({ status: response?.status, length: body?.length, timedOut });
            },
          });
          const controller = new AbortController();
          host.send(1, new Request(given, { signal: controller.signal }), controller, timeout, limit);
          if (cancel) host.cancel(1);
        });
      window.hanging = (request) =>
        new Promise((_, reject) => {
          request.signal.addEventListener('abort', () => reject(request.signal.reason));
        });
    });
    return page;
  };

  test('a body is read whole up to the limit, and not beyond', async (t) => {
    const page = await opened(t);
    const answers = await page.evaluate(async () => {
      const blob = (size) => URL.createObjectURL(new Blob(['x'.repeat(size)]));
      return [await sent(blob(1000)), await sent(blob(1001)), await sent(blob(0))];
    });
    assert.deepEqual(answers, [
      { status: 200, length: 1000, timedOut: false },
      { status: 200, length: undefined, timedOut: false },
      { status: 200, length: 0, timedOut: false },
    ]);
  });

  test('an answer that was read is shown by the browser’s tools, and its request is not cancelled', async (t) => {
    const page = await opened(t);
    const ended = { finished: [], failed: [] };
    for (const how of Object.keys(ended)) {
      page.on(`request${how}`, (request) => request.url().includes('/answer.js') && ended[how].push(request));
    }
    await page.evaluate(async () => {
      for (let time = 0; time < 20; time++) await sent(new URL(`/answer.js?${time}`, location.origin));
    });
    assert.deepEqual([ended.finished.length, ended.failed.length], [20, 0]);
    const last = await ended.finished.at(-1).response();
    assert.equal(await last.text(), 'an answer');
  });

  test('a request that is not answered in time says so, and so does one that was given up', async (t) => {
    const page = await opened(t);
    const none = { status: undefined, length: undefined, timedOut: true };
    assert.deepEqual(await page.evaluate(() => sent('/', { timeout: 20, fetched: hanging })), none);
    assert.deepEqual(await page.evaluate(() => sent('/', { fetched: hanging, cancel: true })), none);
  });

  test('whatever fetch throws, rejects with or returns is no answer, and nothing else', async (t) => {
    const page = await opened(t);
    const answers = await page.evaluate(async () => {
      const odd = [
        () => Promise.reject(undefined),
        () => Promise.reject('text'),
        () => Promise.reject(new Error('x')),
        () => Promise.reject({}),
        () => {
          throw new Error('at once');
        },
        () => undefined,
        () => Promise.resolve({ status: 200 }),
      ];
      const answers = [];
      for (const fetched of odd) answers.push(await sent('/', { fetched }));
      return answers;
    });
    for (const { length, timedOut } of answers) assert.deepEqual([length ?? 0, timedOut], [0, false]);
  });
});

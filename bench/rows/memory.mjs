// What a page costs its browser: memory once signed in, and the main thread until the client is ready.
import { restore, signIn, visit, withPage } from '../lib/journey.mjs';

/** Keeps hold of every wasm memory. */
const WATCH = () => {
  const memories = [];
  window.wasmBytes = () => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
  for (const name of ['instantiate', 'instantiateStreaming']) {
    const real = WebAssembly[name];
    WebAssembly[name] = async (...given) => {
      const made = await real.apply(WebAssembly, given);
      for (const member of Object.values((made.instance ?? made).exports)) {
        if (member instanceof WebAssembly.Memory) memories.push(member);
      }
      return made;
    };
  }
};

const busy = async ({ tools }) => {
  const { metrics } = await tools.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration').value * 1000;
};

/** @type {import('./index.mjs').Row} */
export const memory = {
  async run({ browser, stages, rounds, interleaved }) {
    return interleaved(
      stages.map((stage) => ({
        name: stage.app.name,
        measure: () =>
          withPage(browser, async (view, profile) => {
            const { page, tools } = view;
            await profile.addInitScript(WATCH);
            // Time on the processor: what else the machine does is not in it.
            await tools.send('Performance.enable', { timeDomain: 'threadTicks' });
            stage.reset();
            stage.tenant.user = 'leave';
            await visit(stage, view, '/', ['in', 'out']);
            const thread = await busy(view);
            if (!stage.app.control) {
              await signIn(stage, view);
              await restore(stage, view);
            }
            await tools.send('HeapProfiler.enable');
            for (let n = 0; n < 2; n++) await tools.send('HeapProfiler.collectGarbage');
            const { usedSize } = await tools.send('Runtime.getHeapUsage');
            return { thread, heap: usedSize, wasm: await page.evaluate(() => wasmBytes()) };
          }),
      })),
      Math.ceil(rounds / 2),
    );
  },
};

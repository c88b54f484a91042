// What an app can add to its page so that this SDK starts sooner, each beside the page without it.
import { openPage, openProfile, throttle } from '../lib/browser.mjs';
import { signIn, withPage } from '../lib/journey.mjs';
import { preload } from '../lib/stage.mjs';
import { cold, LATENCY, revisit, SLOWER, WARMING } from './start.mjs';

/** Modules of the SDK that the app's entry imports lazily, by the file that they were made from. */
const LAZY = ['client.js', 'bytes.js', 'session.js'];
const WASM = '/intelliauth.wasm';

const pathOf = ({ bundle }, name) =>
  bundle.chunks.find(({ source }) => source.endsWith(`dist/${name}`))?.path;
const hints = (stage, names) =>
  names
    .map((name) => pathOf(stage, name))
    .filter(Boolean)
    .map(preload)
    .join('');
const options = { options: { wasm: WASM } };

/** What the page is told, and lines for its head. */
export const VARIANTS = {
  'as it is': () => [],
  modulepreload: (stage) => [undefined, hints(stage, LAZY)],
  'wasm option': () => [options],
  'wasm option, modulepreload and preload': (stage) => [
    options,
    `${hints(stage, ['client.js', 'session.js'])}<link rel="preload" as="fetch" crossorigin href="${WASM}">`,
  ],
};

/** For the token request, which is sent without cookies, and for the authorize page, which is sent with them. */
const preconnect = ({ tenant }) =>
  `<link rel="preconnect" crossorigin href="${tenant.origin}"><link rel="preconnect" href="${tenant.origin}">`;

/** @type {import('./index.mjs').Row} */
export const variants = {
  async run({ browser, stages, rounds, interleaved }) {
    const ours = stages.filter(({ app }) => app.ours && !app.preloaded);
    const conditions = {
      plain: cold(() => {}),
      latency: cold((stage) => stage.delay(LATENCY)),
      slow: cold((_, view) => throttle(view, SLOWER)),
    };
    const cases = [];
    const configured = (stage, given, work) => async () => {
      stage.configure(...given);
      try {
        return await work();
      } finally {
        stage.configure();
      }
    };
    const { profile, close } = await openProfile();
    try {
      for (const stage of ours) {
        for (const [variant, make] of Object.entries(VARIANTS)) {
          const name = `${stage.app.name}: ${variant}`;
          const add = (condition, work) =>
            cases.push({ name, condition, measure: configured(stage, make(stage), work) });
          for (const [condition, measure] of Object.entries(conditions)) {
            add(condition, () => measure(stage, { browser }));
          }
          const view = await openPage(profile);
          const warm = configured(stage, make(stage), () => revisit(stage, view));
          for (let n = 0; n < WARMING; n++) await warm();
          add('warm', () => revisit(stage, view));
        }
        for (const [variant, head] of [
          ['as it is', ''],
          ['preconnect', preconnect(stage)],
        ]) {
          cases.push({
            name: `${stage.app.name}: ${variant}`,
            condition: 'callback',
            measure: configured(stage, [undefined, head], async () => {
              stage.tenant.distance = LATENCY / 2;
              try {
                return await withPage(browser, async (view) => (await signIn(stage, view)).ms);
              } finally {
                stage.tenant.distance = 0;
              }
            }),
          });
        }
      }
      return await interleaved(cases, rounds);
    } finally {
      await close();
    }
  },
};

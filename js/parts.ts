/** The parts of the SDK that came with the app's entry, by `preload.ts`: they are not requested. */
export const parts: {
  client?: typeof import('./client.js');
  bytes?: typeof import('./bytes.js');
  session?: typeof import('./session.js');
} = {};

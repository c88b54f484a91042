/** Whether an app is being developed. */
declare const process: { env: { NODE_ENV?: string } };

type Advice = typeof import('./advice.js');

/** Hosts that are this very machine. */
export const LOOPBACK = /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * Has `tell` called with what a developer can be told. Bundlers write the mode into the condition, so that production
 * builds keep neither the call nor the texts; without a bundler there is no `process`, and loopback hosts are where apps
 * are developed.
 */
export function inDevelopment(tell: (advice: Advice) => unknown): void {
  try {
    if (process.env.NODE_ENV === 'development') void import('./advice.js').then(tell);
  } catch {
    if (LOOPBACK.test(location.hostname)) void import('./advice.js').then(tell);
  }
}

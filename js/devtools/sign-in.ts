/** The last sign-in of a trace: its messages, and why it failed. */

import type { ErrorCode } from '../errors.js';
import { type Message, Story } from '../replay/story.js';
import type { Bundle } from '../trace/record.js';

/** What a call was refused with. */
export interface Failure {
  code: ErrorCode;
  transient: boolean;
  details: Record<string, string>;
}

/** What the diagram leaves out, unless something is wrong with it. */
const NOISE =
  /^(event |a timer|asks for the lock|the lock is held|who holds|the page is looked at|sessionStorage|localStorage)/;

/** From the call that began it to the result of its callback, over both pages. */
export function lastSignIn({ runs }: Bundle): Message[] {
  const all = runs.flatMap((run) => new Story(run).messages);
  const calls = (method: string) => (message: Message) =>
    message.from === 'app' && message.text.startsWith(`${method}(`);
  const last = (method: string) => all.map(calls(method)).lastIndexOf(true);
  const began = last('loginWithRedirect');
  const from = began >= 0 ? began : last('handleCallback');
  if (from < 0) return [];
  const signIn = all.slice(from);
  const end = signIn.findIndex(({ to, text }) => to === 'app' && /^handleCallback:/.test(text));
  return signIn
    .slice(0, end < 0 ? undefined : end + 1)
    .filter(
      ({ text, surprise, from, to }) =>
        surprise || (!NOISE.test(text) && from !== 'other tabs' && to !== 'other tabs'),
    );
}

/** The last refusal since that sign-in began, of whichever call. */
export function lastFailure({ runs }: Bundle): Failure | undefined {
  const steps = runs.flatMap((run) => run.steps);
  const began = steps.map(({ input }) => input === 'loginWithRedirect').lastIndexOf(true);
  const refused = steps
    .slice(Math.max(began, 0))
    .flatMap(({ did }) => did.filter(([name]) => name === 'refuse'));
  return refused.at(-1)?.[2] as Failure | undefined;
}

import type { Explanation, MessageKind } from '@intelliauth/spa-sdk/explain';

export interface Step {
  readonly from: 'app' | 'provider';
  readonly title: string;
  readonly about: string;
}

/** The authorization code flow, RFC 6749 §4.1 with RFC 7636. */
export const steps: readonly Step[] = [
  {
    from: 'app',
    title: 'The authorization request',
    about: 'The app sends the browser to the provider, with a challenge and a state of its own.',
  },
  {
    from: 'provider',
    title: 'The callback',
    about: 'The provider sends the browser back, with a code and that state.',
  },
  {
    from: 'app',
    title: 'The token request',
    about: 'The app sends the code, and the verifier of its challenge.',
  },
  { from: 'provider', title: 'The tokens', about: 'The provider answers with tokens.' },
];

const places: Partial<Record<MessageKind, number>> = {
  authorization_request: 0,
  authorization_response: 1,
  authorization_error: 1,
  token_request: 2,
  token_response: 3,
  token_error: 3,
};

/** Which step the message is, and whether the sign-in breaks there. */
export function placeOf({
  kind,
  findings,
  parts,
}: Explanation): { step: number; broken: boolean } | undefined {
  const worst = findings.find(({ severity }) => severity === 'error');
  // A recording holds several messages: the one that the worst finding is in.
  const within = (range: readonly [number, number] | null) =>
    range ? parts.find((part) => part.range[0] <= range[0] && range[0] <= part.range[1]) : undefined;
  const message = within(worst?.range ?? null)?.message ?? parts.at(-1)?.message;
  const step = places[kind] ?? (message && places[message]);
  return step === undefined ? undefined : { step, broken: worst !== undefined };
}

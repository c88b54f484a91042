/**
 * Says what is wrong with a sign-in that is stuck. What is given is read here and goes nowhere: to no address, no storage
 * and no network. A production page has no use for this entry; it has a wasm of its own.
 */
import { fault } from '../faults.js';
import { members, text, texts } from '../options.js';
import { call, checked, errorOf, load } from './loader.js';
import type { ExplainOptions, Explanation, InputRange } from './report.js';

export { type ErrorCode, IntelliAuthError, isIntelliAuthError } from '../errors.js';
export type * from './report.js';

const options = members({
  redirectUris: texts,
  clientId: text,
  tenant: text,
  verifier: text,
  state: text,
  origin: text,
  sentRedirectUri: text,
  sentChallenge: text,
  authorizationRequest: text,
});

/**
 * Explains an authorize URL, a callback URL, a token request (a form, a `curl` line, a HAR entry or recording) or an error
 * answer: what it is, what is in it, and what is wrong with it, worst first.
 * @param known what the app registered and stored: the more is known, the more is checked
 * @throws IntelliAuthError `invalid_config` for a mistyped `known`; `wasm_blocked_by_csp`; `wasm_unavailable`
 * @example
 * const { findings } = await explain(location.href, { redirectUris: ['https://app.example/callback'] });
 * for (const { severity, seen, instead } of findings) console.log(severity, seen, instead);
 */
export async function explain(input: string, known?: ExplainOptions): Promise<Explanation> {
  const given = checked(options, known);
  if (typeof input !== 'string') {
    const details = { option: 'input', problem: 'it has the wrong type', instead: 'a string' };
    throw errorOf(fault('invalid_config', false, details));
  }
  await load();
  return call((wasm) => {
    const explained = new wasm.Explained(input, JSON.stringify(given));
    try {
      return withStringRanges(JSON.parse(explained.json()), input, explained.text());
    } finally {
      explained.free();
    }
  });
}

/** The wasm counts the octets of UTF-8; a page slices strings. */
function withStringRanges(report: Omit<Explanation, 'text'>, input: string, text: string): Explanation {
  const ranges = [...report.parts, ...report.findings].flatMap(({ range }) => range ?? []);
  const places = placesOf(ranges, input);
  const moved = <T extends { range: InputRange | null }>(item: T): T => ({
    ...item,
    range: item.range && (item.range.map((octet) => places.get(octet)) as unknown as InputRange),
  });
  return { ...report, parts: report.parts.map(moved), findings: report.findings.map(moved), text };
}

/** At which character of `input` each of these octets is. */
function placesOf(octets: number[], input: string): Map<number, number> {
  const places = new Map<number, number>();
  let [octet, at] = [0, 0];
  for (const wanted of octets.sort((a, b) => a - b)) {
    while (octet < wanted) {
      const point = input.codePointAt(at) as number;
      octet += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
      at += point < 0x10000 ? 1 : 2;
    }
    places.set(wanted, at);
  }
  return places;
}

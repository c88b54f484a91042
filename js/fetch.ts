/** `auth.fetch`: the token for allowed origins, and one more try after a 401. */

interface Tokens {
  mayCarryToken(url: string): Promise<boolean>;
  token(signal: AbortSignal): Promise<string>;
  /** The token to try again with after a 401 to `token`: the same one if no other would help. */
  tokenAfter401(token: string, challenges: string | null, signal: AbortSignal): Promise<string>;
}

export async function fetchWithToken(
  input: RequestInfo | URL,
  init: RequestInit | undefined,
  tokens: Tokens,
): Promise<Response> {
  const request = new Request(input, init);
  if (!(await tokens.mayCarryToken(request.url))) return fetch(request);
  // A stream can be read once; everything else is kept for the second try. Jest's jsdom has no `ReadableStream`.
  const again = (init?.body as Partial<ReadableStream> | undefined)?.getReader ? undefined : request.clone();
  const token = await tokens.token(request.signal);
  const answer = await fetch(withToken(request, token));
  if (answer.status !== 401 || !again) return answer;
  const challenges = answer.headers.get('www-authenticate');
  // The API's own answer says more than why there is no other token.
  const fresh = await tokens.tokenAfter401(token, challenges, request.signal).catch(() => token);
  return fresh === token ? answer : fetch(withToken(again, fresh));
}

function withToken(request: Request, token: string): Request {
  request.headers.set('authorization', `Bearer ${token}`);
  return request;
}

/** `auth.fetch`: the token for allowed origins, and one more try after a 401. */

interface Tokens {
  mayCarryToken(url: string): Promise<boolean>;
  /** A living token; with `unlike`, another than that one. */
  token(unlike: string | undefined, signal: AbortSignal): Promise<string>;
}

export async function fetchWithToken(
  input: RequestInfo | URL,
  init: RequestInit | undefined,
  tokens: Tokens,
): Promise<Response> {
  const request = new Request(input, init);
  if (!(await tokens.mayCarryToken(request.url))) return fetch(request);
  // A stream can be read once; everything else is kept for the second try.
  const again = init?.body instanceof ReadableStream ? undefined : request.clone();
  const token = await tokens.token(undefined, request.signal);
  const answer = await fetch(withToken(request, token));
  if (answer.status !== 401 || !again) return answer;
  const fresh = await tokens.token(token, request.signal).catch(() => undefined);
  // The API's own answer says more than why there is no other token.
  return fresh === undefined ? answer : fetch(withToken(again, fresh));
}

function withToken(request: Request, token: string): Request {
  request.headers.set('authorization', `Bearer ${token}`);
  return request;
}

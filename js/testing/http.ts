/** Requests and responses of the fake platform. */

import type { PlatformRequest } from './platform.js';

/** An error as RFC 6749 §5.2 and RFC 6750 §3 have it. Thrown by the endpoints' rules. */
export class OAuthError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, description: string, status = code === 'invalid_client' ? 401 : 400) {
    super(description);
    this.code = code;
    this.status = status;
  }
}

/** Not to be kept by any cache, RFC 6749 §5.1. */
export const json = (
  body: unknown,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  });

export const oauthError = ({ code, message, status }: OAuthError): Response =>
  json({ error: code, error_description: message }, { status });

export const redirect = (location: string): Response =>
  new Response(null, { status: 303, headers: { location, 'cache-control': 'no-store' } });

/** A page of the platform's own. `body` is HTML. */
export const page = (title: string, body: string, status = 200): Response =>
  new Response(
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1>${body}</html>`,
    { status, headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' } },
  );

export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** The fields of a form; each at most once, RFC 6749 §3.1 and §3.2. */
export function fields(from: URLSearchParams): Record<string, string> {
  const found: Record<string, string> = Object.create(null);
  for (const [name, value] of from) {
    if (name in found) throw new OAuthError('invalid_request', `${name} is there twice`);
    found[name] = value;
  }
  return found;
}

/** The body of a form that was posted, and nothing else. */
export async function form(request: PlatformRequest): Promise<Record<string, string>> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/x-www-form-urlencoded\b/i.test(type)) {
    throw new OAuthError('invalid_request', 'the body must be application/x-www-form-urlencoded');
  }
  return fields(new URLSearchParams(await request.text()));
}

/** Puts parameters into a redirect URI, RFC 6749 §4.1.2. */
export function withParameters(
  uri: string,
  parameters: Record<string, string | undefined>,
  mode = 'query',
): string {
  const url = new URL(uri);
  const added = new URLSearchParams(mode === 'fragment' ? '' : url.search);
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) added.set(name, value);
  if (mode === 'fragment') url.hash = String(added);
  else url.search = String(added);
  return url.href;
}

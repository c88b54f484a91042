/** The fake platform where tests have the network: Playwright, Cypress, MSW, Node's http server, or `fetch` itself. */
import { abortable } from '../abort.js';
import type { FakePlatform } from './platform.js';

/** What is used of Playwright's `Page` or `BrowserContext`. */
export interface RoutedPage {
  route(url: (url: URL) => boolean, handler: (route: Route) => Promise<unknown>): Promise<unknown>;
}

interface Route {
  request(): {
    url(): string;
    method(): string;
    allHeaders(): Promise<Record<string, string>>;
    postData(): string | null;
    isNavigationRequest(): boolean;
  };
  fulfill(response: { status: number; headers: Record<string, string>; body: string }): Promise<void>;
  abort(reason?: string): Promise<void>;
}

/**
 * Playwright: answers every request to the platform, of a page or of all pages of a context.
 * @example
 * await routePlatform(context, platform);
 * await page.goto('/');
 */
export async function routePlatform(page: RoutedPage, platform: FakePlatform): Promise<void> {
  await page.route(
    (url) => isOf(platform, url.href),
    async (route) => {
      const request = route.request();
      const headers = new Headers(await request.allHeaders());
      const answer = await platform
        .handle({
          url: request.url(),
          method: request.method(),
          headers,
          text: async () => request.postData() ?? '',
        })
        .catch(() => undefined);
      if (!answer) return route.abort('connectionreset');
      const { status } = answer;
      const location = answer.headers.get('location');
      const plain = { status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
      if (location === null || !request.isNavigationRequest()) return route.fulfill(plain);
      // Not every browser takes a redirect from Playwright.
      return route.fulfill({
        status: 200,
        headers: { 'content-type': 'text/html; charset=utf-8' },
        body: `<!doctype html><script>location.replace(${JSON.stringify(location).replaceAll('<', '\\u003c')})</script>`,
      });
    },
  );
}

/** What is used of Cypress's `cy`. */
export interface Interceptor {
  // biome-ignore lint/suspicious/noExplicitAny: Cypress's own types are many, and an app may have none of them
  intercept(matcher: any, handler: (request: any) => Promise<void>): unknown;
}

/**
 * Cypress: answers every request to the platform.
 * @example
 * beforeEach(() => interceptPlatform(cy, platform));
 */
export function interceptPlatform(cy: Interceptor, platform: FakePlatform): void {
  cy.intercept({ url: `${platform.tenantUrl}/**` }, async (request) => {
    const headers = new Headers();
    for (const [name, value] of Object.entries(request.headers)) headers.set(name, String(value));
    const body = typeof request.body === 'string' ? request.body : '';
    const answer = await platform
      .handle({ url: request.url, method: request.method, headers, text: async () => body })
      .catch(() => undefined);
    if (!answer) return request.destroy();
    request.reply({
      statusCode: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: await answer.text(),
    });
  });
}

/** What is used of MSW's `http`. */
export interface RequestHandlers<Handler> {
  all(path: string, resolver: (info: { request: Request }) => Promise<Response>): Handler;
}

/**
 * MSW: a handler for every request to the platform.
 * @example
 * const server = setupServer(...platformHandlers(http, platform));
 */
export function platformHandlers<Handler>(http: RequestHandlers<Handler>, platform: FakePlatform): Handler[] {
  const answer = ({ request }: { request: Request }) =>
    platform.handle(request).catch(() => Response.error());
  return [http.all(`${platform.tenantUrl}/*`, answer)];
}

interface Incoming extends AsyncIterable<Uint8Array> {
  readonly url?: string;
  readonly method?: string;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly socket: { destroy(): unknown };
}

interface Outgoing {
  writeHead(status: number, headers: Record<string, string>): { end(body: Uint8Array): unknown };
}

/**
 * Node: a listener for `http.createServer`. Give the platform the server's address as its `tenantUrl`.
 * @example
 * createServer(platformListener(platform)).listen(4000, 'localhost');
 */
export function platformListener(platform: FakePlatform) {
  return async (incoming: Incoming, outgoing: Outgoing): Promise<void> => {
    const decoder = new TextDecoder();
    let body = '';
    for await (const chunk of incoming) body += decoder.decode(chunk, { stream: true });
    const headers = new Headers();
    for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value));
    const url = new URL(incoming.url ?? '/', platform.tenantUrl).href;
    const answer = await platform
      .handle({ url, method: incoming.method ?? 'GET', headers, text: async () => body })
      .catch(() => undefined);
    if (!answer) {
      incoming.socket.destroy();
      return;
    }
    outgoing
      .writeHead(answer.status, Object.fromEntries(answer.headers))
      .end(new Uint8Array(await answer.arrayBuffer()));
  };
}

/**
 * `fetch` that answers requests to the platform and sends all others as before, to be put in place of the global one.
 * @example
 * vi.stubGlobal('fetch', platformFetch(platform));
 */
export function platformFetch(platform: FakePlatform, others: typeof fetch = globalThis.fetch): typeof fetch {
  return async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    if (!isOf(platform, url)) return others(input, init);
    const request = new Request(input, init);
    // A request that hangs ends when its caller aborts it.
    return abortable(platform.handle(request), request.signal);
  };
}

const isOf = (platform: FakePlatform, url: string) => url.startsWith(`${platform.tenantUrl}/`);

// The embedded provider, and a user at it, without a browser.
import { createServer } from 'node:net';
import { startProvider } from '../../../provider/index.js';
import { Browser } from '../../../provider/test/browser.js';

/** The provider for one test. */
export async function platform(t, options) {
  const running = await startProvider({ port: 0, consent: 'skip', ...options });
  t.after(() => running.close());
  return running;
}

/** A user of one browser signs in at `url`; answers with where the provider sends the browser. */
export async function signIn(url, browser = new Browser()) {
  const page = await browser.open(url);
  if (!page.html?.includes('<h1>Sign in')) return page.url;
  return (await browser.press(page, 'Use Ada Lovelace')).url;
}

/** Sends a request as it was built, and reads the answer whole. */
export async function send(request) {
  const response = await fetch(request.url, { ...request, redirect: 'error' });
  return { status: response.status, body: await response.text() };
}

/** A port that nothing listens at. */
export async function freePort() {
  const server = createServer().listen(0, 'localhost');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

import { createHash, randomBytes } from 'node:crypto';

/** As much of a browser as the sign-in pages need: cookies with their paths, redirects and forms. */
export class Browser {
  /** @type {Map<string, { value: string, path: string }>} */
  #cookies = new Map();

  /** Follows redirects while they stay at `url`'s origin. */
  async open(url, { form } = {}) {
    const { origin } = new URL(url);
    let request = { method: form ? 'POST' : 'GET', body: form && new URLSearchParams(form) };
    for (let here = new URL(url); ; request = { method: 'GET' }) {
      const headers = { Accept: 'text/html', Cookie: this.#cookiesFor(here.pathname) };
      const response = await fetch(here, { ...request, headers, redirect: 'manual' });
      for (const line of response.headers.getSetCookie()) this.#keep(line);
      const location = response.headers.get('location');
      if (!location)
        return { url: here.href, status: response.status, html: await response.text(), response };
      here = new URL(location, here);
      if (here.origin !== origin) return { url: here.href, status: response.status };
    }
  }

  /** Presses the button whose text or label is `name`, with `fields` typed into its form. */
  press(page, name, fields = {}) {
    const forms = [...page.html.matchAll(/<form([^>]*)>(.*?)<\/form>/gs)];
    for (const [, attributes, content] of forms) {
      const button = [...content.matchAll(/<button([^>]*)>(.*?)<\/button>/gs)].find(
        ([, own, text]) => text === name || own.includes(`aria-label="${name}"`),
      );
      if (!button) continue;
      const action = /formaction="([^"]*)"/.exec(button[1]) ?? /action="([^"]*)"/.exec(attributes);
      const hidden = [...content.matchAll(/type="hidden" name="([^"]*)" value="([^"]*)"/g)];
      const form = { ...Object.fromEntries(hidden.map(([, key, value]) => [key, value])), ...fields };
      return this.open(new URL(action[1], page.url), { form });
    }
    throw new Error(`no button "${name}" on ${page.url}`);
  }

  #cookiesFor(pathname) {
    return [...this.#cookies]
      .filter(([, { path }]) => pathname.startsWith(path))
      .map(([key, { value }]) => `${key.split(' ')[0]}=${value}`)
      .join('; ');
  }

  #keep(line) {
    const [pair, ...attributes] = line.split('; ');
    const [name, value] = pair.split('=');
    const path = attributes.find((attribute) => attribute.startsWith('path='))?.slice(5) ?? '/';
    const key = `${name} ${path}`;
    if (value) this.#cookies.set(key, { value, path });
    else this.#cookies.delete(key);
  }
}

/** An app that speaks the wire contract by hand. */
export class App {
  constructor({ issuer, clientId }, redirectUri = 'http://localhost:5173/callback') {
    Object.assign(this, { issuer, clientId, redirectUri, verifier: randomBytes(32).toString('base64url') });
  }

  authorizeUrl(changes = {}) {
    const url = new URL('/oauth2/authorize', this.issuer);
    url.search = new URLSearchParams({
      response_type: 'code',
      client_id: this.clientId,
      redirect_uri: this.redirectUri,
      scope: 'openid profile email',
      state: 'a-state',
      code_challenge: createHash('sha256').update(this.verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...changes,
    });
    return url.href;
  }

  /** Signs Ada in and answers the authorization response's parameters. */
  async signIn(browser = new Browser()) {
    let page = await browser.open(this.authorizeUrl());
    if (page.html?.includes('<h1>Sign in')) page = await browser.press(page, 'Use Ada Lovelace');
    if (page.html?.includes('<h1>Allow')) page = await browser.press(page, 'Allow');
    return Object.fromEntries(new URL(page.url).searchParams);
  }

  async token(parameters, headers = {}) {
    const response = await fetch(new URL('/oauth2/token', this.issuer), {
      method: 'POST',
      headers,
      body: new URLSearchParams({ client_id: this.clientId, ...parameters }),
    });
    return { status: response.status, headers: response.headers, json: await response.json() };
  }

  exchange(code, changes = {}, headers = {}) {
    const parameters = { code, redirect_uri: this.redirectUri, code_verifier: this.verifier, ...changes };
    return this.token({ grant_type: 'authorization_code', ...parameters }, headers);
  }

  refresh(refreshToken) {
    return this.token({ grant_type: 'refresh_token', refresh_token: refreshToken });
  }

  /** The tokens of a fresh sign-in. */
  async tokens(browser) {
    const { code } = await this.signIn(browser);
    return (await this.exchange(code)).json;
  }
}

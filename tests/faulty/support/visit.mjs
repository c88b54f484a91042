/**
 * One user's visit to the app: in a tab that earlier visits used, made as new, or in a browser profile of its own.
 * Every tenant has its own issuer, so what one visit leaves behind means nothing to the next.
 */
import { seen } from '../../e2e/support/browser.mjs';
import { CLIENT_ID } from './tenant.mjs';

/** Only a call that nobody ever answers takes so long, on however busy a machine. In milliseconds. */
const PATIENCE = 90_000;

const sessions = new WeakMap();

export class Visit {
  /** What no page may do, whatever the platform does. @type {string[]} */
  problems = [];
  #spare;
  #own = false;
  #spoiled = false;
  #said = '';
  #forget = () => {};

  /** `own`: in a profile of its own; `load`: every address is loaded, rather than come to by the history API. */
  static async begin(
    stage,
    tenant,
    { options = {}, script = '', context, own = false, load = false, traced = false } = {},
  ) {
    const visit = new Visit();
    visit.tenant = tenant;
    // A page on which the SDK runs already is recorded in part only.
    visit.load = load || Boolean(script) || traced;
    visit.options = {
      tenantUrl: tenant.issuer,
      clientId: CLIENT_ID,
      redirectUri: tenant.redirectUri,
      requestTimeoutSeconds: 60,
      ...(traced ? { trace: true } : {}),
      ...(typeof options === 'function' ? options(tenant) : options),
    };
    if (own || script || context) {
      visit.#own = !context;
      visit.context = context ?? (await stage.browser.newContext());
      visit.page = await visit.context.newPage();
      if (script) await visit.page.addInitScript(typeof script === 'function' ? script(tenant) : script);
    } else {
      visit.#spare = stage.spare;
      visit.page = visit.#spare.pop() ?? (await (await stage.browser.newContext()).newPage());
      visit.context = visit.page.context();
    }
    visit.context.setDefaultTimeout(PATIENCE);
    tenant.page = visit.page;
    tenant.passTimeLimit = () => {
      const limit = visit.options.requestTimeoutSeconds * 1000;
      return visit.page.evaluate((limit) => window.drive.passTime(limit), limit).catch(() => {});
    };
    const thrown = (error) => visit.problems.push(`uncaught: ${error.message}`);
    const asked = (dialog) => {
      visit.problems.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    };
    visit.page.on('pageerror', thrown).on('dialog', asked);
    visit.#forget = () => visit.page.off('pageerror', thrown).off('dialog', asked);
    await visit.#fresh();
    return visit;
  }

  /** A tab without a past. */
  async #fresh() {
    const { app } = this.tenant;
    if (!this.page.url().startsWith(app)) await this.#load(`${app}/`);
    await this.page.evaluate(() => window.drive.forget());
    await this.#devtools('Page.resetNavigationHistory');
  }

  async #load(url) {
    await this.listen();
    await this.page.goto(url);
    await seen(this.page, () => window.ready);
  }

  /** All that the page's console, errors and events have said so far. */
  async listen() {
    if (this.page.url().startsWith(this.tenant.app))
      this.#said += await this.page.evaluate(() => window.drive.said());
    return this.#said;
  }

  /** Comes to `url` of the app and starts the SDK there. */
  async open(url) {
    if (this.load || !this.page.url().startsWith(this.tenant.app)) await this.#load(url);
    else await this.drive('arrive', url);
    return this.drive('start', this.options);
  }

  /** One step in the page. A call that nobody answers is told as an error of its own. */
  async drive(step, argument) {
    const done = this.page.evaluate(([name, value]) => window.drive[name](value), [step, argument]);
    let timer;
    const never = new Promise((resolve) => {
      timer = setTimeout(() => resolve(undefined), PATIENCE);
    });
    const result = await Promise.race([done.then((value) => ({ value })), never]);
    clearTimeout(timer);
    if (result) return result.value;
    done.catch(() => {});
    this.#spoiled = true;
    return { error: { code: `${step}() was never answered`, details: {} } };
  }

  /** Asks for the authorize URL, and comes back with what `respond` makes of the platform's good answer. */
  async signIn({ login, respond = (params) => `?${params}`, finish = 'callback', between } = {}) {
    const started = await this.open(`${this.tenant.app}/`);
    if (started.error) return started;
    const asked = await this.drive('login', login ?? {});
    if (asked.error) return asked;
    this.authorizeUrl = asked.value;
    const good = this.tenant.authorize(asked.value);
    const url = this.tenant.redirectUri + (await respond(good, this));
    await between?.(this.tenant);
    const again = await this.open(url);
    return again.error ? again : this.drive(finish);
  }

  async #devtools(method) {
    if (!sessions.has(this.page)) sessions.set(this.page, this.context.newCDPSession(this.page));
    return (await sessions.get(this.page)).send(method);
  }

  /** Every address that this tab remembers. */
  async history() {
    const { entries } = await this.#devtools('Page.getNavigationHistory');
    return entries.map(({ url }) => url);
  }

  async end() {
    this.#forget();
    if (this.#spare && !this.#spoiled) this.#spare.push(this.page);
    else if (this.#spare || this.#own) await this.context.close();
    else await this.page.close();
  }
}

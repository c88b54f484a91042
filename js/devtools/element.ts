/** `<intelliauth-devtools>`: a button in the corner, and a panel that it opens. */
import { hintOf } from '../errors.hints.js';
import type { ErrorCode, IntelliAuthError } from '../errors.js';
import { messageOf } from '../errors.messages.js';
import type { Bundle } from '../trace/record.js';
import type { AuthEvent, AuthState } from '../types.js';
import { diagram } from './diagram.js';
import { become, html } from './dom.js';
import type { DevtoolsClient, DevtoolsElement } from './index.js';
import { type Failure, lastFailure, lastSignIn } from './sign-in.js';
import { styled } from './style.js';
import { Tabs } from './tabs.js';

/** Where each code is explained. */
const PAGE = 'https://github.com/intelliauth/spa-sdk/blob/main/docs/errors.md#';
const EVENTS = 50;

const words = (text: string) => text.replaceAll('_', ' ');
const clock = (at: number) => new Date(at).toLocaleTimeString();

/** How long until `at`. */
function until(at: number | undefined): string {
  if (at === undefined) return 'never: there is no refresh token';
  const seconds = Math.round((at - Date.now()) / 1000);
  if (seconds <= 0) return 'now';
  const minutes = Math.floor(seconds / 60);
  return minutes > 0 ? `in ${minutes} min ${seconds % 60} s` : `in ${seconds} s`;
}

const link = (code: string) => html('a', { href: PAGE + code, target: '_blank', rel: 'noopener' }, code);

/** Made when it is asked for: where there is no page there is no `HTMLElement`. */
export function elementClass(): new () => DevtoolsElement {
  return class extends HTMLElement implements DevtoolsElement {
    static readonly observedAttributes = ['open'];

    #auth: DevtoolsClient | undefined;
    #unsubscribe = () => {};
    #timer: ReturnType<typeof setInterval> | undefined;
    #events: AuthEvent[] = [];
    #bundle: Bundle | undefined;
    #reading = false;
    readonly #tabs = new Tabs(
      () => this.#state().status,
      () => this.#showTabs(),
    );

    readonly #session = html('dl');
    readonly #claims = html('dl');
    readonly #failure = html('div');
    readonly #signIn = html('div');
    readonly #list = html('ol');
    readonly #others = html('ul');
    readonly #said = html('p', { role: 'status', class: 'unseen' });
    readonly #toggle = html('button', {
      type: 'button',
      class: 'toggle',
      'aria-expanded': 'false',
      'aria-controls': 'panel',
      click: () => {
        this.open = !this.open;
      },
    });
    readonly #panel = html(
      'section',
      { id: 'panel', class: 'panel', 'aria-labelledby': 'title', tabindex: '-1', hidden: '' },
      html(
        'header',
        {},
        html('h2', { id: 'title' }, 'IntelliAuth'),
        this.#button('Refresh the token', () => this.#refresh()),
        this.#button('Copy the report', () => this.#copy()),
        this.#button('Save the report', () => this.#save()),
        this.#button('Close', () => this.#close()),
      ),
      html('h3', {}, 'Session'),
      this.#session,
      this.#failure,
      html('h3', {}, 'The last sign-in'),
      this.#signIn,
      html('h3', {}, 'Events'),
      this.#list,
      html('h3', {}, 'Claims of the ID token'),
      this.#claims,
      html('h3', {}, 'Tabs in touch'),
      this.#others,
    );

    constructor() {
      super();
      const root = this.attachShadow({ mode: 'open' });
      styled(root);
      root.append(this.#panel, this.#toggle, this.#said);
      root.addEventListener('keydown', (event) => {
        if ((event as KeyboardEvent).key === 'Escape' && this.open) this.#close();
      });
    }

    get auth(): DevtoolsClient | undefined {
      return this.#auth;
    }

    set auth(auth: DevtoolsClient | undefined) {
      if (this.#auth === auth) return;
      this.#auth = auth;
      this.#events = [];
      if (this.isConnected) this.#listen();
    }

    get open(): boolean {
      return this.hasAttribute('open');
    }

    set open(open: boolean) {
      this.toggleAttribute('open', open);
    }

    connectedCallback(): void {
      this.#tabs.open();
      this.#timer = setInterval(() => this.#tick(), 1000);
      this.#listen();
    }

    disconnectedCallback(): void {
      this.#unsubscribe();
      clearInterval(this.#timer);
      this.#tabs.close();
    }

    attributeChangedCallback(): void {
      this.#panel.hidden = !this.open;
      this.#toggle.setAttribute('aria-expanded', String(this.open));
      if (this.open) {
        this.#show();
        this.#panel.focus();
      }
    }

    #button(text: string, act: () => unknown): HTMLButtonElement {
      return html('button', { type: 'button', click: () => void act() }, text);
    }

    #close(): void {
      this.open = false;
      this.#toggle.focus();
    }

    #listen(): void {
      this.#unsubscribe();
      this.#unsubscribe =
        this.#auth?.subscribe((_, event) => {
          if (event) {
            this.#events = [event, ...this.#events].slice(0, EVENTS);
            if (this.open) this.#said.textContent = words(event.type);
          }
          this.#tabs.tell();
          this.#show();
        }) ?? (() => {});
      this.#show();
      // It switches recording on, where the app has not.
      void this.#read();
    }

    #state(): AuthState {
      return this.#auth?.getState() ?? { status: 'loading' };
    }

    #tick(): void {
      this.#showToggle();
      if (this.open) this.#showSession();
    }

    #show(): void {
      this.#showToggle();
      if (!this.open) return;
      this.#showSession();
      this.#showEvents();
      this.#showClaims();
      this.#showTabs();
      void this.#read();
    }

    #showToggle(): void {
      const state = this.#state();
      this.#toggle.dataset.status = state.status;
      this.#toggle.toggleAttribute('data-bad', state.failing !== undefined);
      const more =
        state.status === 'authenticated' && state.refreshAt ? `, refresh ${until(state.refreshAt)}` : '';
      const text = `IntelliAuth: ${state.failing ? 'refreshing fails' : state.status}${more}`;
      if (this.#toggle.textContent !== text) this.#toggle.textContent = text;
    }

    #showSession(): void {
      const state = this.#state();
      const rows: [string, Node | string | undefined][] = [['Status', state.status]];
      if (state.status === 'unauthenticated') rows.push(['Because', words(state.reason)]);
      if (state.status === 'error') rows.push(['Error', link(state.error.code)]);
      if (state.status === 'authenticated') {
        rows.push(
          ['Scope', state.scope],
          ['Token ends', until(state.expiresAt)],
          ['Refresh', until(state.refreshAt)],
        );
        if (state.failing) {
          const next = Math.max(state.failing.retryAt, state.refreshAt ?? 0);
          rows.push(['Failing', link(state.failing.code)], ['Next try', until(next)]);
        }
      }
      become(
        this.#session,
        ...rows.flatMap(([name, value]) => [html('dt', {}, name), html('dd', {}, value)]),
      );
    }

    #showClaims(): void {
      const claims = Object.entries(this.#auth?.getIdTokenClaims() ?? {});
      const said = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
      const rows = claims.flatMap(([name, value]) => [html('dt', {}, name), html('dd', {}, said(value))]);
      become(
        this.#claims,
        ...(rows.length > 0 ? rows : [html('dt', {}, 'None'), html('dd', {}, 'Nobody is signed in.')]),
      );
    }

    #showEvents(): void {
      const items = this.#events.map((event) => {
        const { at, type, elsewhere } = event;
        const code = event.type === 'refresh_failing' ? event.code : undefined;
        const reason = event.type === 'signed_out' ? `: ${words(event.reason)}` : '';
        return html(
          'li',
          code ? { class: 'bad' } : {},
          html('time', { datetime: new Date(at).toISOString() }, clock(at)),
          ` ${words(type)}${reason}${elsewhere ? ', in another tab' : ''} `,
          code && link(code),
        );
      });
      become(
        this.#list,
        ...(items.length > 0 ? items : [html('li', { class: 'quiet' }, 'Nothing has happened yet.')]),
      );
    }

    #showTabs(): void {
      if (!this.open) return;
      const tabs = this.#tabs.all.map(({ path, status }) => html('li', {}, `${path}: ${status}`));
      become(
        this.#others,
        ...(tabs.length > 0 ? tabs : [html('li', { class: 'quiet' }, 'None in which this is shown.')]),
      );
    }

    #showSignIn(bundle: Bundle): void {
      const messages = lastSignIn(bundle);
      if (messages.length === 0) {
        const none = bundle.note
          ? 'This page is not recorded; the next one in this tab is.'
          : 'None is recorded in this tab yet.';
        become(this.#signIn, html('p', { class: 'quiet' }, none));
        return;
      }
      const failed = messages.filter(({ surprise }) => surprise);
      const label = failed[0]
        ? `The sign-in as a diagram; it fails at: ${failed[0].text}`
        : 'The sign-in as a diagram';
      const steps = messages.map(({ from, to, text, surprise }) =>
        html('li', surprise ? { class: 'bad' } : {}, `${surprise ? '✕ ' : ''}${from} → ${to}: ${text}`),
      );
      const listed = this.#signIn.querySelector('details')?.open;
      become(
        this.#signIn,
        html(
          'div',
          { class: 'drawing', tabindex: '0', role: 'group', 'aria-label': 'Diagram, scrolls sideways' },
          diagram(messages, label),
        ),
        html(
          'details',
          listed ? { open: '' } : {},
          html('summary', {}, 'The steps as a list'),
          html('ol', {}, ...steps),
        ),
      );
    }

    #showFailure(failure: Failure | undefined): void {
      if (!failure) {
        become(this.#failure);
        return;
      }
      const { code, details } = failure;
      const heading = html('p', {}, html('strong', {}, 'The last error: '), link(code));
      const hint = hintOf(failure as IntelliAuthError);
      const text = messageOf(code as ErrorCode, details);
      become(
        this.#failure,
        html('div', { class: 'failure' }, heading, html('p', {}, text), html('p', {}, hint)),
      );
    }

    async #read(): Promise<void> {
      if (this.#reading || !this.#auth) return;
      this.#reading = true;
      try {
        this.#bundle = JSON.parse(await this.#auth.trace()) as Bundle;
        if (!this.open) return;
        this.#showSignIn(this.#bundle);
        this.#showFailure(lastFailure(this.#bundle));
      } catch {
        // The client is not loaded, or disposed of: there is nothing to tell yet.
      } finally {
        this.#reading = false;
      }
    }

    async #refresh(): Promise<void> {
      try {
        await this.#auth?.getAccessToken({ forceRefresh: true });
        this.#tell('The token is a new one.');
      } catch (error) {
        this.#tell(String((error as IntelliAuthError).message));
      }
      await this.#read();
    }

    async #copy(): Promise<void> {
      try {
        await navigator.clipboard.writeText((await this.#auth?.trace()) ?? '');
        this.#tell('The report is copied.');
      } catch {
        this.#tell('The report cannot be copied here: save it.');
      }
    }

    async #save(): Promise<void> {
      const text = await this.#auth?.trace();
      if (text === undefined) return;
      const href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
      html('a', { href, download: 'intelliauth-trace.json' }).click();
      URL.revokeObjectURL(href);
      this.#tell('The report is saved.');
    }

    #tell(text: string): void {
      this.#said.textContent = text;
    }
  };
}

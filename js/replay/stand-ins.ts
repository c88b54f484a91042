/** What placeholders are replaced by, so that the core decides as it did: each is a value of its kind, equal ones are equal. */
import type { Run } from '../trace/record.js';
import type { Redactor } from '../trace/redact.js';
import { hash } from '../trace/tags.js';

const PLACEHOLDER = /⟨([^⟩]*)⟩/g;

const TYPED: Record<string, unknown> = {
  number: 0,
  boolean: false,
  list: [],
  object: {},
  mail: 'someone@mail.example',
};

/** As a form or a query has it. */
export const asForm = (value: string): string => encodeURIComponent(value);

const base64url = (value: unknown): string =>
  btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

export class StandIns {
  readonly #values: Run['values'];
  /** By the placeholder's name: what the replayed client has in its place. */
  readonly #raw = new Map<string, string>();

  constructor(values: Run['values']) {
    this.#values = values;
  }

  /** The text with values in place of its placeholders. */
  fill(text: string, spelt: (value: string) => string = String): string {
    return text.replace(PLACEHOLDER, (_, name: string) => spelt(String(TYPED[name] ?? this.#of(name))));
  }

  /** The same for whatever JSON holds. */
  fillAll(value: unknown): unknown {
    if (typeof value === 'string') {
      const typed = /^⟨(\w+)⟩$/.exec(value)?.[1];
      return typed !== undefined && Object.hasOwn(TYPED, typed) ? TYPED[typed] : this.fill(value);
    }
    if (Array.isArray(value)) return value.map((item) => this.fillAll(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, this.fillAll(inner)]));
  }

  #of(name: string): string {
    const known = this.#raw.get(name);
    if (known !== undefined) return known;
    const made = this.#make(name);
    this.#raw.set(name, made);
    return made;
  }

  #make(name: string): string {
    const [, shape, kind, tag] = /^(odd |broken |spaced |long )?(.*) (\w+)$/.exec(name) ?? ['', '', name, ''];
    const made = this.#plain(name, kind as string, tag as string);
    if (shape === 'odd ') return `${made}é`;
    if (shape === 'broken ') return `${made}\n${made}`;
    if (shape === 'spaced ' && !made.includes(' ')) return `${made} ${made}`;
    return shape === 'long ' ? made.padEnd(256, 'x') : made;
  }

  #plain(name: string, kind: string, tag: string): string {
    const said = (this.#values[name] ?? {}) as { of?: string; returnTo?: string };
    if (said.of !== undefined) {
      const of = this.#of(said.of);
      if (kind === 'mark') return hash(of, 12);
      if (kind === 'sid') return hash(`sid ${of}`, 12);
      if (kind === 'challenge') return hash(of, 32);
      if (kind === 'out') return of.slice(4);
    }
    if (kind === 'state' || kind === 'nonce' || kind === 'verifier') return `${kind}-${tag}-`.padEnd(43, 'x');
    if (kind === 'mark' || kind === 'sid' || kind === 'out') return `${kind}-${tag}-`.padEnd(16, 'x');
    if (kind === 'id_token') return this.#idToken(said as IdToken, tag);
    if (kind === 'app_state') {
      const returnTo = said.returnTo === undefined ? undefined : this.fill(said.returnTo, asForm);
      return JSON.stringify({ replaced: tag, returnTo });
    }
    if (kind === 'scope') return `scope/${tag}`;
    if (kind === 'name') return `[${tag}]`;
    if (kind === 'origin') return `https://${tag}.example`;
    const length = Number(/^text of (\d+) characters$/.exec(kind)?.[1] ?? 0);
    return `${length ? 'text' : kind}-${tag}`.padEnd(length, '.');
  }

  #idToken({ parts = 3, header, claims, signature, length = 0 }: IdToken, tag: string): string {
    const filled = claims && (this.fillAll(claims) as Record<string, unknown>);
    const hashed = claims?.at_hash as { of?: string } | undefined;
    if (filled && hashed?.of) filled.at_hash = hash(this.#of(hashed.of), 16);
    const signed = signature === 'none' ? '' : signature === 'odd' ? '=' : base64url(tag);
    const told = [header ? base64url(header) : 'x', base64url(filled ?? []), signed];
    return Array.from({ length: parts }, (_, at) => told[at] ?? 'x')
      .join('.')
      .padEnd(length, 'x');
  }

  /**
   * Whether `made`, of the replayed client, says what `recorded` does. Placeholders that are new here stand for values
   * that the replayed client made, and are known from then on.
   */
  matches(recorded: string, made: string, redactor: Redactor): boolean {
    const [before, now] = [recorded, made].map((text) => text.split(PLACEHOLDER)) as [string[], string[]];
    if (before.length !== now.length) return false;
    return before.every((part, at) => {
      const other = now[at] as string;
      if (at % 2 === 0 || Object.hasOwn(TYPED, part)) return part === other;
      const [, kind] = /^(.*) \w+$/.exec(part) ?? [];
      if (!other.startsWith(`${kind} `)) return false;
      const value = [...redactor.known].find(([, placeholder]) => placeholder === `⟨${other}⟩`)?.[0];
      if (value === undefined) return false;
      const known = this.#raw.get(part);
      if (known === undefined) this.#raw.set(part, value);
      return known === undefined || known === value;
    });
  }
}

interface IdToken {
  parts?: number;
  header?: unknown;
  claims?: Record<string, unknown>;
  signature?: 'none' | 'odd';
  length?: number;
}

/** What a trace is made of. It is plain JSON, with placeholders such as `⟨code 3fa94c⟩` in place of secrets. */

/** The version of a bundle's form. */
export const FORMAT = 1;

/** This SDK's version: a test holds it to the package's. */
export const VERSION = '0.1.0';

/** Something that was found in storage, `null` for nothing, `false` where it could not be read. */
export type Found = [area: 'tab' | 'origin', key: string, text: string | null | false];

/**
 * One input, what had changed before it, and what followed from it, in order. Times are milliseconds, `wall` since
 * 1970.
 */
export interface Step {
  input: string;
  with?: unknown[];
  wall: number;
  mono: number;
  offline?: true;
  address?: string;
  found?: Found[];
  did: [action: string, ...unknown[]][];
  /** The wasm trapped. */
  trapped?: true;
}

/** One client on one page, from its start. */
export interface Run {
  id: string;
  options: Record<string, unknown>;
  /** Of the client's jitter. */
  seed: number;
  steps: Step[];
  /** What may be known about the value of a placeholder. */
  values: Record<string, unknown>;
  /** How many steps were left out because there was no room. Such a run cannot be replayed. */
  dropped?: number;
  /**
   * The SDK was in use on the page before recording began, so what it had read from storage is missing. Such a run
   * cannot be replayed either.
   */
  unseen?: true;
}

/** What `trace()` makes. */
export interface Bundle {
  kind: 'intelliauth-trace';
  format: typeof FORMAT;
  sdk: string;
  /** ISO 8601. */
  made: string;
  browser: Record<string, unknown>;
  /** Oldest first: this tab's earlier pages, then this one. */
  runs: Run[];
  note?: string;
}

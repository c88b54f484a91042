// The simulation's wasm, loaded once and only by this page. `play` is a pure function of its script: what is shown at any
// moment is replayed from the start, so time can be scrubbed back and history rewritten.

/** One thing that happened. `simulation/src/log.rs` says which kinds there are. */
export interface Entry {
  readonly tick: number;
  readonly at: number;
  readonly kind: string;
  readonly tab?: number;
  readonly other?: number;
  readonly number?: number;
  readonly token?: string;
  readonly text?: string;
}

export interface Played {
  readonly entries: readonly Entry[];
  /** After how many jobs each command was carried out, and whether it could be. */
  readonly commands: readonly { readonly tick: number; readonly at: number; readonly done: boolean }[];
  readonly breaches: readonly { readonly tick: number; readonly rule: string; readonly what: string }[];
  readonly dropped: number;
  readonly ticks: number;
  readonly now: number;
  readonly lifetime: number;
  readonly storage: 'Local' | 'Session' | 'Memory';
  readonly plan: string;
  /** Of the whole course: the same wherever it is played. */
  readonly digest: string;
}

export interface Seeds {
  readonly seeds: number;
  readonly steps: number;
  readonly tabTime: number;
  readonly refreshes: number;
  readonly signIns: number;
  readonly signOuts: number;
  /** Sessions that ended because a fault had spent their refresh token, which no client could have known. */
  readonly unavoidable: number;
  readonly faults: number;
  readonly broken: readonly {
    readonly seed: number;
    readonly tick: number;
    readonly tabs: number;
    readonly rule: string;
    readonly lost: boolean;
  }[];
}

export interface Simulation {
  play(script: string): Played;
  seeds(first: number, count: number, without: string): Seeds;
}

let loading: Promise<Simulation> | undefined;

export function simulation(): Promise<Simulation> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Simulation> {
  const [glue, { compile }] = await Promise.all([
    import('./simulation/glue.js'),
    import('./simulation/bytes.js'),
  ]);
  await glue.default({ module_or_path: await compile() });
  return {
    play(script) {
      const played = JSON.parse(glue.play(script));
      if (!played) throw new Error(`This is no script: ${script}`);
      return played;
    },
    seeds: (first, count, without) => JSON.parse(glue.seeds(first, count, without)),
  };
}

import type { Expression } from '../judge/expression/compile.ts';
import { slidingTruth } from '../judge/steady.ts';
import type { Truth } from '../model/measure.ts';
import { type Nanos, seconds } from '../model/time.ts';
import type { AbortRecord, InjectionRecord } from '../model/timeline.ts';
import type { RunContext } from './context.ts';
import type { Live } from './inject.ts';

/** A promise that others wait for, settled once. */
export interface Gate {
  readonly opened: Promise<void>;
  readonly isOpen: boolean;
  open(): void;
}

export function gate(): Gate {
  const { promise, resolve } = Promise.withResolvers<void>();
  let isOpen = false;
  return {
    opened: promise,
    get isOpen() {
      return isOpen;
    },
    open: () => {
      isOpen = true;
      resolve();
    },
  };
}

/** Taking a snapshot may hold a fault this much longer, in milliseconds. */
const SNAPSHOT_WITHIN_MS = 3_000;

/** What changes while a run lives. The first abort wins; all later ones are ignored. */
export class RunState {
  readonly context: RunContext;
  readonly records = new Map<string, InjectionRecord>();
  /** What is injected now and not yet undone. */
  readonly live = new Set<Live>();
  readonly #halt = new AbortController();
  #abort: AbortRecord | undefined;
  #origin: Nanos | undefined;
  #observing: Nanos = 0;
  /** Everything is undone: there is nothing left that an abort could end. */
  over = false;
  /** The lock on the system is being renewed now. */
  isRenewingLock = false;
  readonly #begun = gate();

  constructor(context: RunContext) {
    this.context = context;
  }

  /** Somebody wants the run to end now; an abort by a condition still watches the recovery. */
  get interrupted(): boolean {
    return this.context.interrupt.aborted;
  }

  /** Aborted: nothing more is injected, holds end, undo begins. Never given to an undo. */
  get halted(): AbortSignal {
    return this.#halt.signal;
  }

  get abortRecord(): AbortRecord | undefined {
    return this.#abort;
  }

  /** When the first act began. */
  get origin(): Nanos | undefined {
    return this.#origin;
  }

  /** Settles when the first act begins. */
  get begun(): Promise<void> {
    return this.#begun.opened;
  }

  /** Signals observe from now on; nothing older enters a sliding window. */
  observe(): void {
    this.#observing = this.context.clock.now();
  }

  /** What an expression comes to over the sliding window that ends now. */
  truthOf(expression: Expression): Truth {
    return this.#sliding([expression]).truth;
  }

  /** Whether all of `steady` hold now, and if not, which does not and why. */
  steadyNow(): { truth: Truth; why?: string } {
    return this.#sliding(this.context.conditions.steady);
  }

  #sliding(expressions: readonly Expression[]): { truth: Truth; why?: string } {
    const { recorder, descriptors, experiment, clock } = this.context;
    const at = clock.now();
    const from = Math.max(this.#observing, at - seconds(experiment.timing.sliding));
    return slidingTruth(expressions, {
      signals: descriptors,
      samples: recorder.live,
      span: { from, to: at },
    });
  }

  /** Records the system as a whole; what cannot be read in time is left out, and never keeps a fault from its undo. */
  async snapshot(name: 'baseline' | 'hold'): Promise<void> {
    const { ground, world, recorder, clock, emit } = this.context;
    if (ground === undefined) return;
    const signal = AbortSignal.any([this.halted, AbortSignal.timeout(SNAPSHOT_WITHIN_MS)]);
    const taken = await ground.ground.snapshot(world, signal);
    if (taken.ok) recorder.snapshot(name, taken.value);
    else emit({ is: 'trying', t: clock.now(), what: `the snapshot ${name}`, problem: taken.problem });
  }

  begin(): void {
    if (this.#origin !== undefined) return;
    this.#origin = this.context.clock.now();
    this.#begun.open();
  }

  /** The one abort path: conditions, ctrl-C, SIGTERM, `stop`, failed signals and injections all come here. */
  abort(by: AbortRecord['by'], text: string): void {
    if (this.#abort !== undefined) return;
    this.#abort = { t: this.context.clock.now(), by, text };
    this.context.recorder.mark({ is: 'abort', t: this.#abort.t, abort: this.#abort });
    this.context.emit({ is: 'abort', t: this.#abort.t, abort: this.#abort, open: this.live.size });
    this.#halt.abort();
  }

  /** What was held until now was not held as planned: the run ends, and predictions on it are unknown. */
  cutShort(lives: readonly Live[], why: string): void {
    for (const { record, undoing } of lives) {
      if (record.cutShort === undefined && !undoing) this.record(record, { cutShort: why });
    }
    this.abort('cut-short', why);
  }

  /** A bug of ours, met while something may be injected: the run aborts, which undoes everything. */
  crash(where: string, error: unknown): void {
    const { emit, clock } = this.context;
    const message = `internal error in ${where}: ${error instanceof Error ? error.message : String(error)}`;
    const cause = error instanceof Error && error.stack !== undefined ? { cause: error.stack } : {};
    const fix = 'Report this with the run folder.';
    emit({
      is: 'trying',
      t: clock.now(),
      what: where,
      problem: { code: 'inject-failed', message, fix, ...cause },
    });
    this.abort('inject-failed', message);
  }

  /** Changes an injection's record and writes it to the recording. */
  record(record: InjectionRecord, change: Partial<InjectionRecord>): void {
    Object.assign(record, change);
    this.records.set(record.injection.id, record);
    this.context.recorder.mark({
      is: 'injection',
      t: this.context.clock.now(),
      record: structuredClone(record),
    });
  }
}

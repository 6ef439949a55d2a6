import type { Numbered } from '../../load/batch.ts';
import { type RunningLoad, startLoad } from '../../load/load.ts';
import type { EndReason } from '../../load/messages.ts';
import type { LoadOptions } from '../../load/options.ts';
import { fail, ok, type Result } from '../../model/result.ts';
import { MISSED, OK } from '../../model/series.ts';

/** What is in flight when a load is ended may take so long, in milliseconds; an undo is tried for longer. */
const PATIENCE_MS = 5_000;

/** What became of the requests of a load so far. */
interface Totals {
  sent: number;
  ok: number;
  /** By the kind of failure. */
  failed: Map<string, number>;
  /** Never sent: we were late, or the load was ended while they waited for a connection. */
  missed: number;
}

/** A load beside those that are watched: it is counted, not recorded. It lives in this process and ends with it. */
export class SecondLoad {
  readonly totals: Totals = { sent: 0, ok: 0, failed: new Map(), missed: 0 };
  #begun = performance.now();
  #ended: number | undefined;
  #why: EndReason | 'died' | undefined;
  #load: RunningLoad | undefined;

  /** Resolves when it sends. The signal ends a start that takes too long, and nothing later. */
  static async start(options: LoadOptions, signal: AbortSignal): Promise<Result<SecondLoad>> {
    const second = new SecondLoad();
    const life = new AbortController();
    const giveUp = (): void => life.abort();
    signal.addEventListener('abort', giveUp, { once: true });
    const listener = {
      operations: (rows: readonly Numbered[]) => second.#count(rows),
      health: () => undefined,
      died: () => second.#over('died'),
      ended: (why: EndReason) => second.#over(why),
    };
    const started = await startLoad(options, listener, life.signal);
    signal.removeEventListener('abort', giveUp);
    if (!started.ok) return fail({ ...started.problem, code: 'inject-failed' });
    second.#load = started.value;
    // Its thread takes a moment to begin.
    second.#begun = performance.now();
    return ok(second);
  }

  /** Why it ended, once it has. */
  get ended(): EndReason | 'died' | undefined {
    return this.#why;
  }

  /** Seconds from its start until now, or until it ended. */
  get lasted_s(): number {
    return ((this.#ended ?? performance.now()) - this.#begun) / 1_000;
  }

  renew(): void {
    this.#load?.renew();
  }

  /** Sends nothing more; resolves when nothing is in flight any more, or was cut. Idempotent. */
  async end(): Promise<void> {
    await this.#load?.halt(PATIENCE_MS);
    this.#over('told');
  }

  /** `1500 sent in 30.0 s (50/s): 1420 ok, 80 failed (timeout 60, status 20)`. */
  words(): string {
    const { sent, ok: good, failed, missed } = this.totals;
    const rate = this.lasted_s > 0 ? ` (${rounded(sent / this.lasted_s)}/s)` : '';
    const kinds = [...failed].sort((a, b) => b[1] - a[1]).map(([kind, count]) => `${kind} ${count}`);
    const bad = kinds.length === 0 ? '0 failed' : `${sumOf(failed)} failed (${kinds.join(', ')})`;
    const ours = missed === 0 ? '' : `, ${missed} never sent`;
    // A request that found no connection has failed, and was never sent.
    const begun = good + sumOf(failed);
    const of = begun > sent ? ` of ${begun}` : '';
    return `${sent}${of} requests sent in ${this.lasted_s.toFixed(1)} s${rate}: ${good} ok, ${bad}${ours}`;
  }

  #count(rows: readonly Numbered[]): void {
    const { totals } = this;
    for (const { kind, sent } of rows) {
      if (sent !== null) totals.sent += 1;
      if (kind === OK) totals.ok += 1;
      else if (kind === MISSED) totals.missed += 1;
      else totals.failed.set(kind, (totals.failed.get(kind) ?? 0) + 1);
    }
  }

  #over(why: EndReason | 'died'): void {
    if (this.#why !== undefined) return;
    this.#why = why;
    this.#ended = performance.now();
  }
}

const sumOf = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((sum, count) => sum + count, 0);

const rounded = (value: number): string => (value >= 10 ? value.toFixed(0) : value.toFixed(1));

import type { Json } from '../../model/json.ts';
import { ok, type Result } from '../../model/result.ts';
import { type SeriesKey, seriesKey } from '../../model/samples.ts';
import type { Family, Occurrence, Operation, Point, SignalDescriptor } from '../../model/series.ts';
import type { Nanos } from '../../model/time.ts';
import type { Mark } from '../../model/timeline.ts';
import { type Batch, emptyBatch, type Store } from './store.ts';
import { SQLITE_BUSY, type SqliteTrouble } from './trouble.ts';

/** Another process may keep us from writing this long before it counts as a failure. */
const BUSY_MAX_MS = 5_000;

interface SampleRows {
  operations: Operation;
  points: Point;
  events: Occurrence;
}

/** What waits to be written to a store, and the numbers of its series and gaps. */
export class Pending {
  batch: Batch = emptyBatch();
  readonly #store: Store;
  readonly #signals: ReadonlyMap<string, number>;
  readonly #series = new Map<SeriesKey, number>();
  /** Gaps that are open, by signal. */
  readonly #open = new Map<string, number[]>();
  #gaps = 0;
  /** Up to here everything is written. */
  #written: Nanos = 0;
  #marksOnly = false;
  #busySince_ms: number | undefined;

  /** Every series gets its number, and every signal begins blind. */
  constructor(store: Store, signals: readonly SignalDescriptor[]) {
    this.#store = store;
    this.#signals = new Map(signals.map((signal, id) => [signal.name, id]));
    for (const signal of signals) {
      for (const series of signal.series) this.seriesId(signal.name, series.name, series.family);
      this.openGap(signal.name, 0, 'it did not observe yet');
    }
  }

  seriesId(signal: string, name: string, family: Family): number {
    const key = seriesKey(signal, name);
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    const id = this.#series.size + 1;
    this.#series.set(key, id);
    this.batch.series.push({ id, signal: this.#signals.get(signal) ?? -1, name, family });
    return id;
  }

  add<K extends keyof SampleRows>(family: K, series: number, row: SampleRows[K]): void {
    if (this.#marksOnly) return;
    (this.batch[family] as { series: number; row: SampleRows[K] }[]).push({ series, row });
  }

  addMark(mark: Mark): void {
    const t = 't' in mark ? mark.t : mark.from;
    this.batch.marks.push({ t: Math.round(t), what: mark.is, body: JSON.stringify(mark) });
  }

  addSnapshot(name: string, t: Nanos, body: Json): void {
    if (!this.#marksOnly) this.batch.snapshots.push({ name, t, json: JSON.stringify(body) });
  }

  openGap(signal: string, from: Nanos, why: string): void {
    this.#gaps += 1;
    this.batch.gaps.push({ id: this.#gaps, signal: this.#signals.get(signal) ?? -1, from, why });
    this.#open.set(signal, [...(this.#open.get(signal) ?? []), this.#gaps]);
  }

  closeGaps(signal: string, to: Nanos): void {
    for (const id of this.#open.get(signal) ?? []) this.batch.closes.push({ id, to });
    this.#open.delete(signal);
  }

  /** Writes what waits; on a failure it goes on waiting. Another process that is writing is no failure yet. */
  write(heartbeat: { t: Nanos; wall_ms: number }): Result<void, SqliteTrouble> {
    if (this.#marksOnly && this.batch.marks.length === 0) return ok(undefined);
    const written = this.#store.write(this.batch, heartbeat);
    if (written.ok) {
      this.batch = emptyBatch();
      this.#written = heartbeat.t;
      this.#busySince_ms = undefined;
      return written;
    }
    if (written.problem.code !== SQLITE_BUSY) return written;
    const now_ms = heartbeat.t / 1e6;
    this.#busySince_ms ??= now_ms;
    return now_ms - this.#busySince_ms > BUSY_MAX_MS ? written : ok(undefined);
  }

  /**
   * There is little space left: what was seen since the last success is dropped and nothing more is taken, which is a
   * gap of every signal to the end. How the run ends and what it undoes is still written if it can be.
   */
  keepMarksOnly(): void {
    if (this.#marksOnly) return;
    this.#marksOnly = true;
    for (const list of [this.batch.operations, this.batch.points, this.batch.events, this.batch.snapshots])
      list.length = 0;
    const open = new Map(this.#open);
    for (const signal of this.#signals.keys())
      this.openGap(signal, this.#written, 'the recording could not be written');
    // The new gaps have no end; those that were open before may have one.
    this.#open.clear();
    for (const [signal, ids] of open) this.#open.set(signal, ids);
  }
}

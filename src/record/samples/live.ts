import { type Samples, type SeriesKey, seriesKey } from '../../model/samples.ts';
import type { Occurrence, Operation, Point, SignalDescriptor } from '../../model/series.ts';
import { type Nanos, type Span, seconds } from '../../model/time.ts';
import { gapsIn, newWatch, type Watch } from './gaps.ts';
import { TimeSeries } from './time-series.ts';

/** At least this much is kept of every series, in seconds; of a series with few rows, everything. */
const KEEP_S = 60;
const KEEP_ROWS = 20_000;

/** What was seen lately, in memory, for conditions and the live view. The same rows go to the recording. */
export class LiveSamples implements Samples {
  readonly jumps: Span[] = [];
  readonly #now: () => Nanos;
  readonly #operations = new Map<SeriesKey, TimeSeries<Operation>>();
  readonly #points = new Map<SeriesKey, TimeSeries<Point>>();
  readonly #events = new Map<SeriesKey, TimeSeries<Occurrence>>();
  readonly #watches = new Map<string, Watch>();
  readonly #signalOf = new Map<SeriesKey, string>();
  /** From when on a series is whole, where old rows were dropped. */
  readonly #keptFrom = new Map<SeriesKey, Nanos>();

  constructor(signals: readonly SignalDescriptor[], now: () => Nanos) {
    this.#now = now;
    for (const signal of signals) {
      this.#watches.set(signal.name, newWatch(signal.interval_s));
      for (const series of signal.series)
        this.#signalOf.set(seriesKey(signal.name, series.name), signal.name);
      this.blind(signal.name, 0);
    }
  }

  get end(): Nanos {
    return this.#now();
  }

  operations(series: SeriesKey, span: Span): readonly Operation[] {
    return this.#operations.get(series)?.within(span) ?? [];
  }

  points(series: SeriesKey, span: Span): readonly Point[] {
    return this.#points.get(series)?.withOneBefore(span) ?? [];
  }

  events(series: SeriesKey, span: Span): readonly Occurrence[] {
    return this.#events.get(series)?.within(span) ?? [];
  }

  gaps(series: SeriesKey, span: Span): readonly Span[] {
    const watch = this.#watches.get(this.#signalOf.get(series) ?? '');
    const keptFrom = this.#keptFrom.get(series);
    const kept = keptFrom === undefined ? {} : { keptFrom };
    return gapsIn(span, watch, { end: this.end, jumps: this.jumps, ...kept });
  }

  addOperation(series: SeriesKey, row: Operation): void {
    add(this.#operations, series, { row, timeOf: (operation) => operation.intended });
  }

  addPoint(signal: string, series: SeriesKey, row: Point): void {
    add(this.#points, series, { row, timeOf: (point) => point.t });
    this.#watches.get(signal)?.sampled?.said.add(row.t);
  }

  addEvent(signal: string, series: SeriesKey, row: Occurrence): void {
    add(this.#events, series, { row, timeOf: (event) => event.t });
    this.#watches.get(signal)?.sampled?.said.add(row.t);
  }

  blind(signal: string, from: Nanos): void {
    this.#watches.get(signal)?.blind.push({ from, to: Number.POSITIVE_INFINITY });
  }

  observing(signal: string, at: Nanos): void {
    const watch = this.#watches.get(signal);
    for (const span of watch?.blind.filter(({ to }) => to === Number.POSITIVE_INFINITY) ?? []) {
      span.to = at;
      watch?.sampled?.said.add(at);
    }
  }

  /** Drops old rows of long series. Cheap when there is nothing to drop; call it about once a second. */
  forget(): void {
    const before = this.#now() - seconds(KEEP_S);
    for (const family of [this.#operations, this.#points, this.#events]) {
      for (const [series, rows] of family) {
        // Dropping copies what is kept, so it is done for many rows at once.
        if (rows.size > 2 * KEEP_ROWS && rows.forget(before) > 0) this.#keptFrom.set(series, before);
      }
    }
    for (const watch of this.#watches.values()) {
      if ((watch.sampled?.said.size ?? 0) > 2 * KEEP_ROWS) watch.sampled?.said.forget(before);
    }
  }
}

function add<T>(
  family: Map<SeriesKey, TimeSeries<T>>,
  series: SeriesKey,
  { row, timeOf }: { row: T; timeOf: (row: T) => Nanos },
): void {
  let rows = family.get(series);
  if (rows === undefined) {
    rows = new TimeSeries(timeOf);
    family.set(series, rows);
  }
  rows.add(row);
}

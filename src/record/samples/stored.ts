import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { JsonObject } from '../../model/json.ts';
import { type Blind, type Samples, type SeriesKey, seriesKey } from '../../model/samples.ts';
import type { Occurrence, Operation, Point, SignalDescriptor } from '../../model/series.ts';
import type { Nanos, Span } from '../../model/time.ts';
import { type SqliteTrouble, sqliteTrouble } from '../files/trouble.ts';
import { gapsIn, newWatch, type Watch } from './gaps.ts';
import { TimeSeries } from './time-series.ts';

type Row = Record<string, SQLOutputValue>;

/** A kind of rows: how they are read in order of time, and what they become. */
interface Kind<T> {
  sql: string;
  timeOf: (row: T) => Nanos;
  from: (row: Row) => T;
}

const operationRows: Kind<Operation> = {
  sql: 'select * from operations where series = ? order by intended, rowid',
  timeOf: (operation) => operation.intended,
  from: toOperation,
};
const pointRows: Kind<Point> = {
  sql: 'select * from points where series = ? order by t, rowid',
  timeOf: (point) => point.t,
  from: toPoint,
};
const eventRows: Kind<Occurrence> = {
  sql: 'select * from events where series = ? order by t, rowid',
  timeOf: (event) => event.t,
  from: toOccurrence,
};

const saidSql =
  'select p.t as t from points p join series s on s.id = p.series where s.signal = ? ' +
  'union all select e.t from events e join series s on s.id = e.series where s.signal = ? order by 1';

export interface StoredParts {
  db: DatabaseSync;
  end: Nanos;
  jumps: readonly Span[];
  signals: readonly SignalDescriptor[];
  /** Told once for each series that cannot be read; it then counts as not observed. */
  onBroken: (series: SeriesKey, trouble: SqliteTrouble) => void;
}

/** What a recording holds; each series is read when somebody first asks for it. */
export class StoredSamples implements Samples {
  readonly end: Nanos;
  readonly #parts: StoredParts;
  readonly #series = new Map<SeriesKey, { id: number; signal: string }>();
  readonly #signals = new Map<string, { id: number; watch: Watch; ready: boolean }>();
  readonly #operations = new Map<SeriesKey, TimeSeries<Operation>>();
  readonly #points = new Map<SeriesKey, TimeSeries<Point>>();
  readonly #events = new Map<SeriesKey, TimeSeries<Occurrence>>();
  readonly #broken = new Set<SeriesKey>();

  /** Reads what was watched and when it was; throws what node:sqlite throws. */
  constructor(parts: StoredParts) {
    this.#parts = parts;
    this.end = parts.end;
    const intervals = new Map(parts.signals.map((signal) => [signal.name, signal.interval_s]));
    const named =
      'select series.id, signals.name as signal, series.name from series join signals on signals.id = signal';
    for (const { id, signal, name } of parts.db.prepare(named).iterate()) {
      this.#series.set(seriesKey(String(signal), String(name)), { id: Number(id), signal: String(signal) });
    }
    for (const { id, name } of parts.db.prepare('select id, name from signals').iterate()) {
      const watch = newWatch(intervals.get(String(name)));
      for (const gap of parts.db
        .prepare('select from_t, to_t from gaps where signal = ?')
        .iterate(id ?? null)) {
        const to = gap['to_t'] === null ? Number.POSITIVE_INFINITY : Number(gap['to_t']);
        watch.blind.push({ from: Number(gap['from_t']), to });
      }
      // A signal begins with a gap; one without has never been heard of.
      if (watch.blind.length > 0) this.#signals.set(String(name), { id: Number(id), watch, ready: false });
    }
  }

  operations(series: SeriesKey, span: Span): readonly Operation[] {
    return this.#rows(series, this.#operations, operationRows).within(span);
  }

  points(series: SeriesKey, span: Span): readonly Point[] {
    return this.#rows(series, this.#points, pointRows).withOneBefore(span);
  }

  events(series: SeriesKey, span: Span): readonly Occurrence[] {
    return this.#rows(series, this.#events, eventRows).within(span);
  }

  gaps(series: SeriesKey, span: Span): readonly Span[] {
    const watch = this.#watchOf(series);
    return gapsIn(span, this.#broken.has(series) ? undefined : watch, this.#parts);
  }

  whyBlind(series: SeriesKey, span: Span): readonly Blind[] {
    const id = this.#signals.get(this.#series.get(series)?.signal ?? '')?.id;
    const found: Blind[] = [];
    this.#read(series, () => {
      const rows = this.#parts.db.prepare('select from_t, to_t, why from gaps where signal = ?');
      for (const row of id === undefined ? [] : rows.iterate(id)) {
        const from = Math.max(Number(row['from_t']), span.from);
        const to = Math.min(row['to_t'] === null ? this.end : Number(row['to_t']), span.to);
        if (from < to) found.push({ from, to, why: String(row['why']) });
      }
    });
    return found;
  }

  #rows<T>(series: SeriesKey, loaded: Map<SeriesKey, TimeSeries<T>>, kind: Kind<T>): TimeSeries<T> {
    const known = loaded.get(series);
    if (known !== undefined) return known;
    const rows = new TimeSeries(kind.timeOf);
    loaded.set(series, rows);
    const id = this.#series.get(series)?.id;
    if (id === undefined) return rows;
    this.#read(series, () => {
      for (const row of this.#parts.db.prepare(kind.sql).iterate(id)) rows.add(kind.from(row));
    });
    return rows;
  }

  #watchOf(series: SeriesKey): Watch | undefined {
    const signal = this.#signals.get(this.#series.get(series)?.signal ?? '');
    const sampled = signal?.watch.sampled;
    if (signal === undefined || signal.ready || sampled === undefined) return signal?.watch;
    signal.ready = true;
    this.#read(series, () => {
      for (const row of this.#parts.db.prepare(saidSql).iterate(signal.id, signal.id))
        sampled.said.add(Number(row['t']));
      for (const { to } of signal.watch.blind) if (Number.isFinite(to)) sampled.said.add(to);
    });
    return signal.watch;
  }

  #read(series: SeriesKey, read: () => void): void {
    try {
      read();
    } catch (error) {
      const trouble = sqliteTrouble(error);
      if (!this.#broken.has(series)) this.#parts.onBroken(series, trouble);
      this.#broken.add(series);
    }
  }
}

function toOperation(row: Row): Operation {
  const operation: Operation = {
    intended: Number(row['intended']),
    sent: optional(row['sent']) ?? null,
    done: optional(row['done']) ?? null,
    kind: String(row['kind']),
  };
  const status = optional(row['status']);
  if (status !== undefined) operation.status = status;
  if (typeof row['detail'] === 'string') operation.detail = row['detail'];
  return operation;
}

function toPoint(row: Row): Point {
  const point: Point = { t: Number(row['t']), value: toValue(row) };
  const since = optional(row['since']);
  if (since !== undefined) point.since = since;
  return point;
}

function toValue({ value, boolean }: Row): Point['value'] {
  if (boolean === 1) return value === 1;
  return typeof value === 'number' || typeof value === 'string' ? value : null;
}

function toOccurrence(row: Row): Occurrence {
  const event: Occurrence = {
    t: Number(row['t']),
    type: String(row['type']),
    subject: String(row['subject']),
    detail: toDetail(String(row['detail'])),
  };
  const since = optional(row['since']);
  const foreign_t = optional(row['foreign_t']);
  const foreign_error_s = optional(row['foreign_error_s']);
  if (since !== undefined) event.since = since;
  if (foreign_t !== undefined) event.foreign_t = foreign_t;
  if (foreign_error_s !== undefined) event.foreign_error_s = foreign_error_s;
  return event;
}

const optional = (value: SQLOutputValue | undefined): number | undefined =>
  typeof value === 'number' ? value : undefined;

function toDetail(text: string): JsonObject {
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return { unreadable: true };
  }
}

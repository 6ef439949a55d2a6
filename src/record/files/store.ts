import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { fail, ok, type Result } from '../../model/result.ts';
import type { Occurrence, Operation, Point, SignalDescriptor } from '../../model/series.ts';
import type { Nanos } from '../../model/time.ts';
import { schemaSql } from '../schema.ts';
import { type SqliteTrouble, sqliteTrouble } from './trouble.ts';

/** A row and the number of its series. */
interface Of<T> {
  series: number;
  row: T;
}

/** What waits to be written. `gaps` opens a gap, `closes` ends one, by number. */
export interface Batch {
  series: { id: number; signal: number; name: string; family: string }[];
  operations: Of<Operation>[];
  points: Of<Point>[];
  events: Of<Occurrence>[];
  gaps: { id: number; signal: number; from: Nanos; why: string }[];
  closes: { id: number; to: Nanos }[];
  marks: { t: Nanos; what: string; body: string }[];
  snapshots: { name: string; t: Nanos; json: string }[];
}

export const emptyBatch = (): Batch => ({
  series: [],
  operations: [],
  points: [],
  events: [],
  gaps: [],
  closes: [],
  marks: [],
  snapshots: [],
});

/** How long a write waits for another process that writes a note, in milliseconds. */
const BUSY_MS = 100;

const inserts = {
  series: 'insert into series (id, signal, name, family) values (?, ?, ?, ?)',
  operations:
    'insert into operations (series, intended, sent, done, kind, status, detail) values (?, ?, ?, ?, ?, ?, ?)',
  points: 'insert into points (series, t, value, boolean, since) values (?, ?, ?, ?, ?)',
  events:
    'insert into events (series, t, type, subject, detail, since, foreign_t, foreign_error_s) values (?, ?, ?, ?, ?, ?, ?, ?)',
  gaps: 'insert into gaps (id, signal, from_t, why) values (?, ?, ?, ?)',
  closes: 'update gaps set to_t = ? where id = ?',
  marks: 'insert into marks (t, what, body) values (?, ?, ?)',
  snapshots: 'insert or replace into snapshots (name, t, json) values (?, ?, ?)',
  heartbeat: 'insert into heartbeat (t, wall_ms) values (?, ?)',
} as const;

/** The SQLite file of a recording that is being written. */
export class Store {
  readonly #db: DatabaseSync;
  readonly #statements: Record<keyof typeof inserts, StatementSync>;

  constructor(db: DatabaseSync) {
    this.#db = db;
    const prepared = Object.entries(inserts).map(([name, sql]) => [name, db.prepare(sql)]);
    this.#statements = Object.fromEntries(prepared) as Record<keyof typeof inserts, StatementSync>;
  }

  /** Writes all of it and a heartbeat in one transaction: all or, with a Problem, nothing. */
  write(batch: Batch, heartbeat: { t: Nanos; wall_ms: number }): Result<void, SqliteTrouble> {
    try {
      this.#db.exec('begin immediate');
      this.#insert(batch);
      this.#statements.heartbeat.run(heartbeat.t, heartbeat.wall_ms);
      this.#db.exec('commit');
      return ok(undefined);
    } catch (error) {
      const trouble = sqliteTrouble(error);
      this.#rollback();
      return fail(trouble);
    }
  }

  /**
   * Leaves one file: what is in the write-ahead log goes into it. Where somebody else reads, or the disk is full, the
   * log stays beside it and is read, too.
   */
  close(): void {
    try {
      this.#db.exec('pragma wal_checkpoint(truncate)');
      this.#db.prepare('pragma journal_mode = delete').get();
    } catch (error) {
      sqliteTrouble(error);
    }
    this.#db.close();
  }

  #insert(batch: Batch): void {
    const to = this.#statements;
    for (const { id, signal, name, family } of batch.series) to.series.run(id, signal, name, family);
    for (const { series, row } of batch.operations) {
      const { intended, sent, done, kind, status, detail } = row;
      to.operations.run(series, intended, sent, done, kind, status ?? null, detail ?? null);
    }
    for (const { series, row } of batch.points) {
      const isBoolean = typeof row.value === 'boolean';
      to.points.run(
        series,
        row.t,
        isBoolean ? Number(row.value) : (row.value as number | string | null),
        Number(isBoolean),
        row.since ?? null,
      );
    }
    for (const { series, row } of batch.events) this.#insertEvent(series, row);
    for (const { id, signal, from, why } of batch.gaps) to.gaps.run(id, signal, from, why);
    for (const { id, to: end } of batch.closes) to.closes.run(end, id);
    for (const { t, what, body } of batch.marks) to.marks.run(t, what, body);
    for (const { name, t, json } of batch.snapshots) to.snapshots.run(name, t, json);
  }

  #insertEvent(series: number, row: Occurrence): void {
    const foreign = [row.foreign_t ?? null, row.foreign_error_s ?? null];
    const detail = JSON.stringify(row.detail);
    this.#statements.events.run(series, row.t, row.type, row.subject, detail, row.since ?? null, ...foreign);
  }

  #rollback(): void {
    try {
      // A full disk has ended the transaction already.
      if (this.#db.isTransaction) this.#db.exec('rollback');
    } catch (error) {
      sqliteTrouble(error);
    }
  }
}

/** Makes the file with its tables. Commits survive a SIGKILL of ours; a crash of the machine may take the last ones. */
export function createStore(
  path: string,
  signals: readonly SignalDescriptor[],
): Result<Store, SqliteTrouble> {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: BUSY_MS });
    db.prepare('pragma journal_mode = wal').get();
    db.exec('pragma synchronous = normal');
    db.exec(`begin;${schemaSql}`);
    const insert = db.prepare('insert into signals (id, name, descriptor) values (?, ?, ?)');
    for (const [id, signal] of signals.entries()) insert.run(id, signal.name, JSON.stringify(signal));
    db.prepare('insert into meta (key, value) values (?, ?)').run('format', 'aftershock recording');
    db.exec('commit');
    return ok(new Store(db));
  } catch (error) {
    if (db?.isOpen === true) db.close();
    return fail(sqliteTrouble(error));
  }
}

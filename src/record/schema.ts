/** The version of a recording's tables, kept in SQLite's `user_version`. Readers refuse what they do not know. */
export const SCHEMA_VERSION = 1;

/**
 * The tables of `recording.db`. Any SQLite tool opens it:
 *
 *     select name, count(*), avg(done - intended) / 1e6 as mean_ms
 *     from operations join series on series.id = operations.series where kind = 'ok' group by name
 *
 * All times are integers, in nanoseconds on our monotonic clock since the run's start; `anchor` marks give wall time.
 *
 * - `signals`, `series`: what was watched; `descriptor` is the JSON of `SignalDescriptor` (model/series.ts).
 * - `operations`: one row an operation of a load; `sent` null: never sent, `done` null: in flight at the end.
 * - `points`: a state or gauge has `value` from `t` on; null: not known. `boolean` = 1: 0 and 1 mean false and true.
 *   `since`: a poll saw the change between `since` and `t`.
 * - `events`: what happened; `detail` is JSON. `foreign_t`: the other side's clock, in seconds since 1970.
 * - `gaps`: when a signal did not observe and why; `to_t` null: it never did again. Every signal begins with one.
 * - `marks`: the skeleton of the run; `body` is the JSON of one `Mark` (model/timeline.ts), in order of `id`.
 * - `heartbeat`: up to `t`, all that was seen is written. What a killed run saw later is not known.
 * - `snapshots`: the system as a whole at a moment, as JSON, by name (`baseline`, `hold`).
 */
export const schemaSql = `
create table meta (key text primary key, value text not null) strict, without rowid;
create table signals (id integer primary key, name text not null unique, descriptor text not null) strict;
create table series (
  id integer primary key, signal integer not null references signals (id), name text not null, family text not null,
  unique (signal, name)
) strict;
create table operations (
  series integer not null references series (id), intended integer not null, sent integer, done integer,
  kind text not null, status integer, detail text
) strict;
create table points (
  series integer not null references series (id), t integer not null, value any,
  boolean integer not null default 0, since integer
) strict;
create table events (
  series integer not null references series (id), t integer not null, type text not null, subject text not null,
  detail text not null, since integer, foreign_t real, foreign_error_s real
) strict;
create table gaps (
  id integer primary key, signal integer not null references signals (id), from_t integer not null, to_t integer,
  why text not null
) strict;
create table marks (id integer primary key, t integer not null, what text not null, body text not null) strict;
create table heartbeat (t integer not null, wall_ms integer not null) strict;
create table snapshots (name text primary key, t integer not null, json text not null) strict;
pragma user_version = ${SCHEMA_VERSION};
`;

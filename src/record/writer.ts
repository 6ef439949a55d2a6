import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Sink } from '../model/contracts/signal.ts';
import type { Clock } from '../model/contracts/world.ts';
import type { Json } from '../model/json.ts';
import { fail, ok, type Problem, type Result } from '../model/result.ts';
import { type Samples, seriesKey } from '../model/samples.ts';
import type { Family, SignalDescriptor } from '../model/series.ts';
import type { Nanos } from '../model/time.ts';
import type { Mark } from '../model/timeline.ts';
import { bootUptime_s, watchClock } from './files/clock-watch.ts';
import { Pending } from './files/pending.ts';
import { createStore } from './files/store.ts';
import { SQLITE_FULL, type SqliteTrouble } from './files/trouble.ts';
import { redactMark } from './marks.ts';
import type { Redactor } from './redact.ts';
import { runFile } from './run-folder.ts';
import { LiveSamples } from './samples/live.ts';
import { cleanOccurrence, cleanOperation, cleanPoint } from './samples/rows.ts';

/** How often what waits is written. A SIGKILL loses at most this much and what it takes to write it. */
const FLUSH_EVERY_MS = 250;

export interface RecordingOptions {
  /** Everything that will be watched, the observer's own signal included. */
  signals: readonly SignalDescriptor[];
  clock: Clock;
  redact: Redactor;
  /** Seconds since boot with time asleep, to notice a suspend; the system's own unless told. */
  uptime_s?: () => number | undefined;
}

/** A recording that is being written. Nothing here waits or throws; trouble comes to `onFailure`, once. */
export interface RecordingWriter {
  /** Where a signal writes; one that was not announced is a bug. */
  sink(signal: string): Sink;
  /** Written at once. */
  mark(mark: Mark): void;
  /** The system as a whole at this moment (`baseline`, `hold`); a later one of the same name replaces it. */
  snapshot(name: string, body: Json): void;
  /** The last minute and more, until now. */
  readonly live: Samples;
  /** The recording cannot be written any more (disk full, I/O error): the run undoes and ends. */
  onFailure(listener: (problem: Problem) => void): void;
  /** Writes what waits. After a failure it tries again, so that freed space is used. */
  flush(): Result<void>;
  /** Writes the rest and leaves one file. Once closed, nothing more is taken. */
  close(): Result<void>;
}

/** Begins the recording of a run in its folder. */
export function createRecording(directory: string, options: RecordingOptions): Result<RecordingWriter> {
  const path = join(directory, runFile.recording);
  if (existsSync(path)) {
    const fix = 'Run again: every run has a folder of its own.';
    return fail({ code: 'recording-broken', message: `${path} exists already`, fix });
  }
  const store = createStore(path, options.signals);
  if (!store.ok) return fail(cannotWrite(directory, store.problem));
  const { clock, redact, signals } = options;
  const live = new LiveSamples(signals, () => clock.now());
  const pending = new Pending(store.value, signals);
  const failures = failureGate();
  const clockNews = watchClock(clock, options.uptime_s ?? bootUptime_s);
  let closed: Result<void> | undefined;

  const flush = (): Result<void> => {
    if (closed !== undefined) return closed;
    const written = pending.write({ t: clock.now(), wall_ms: Math.round(clock.wall()) });
    if (written.ok) return written;
    const problem = cannotWrite(directory, written.problem);
    failures.tell(problem);
    return fail(problem);
  };
  const mark = (given: Mark): void => {
    if (closed !== undefined) return;
    pending.addMark(redactMark(given, redact));
    flush();
  };
  const tick = (): void => {
    const { anchor, jump } = clockNews();
    if (jump !== undefined) {
      live.jumps.push(jump);
      pending.addMark({ is: 'jump', ...jump });
    }
    if (anchor !== undefined) pending.addMark({ is: 'anchor', ...anchor });
    live.forget();
    flush();
  };
  const timer = setInterval(tick, FLUSH_EVERY_MS);
  timer.unref();
  tick();
  if (failures.first !== undefined) {
    clearInterval(timer);
    pending.close();
    return fail(failures.first);
  }
  return ok({
    sink: (signal) =>
      sinkFor({ signal, descriptor: described(signals, signal), pending, live, clock, redact }),
    mark,
    snapshot: (name, body) => {
      pending.batch.snapshots.push({ name, t: clock.now(), json: JSON.stringify(redact.json(body)) });
    },
    live,
    onFailure: failures.listen,
    flush,
    close: () => {
      if (closed !== undefined) return closed;
      clearInterval(timer);
      const flushed = flush();
      const ended = pending.close();
      closed = flushed.ok && !ended.ok ? fail(cannotWrite(directory, ended.problem)) : flushed;
      return closed;
    },
  });
}

interface SinkParts {
  signal: string;
  descriptor: SignalDescriptor;
  pending: Pending;
  live: LiveSamples;
  clock: Clock;
  redact: Redactor;
}

function sinkFor({ signal, descriptor, pending, live, clock, redact }: SinkParts): Sink {
  const kinds = new Map(descriptor.series.map((series) => [series.name, new Set(series.kinds)]));
  const idOf = (series: string, family: Family): number => pending.seriesId(signal, series, family);
  return {
    operations: (series, rows) => {
      const key = seriesKey(signal, series);
      const id = idOf(series, 'operations');
      const known = kinds.get(series);
      for (const given of rows) {
        const row = cleanOperation(given, known, redact);
        if (row === undefined) continue;
        live.addOperation(key, row);
        pending.add('operations', id, row);
      }
    },
    point: (series, given) => {
      const row = cleanPoint(given, redact);
      if (row === undefined) return;
      live.addPoint(signal, seriesKey(signal, series), row);
      pending.add('points', idOf(series, 'gauge'), row);
    },
    event: (series, given) => {
      const row = cleanOccurrence(given, redact);
      if (row === undefined) return;
      live.addEvent(signal, seriesKey(signal, series), row);
      pending.add('events', idOf(series, 'events'), row);
    },
    blind: (why, since) => {
      const from: Nanos = Math.max(0, Math.round(since ?? clock.now()));
      live.blind(signal, from);
      pending.openGap(signal, from, redact.text(why));
    },
    observing: () => {
      const at = clock.now();
      live.observing(signal, at);
      pending.closeGaps(signal, at);
    },
  };
}

function described(signals: readonly SignalDescriptor[], name: string): SignalDescriptor {
  const descriptor = signals.find((signal) => signal.name === name);
  if (descriptor === undefined)
    throw new TypeError(`internal: the signal ${name} was not announced to the recording`);
  return descriptor;
}

interface FailureGate {
  first: Problem | undefined;
  tell: (problem: Problem) => void;
  listen: (listener: (problem: Problem) => void) => void;
}

/** Tells every listener of the first failure, also those that come later. */
function failureGate(): FailureGate {
  const listeners: ((problem: Problem) => void)[] = [];
  const gate: FailureGate = {
    first: undefined,
    tell: (problem) => {
      if (gate.first !== undefined) return;
      gate.first = problem;
      for (const listener of listeners) listener(problem);
    },
    listen: (listener) => {
      listeners.push(listener);
      if (gate.first !== undefined) listener(gate.first);
    },
  };
  return gate;
}

function cannotWrite(directory: string, trouble: SqliteTrouble): Problem {
  const why = trouble.code === SQLITE_FULL ? 'the disk is full' : 'the disk does not take it';
  return {
    code: 'disk-full',
    message: `the recording in ${directory} cannot be written: ${why}`,
    fix: 'Free space there, or name another folder with --runs, and run again.',
    cause: trouble.text,
  };
}

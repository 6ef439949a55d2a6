import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Sink } from '../model/contracts/signal.ts';
import type { Clock } from '../model/contracts/world.ts';
import type { Json } from '../model/json.ts';
import { fail, ok, type Problem, type Result } from '../model/result.ts';
import type { Samples } from '../model/samples.ts';
import type { SignalDescriptor } from '../model/series.ts';
import type { Mark } from '../model/timeline.ts';
import { bootUptime_s, type ClockNews, watchClock } from './files/clock-watch.ts';
import { Pending } from './files/pending.ts';
import { holdReserve, type Reserve } from './files/reserve.ts';
import { createStore, type Store } from './files/store.ts';
import { SQLITE_FULL, type SqliteTrouble } from './files/trouble.ts';
import { redactMark } from './marks.ts';
import type { Redactor } from './redact.ts';
import { notWritable, runFile } from './run-folder.ts';
import { LiveSamples } from './samples/live.ts';
import { sinkFor } from './samples/sink.ts';

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
  /**
   * Samples cannot be written any more (disk full, I/O error): the run undoes and ends. Told once; from then on
   * every signal has a gap.
   */
  onFailure(listener: (problem: Problem) => void): void;
  /** Writes what waits; after the first failure only marks, from space that was held back. */
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
  const reserve = holdReserve(directory);
  if (!reserve.ok) return fail(notWritable(path, reserve.problem));
  const store = createStore(path, options.signals);
  if (!store.ok) {
    reserve.value.free();
    return fail(cannotWrite(directory, store.problem));
  }
  const writer = new Writer({ ...options, directory, reserve: reserve.value, store: store.value });
  const begun = writer.begin();
  if (begun.ok) return ok(writer);
  writer.close();
  return begun;
}

interface WriterParts extends RecordingOptions {
  directory: string;
  reserve: Reserve;
  store: Store;
}

class Writer implements RecordingWriter {
  readonly live: LiveSamples;
  readonly #parts: WriterParts;
  readonly #pending: Pending;
  readonly #clockNews: () => ClockNews;
  readonly #listeners: ((problem: Problem) => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #failed: Problem | undefined;
  #closed: Result<void> | undefined;

  constructor(parts: WriterParts) {
    this.#parts = parts;
    this.live = new LiveSamples(parts.signals, () => parts.clock.now());
    this.#pending = new Pending(parts.store, parts.signals);
    this.#clockNews = watchClock(parts.clock, parts.uptime_s ?? bootUptime_s);
  }

  /** Writes what the recording begins with, and from now on four times a second. */
  begin(): Result<void> {
    this.#timer = setInterval(() => this.#tick(), FLUSH_EVERY_MS);
    this.#timer.unref();
    this.#tick();
    return this.#failed === undefined ? ok(undefined) : fail(this.#failed);
  }

  sink(signal: string): Sink {
    const descriptor = this.#parts.signals.find(({ name }) => name === signal);
    if (descriptor === undefined)
      throw new TypeError(`internal: the signal ${signal} was not announced to the recording`);
    const { clock, redact } = this.#parts;
    return sinkFor({ descriptor, pending: this.#pending, live: this.live, clock, redact });
  }

  mark(mark: Mark): void {
    if (this.#closed !== undefined) return;
    this.#pending.addMark(redactMark(mark, this.#parts.redact));
    this.flush();
  }

  snapshot(name: string, body: Json): void {
    this.#pending.addSnapshot(name, this.#parts.clock.now(), this.#parts.redact.json(body));
  }

  onFailure(listener: (problem: Problem) => void): void {
    this.#listeners.push(listener);
    if (this.#failed !== undefined) listener(this.#failed);
  }

  flush(): Result<void> {
    if (this.#closed !== undefined) return this.#closed;
    const { clock, directory } = this.#parts;
    const written = this.#pending.write({ t: clock.now(), wall_ms: Math.round(clock.wall()) });
    if (written.ok) return written;
    const problem = cannotWrite(directory, written.problem);
    if (this.#failed !== undefined) return fail(problem);
    this.#fail(problem);
    return this.flush();
  }

  close(): Result<void> {
    if (this.#closed !== undefined) return this.#closed;
    clearInterval(this.#timer);
    const flushed = this.flush();
    this.#parts.reserve.free();
    this.#parts.store.close();
    this.#closed = flushed;
    return flushed;
  }

  #tick(): void {
    const { anchor, jump } = this.#clockNews();
    if (jump !== undefined) {
      this.live.jumps.push(jump);
      this.#pending.addMark({ is: 'jump', ...jump });
    }
    if (anchor !== undefined) this.#pending.addMark({ is: 'anchor', ...anchor });
    this.live.forget();
    this.flush();
  }

  #fail(problem: Problem): void {
    this.#failed = problem;
    this.#pending.keepMarksOnly();
    this.#parts.reserve.free();
    for (const listener of this.#listeners) listener(problem);
  }
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

import { Worker } from 'node:worker_threads';
import { fail, ok, type Problem, type Result } from '../model/result.ts';
import type { Nanos } from '../model/time.ts';
import { decode, type Numbered } from './batch.ts';
import type { EndReason, FromWorker, Health, ToWorker } from './messages.ts';
import type { LoadOptions } from './options.ts';

/** Told what a load does, in batches about every 100 ms. Operations come in the order in which they ended. */
export interface LoadListener {
  operations(rows: Numbered[]): void;
  health(health: Health): void;
  /** The load's thread is gone and nothing is sent any more; not called after `stop` or an abort. */
  died(why: string): void;
  /** It sends nothing more, and all that was in flight has ended and was told. */
  ended?(why: EndReason): void;
}

export interface RunningLoad {
  /** When sending began. */
  started: Nanos;
  /**
   * Sends nothing new, waits until everything in flight has ended (at most its timeout), reports the rest and
   * ends the thread. Idempotent.
   */
  stop(): Promise<void>;
  /**
   * Sends nothing more, not even what waits for a connection; what is in flight has `patience_ms` to end. Then the
   * thread is ended, and with it what it had not reported. Idempotent.
   */
  halt(patience_ms: number): Promise<void>;
  /** Renews its permit, where it has one. */
  renew(): void;
}

/** A listener is never handed more at once: it may pass them on as arguments. */
const MOST_ROWS = 8_192;
/** What a worker may take to end beyond the timeout of its last operation. */
const END_WITHIN_MS = 3_000;

/**
 * Starts an open-loop HTTP load in a thread of its own; resolves when it sends. An abort ends the thread at once
 * and drops what it had not reported.
 */
export async function startLoad(
  options: LoadOptions,
  listener: LoadListener,
  signal: AbortSignal,
): Promise<Result<RunningLoad>> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: options,
    name: 'load',
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const life = new WorkerLife(worker, listener);
  const abort = (): void => life.end();
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  void life.gone.then(() => signal.removeEventListener('abort', abort));
  const started = await life.started;
  if (started === undefined) return fail(notStarted(options.url, await life.gone));
  return ok({
    started,
    stop: () => life.finish('stop', options.timeout_ms + END_WITHIN_MS),
    halt: (patience_ms) => life.finish('halt', patience_ms),
    renew: () => life.tell('renew'),
  });
}

/** Follows one worker from its start to its end. */
class WorkerLife {
  readonly #worker: Worker;
  readonly #listener: LoadListener;
  /** When sending began; undefined if the worker was gone before. */
  readonly started: Promise<Nanos | undefined>;
  /** Why the thread ended. */
  readonly gone: Promise<string>;
  #expected = false;

  constructor(worker: Worker, listener: LoadListener) {
    this.#worker = worker;
    this.#listener = listener;
    const started = Promise.withResolvers<Nanos | undefined>();
    const gone = Promise.withResolvers<string>();
    let error: string | undefined;
    this.started = started.promise;
    this.gone = gone.promise;
    worker.on('message', (message: FromWorker) => {
      if (message.is === 'started') started.resolve(message.t);
      else if (message.is === 'report') this.#report(message);
      else this.#over(message.why);
    });
    worker.on('error', (thrown: unknown) => {
      error = thrown instanceof Error ? thrown.message : String(thrown);
    });
    worker.on('exit', (code) => {
      const why = error ?? `its thread ended with code ${code}`;
      gone.resolve(why);
      started.resolve(undefined);
      if (!this.#expected) listener.died(why);
    });
  }

  /** Ends the thread at once. */
  end(): void {
    this.#expected = true;
    void this.#worker.terminate();
  }

  tell(what: ToWorker['is']): void {
    this.#worker.postMessage({ is: what } satisfies ToWorker);
  }

  async finish(how: 'stop' | 'halt', within_ms: number): Promise<void> {
    if (!this.#expected) {
      this.#expected = true;
      this.tell(how);
    }
    const patience = setTimeout(() => this.end(), within_ms);
    await this.gone;
    clearTimeout(patience);
  }

  #over(why: EndReason): void {
    this.#expected = true;
    this.#listener.ended?.(why);
  }

  #report(message: FromWorker & { is: 'report' }): void {
    const rows = decode(message.batch);
    for (let from = 0; from < rows.length; from += MOST_ROWS) {
      this.#listener.operations(rows.slice(from, from + MOST_ROWS));
    }
    this.#listener.health(message.health);
  }
}

function notStarted(url: string, cause: string): Problem {
  return {
    code: 'signal-failed',
    message: `the load on ${url} did not start`,
    fix: 'Run it again; if it happens again, report it with the text below.',
    cause,
  };
}

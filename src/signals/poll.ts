import type { RunningSignal, SignalContext } from '../model/contracts/signal.ts';
import { fail, ok, type Result } from '../model/result.ts';
import { NANOS_PER_MILLISECOND, NANOS_PER_SECOND, type Nanos } from '../model/time.ts';

/** Something that is asked again and again. */
export interface Polled {
  every_s: number;
  /** Good answers until all is known: a rate needs two. */
  needed: number;
  /** How long the first good answers may take. */
  patience_s: number;
  /** Asks once and writes what it learns; a failure is the exact text of what went wrong. */
  poll(deadline_ms: number, signal: AbortSignal): Promise<Result<void, string>>;
  /** Nothing is known from this moment on: points without a value. */
  lost(since: Nanos): void;
}

/**
 * Asks at a fixed beat until it is stopped. An answer that takes longer than the beat is late, and none: then we are
 * blind from the moment at which we asked. Resolves when all is known, or with the text of the last failure.
 */
export async function startPolling(
  context: SignalContext,
  polled: Polled,
): Promise<Result<RunningSignal, string>> {
  const stopping = new AbortController();
  const loop = new PollLoop(
    { ...context, signal: AbortSignal.any([context.signal, stopping.signal]) },
    polled,
  );
  const why = await loop.begin();
  if (why !== undefined) return fail(why);
  const ended = loop.run();
  return ok({
    stop: async () => {
      stopping.abort();
      await ended;
    },
  });
}

/** Until all is known nobody waits longer than this for the next look. */
const FIRST_BEATS_S = 1;

class PollLoop {
  readonly #context: SignalContext;
  readonly #polled: Polled;
  readonly #began: Nanos;
  #blind = true;

  constructor(context: SignalContext, polled: Polled) {
    this.#context = context;
    this.#polled = polled;
    this.#began = context.clock.now();
  }

  async begin(): Promise<string | undefined> {
    const { needed, patience_s, every_s } = this.#polled;
    const { clock, signal } = this.#context;
    const ends = this.#began + patience_s * NANOS_PER_SECOND;
    let good = 0;
    let why = 'it was stopped';
    for (let looks = 0; !signal.aborted && (looks < needed || clock.now() < ends); looks += 1) {
      if (looks > 0) await this.#nextBeat(Math.min(every_s, FIRST_BEATS_S));
      const failed = await this.#poll();
      if (failed === undefined) good += 1;
      else why = failed.why;
      if (good < needed) continue;
      this.#see();
      return undefined;
    }
    return why;
  }

  async run(): Promise<void> {
    const { signal, sink } = this.#context;
    const { every_s } = this.#polled;
    for (;;) {
      await this.#nextBeat(every_s);
      if (signal.aborted) return;
      const failed = await this.#poll();
      if (signal.aborted) return;
      if (failed === undefined) this.#see();
      else if (!this.#blind) {
        this.#blind = true;
        this.#polled.lost(failed.since);
        sink.blind(failed.why, failed.since);
      }
    }
  }

  #see(): void {
    if (this.#blind) this.#context.sink.observing();
    this.#blind = false;
  }

  async #poll(): Promise<{ why: string; since: Nanos } | undefined> {
    const { clock, signal } = this.#context;
    const since = clock.now();
    const answer = await this.#polled.poll(this.#polled.every_s * 1_000, signal);
    return answer.ok ? undefined : { why: answer.problem, since };
  }

  async #nextBeat(every_s: number): Promise<void> {
    const { clock, signal } = this.#context;
    const beat = every_s * NANOS_PER_SECOND;
    const into = (clock.now() - this.#began) % beat;
    await clock.sleep((beat - into) / NANOS_PER_MILLISECOND, signal);
  }
}

import type { RunningSignal, SignalContext } from '../../model/contracts/signal.ts';
import { ok, type Result } from '../../model/result.ts';
import { NANOS_PER_MILLISECOND, type Nanos } from '../../model/time.ts';

/** How long a script that ended by itself is left alone, in milliseconds. */
const AGAIN_AFTER_MS = 1_000;

/** What one beat may be late on a host under load before it counts as silent, in seconds. */
const LATE_S = 4;

/** How long a script that should say something each `every_s` may be silent, in milliseconds. */
export const silenceOf = (every_s: number): number => (2 * every_s + LATE_S) * 1_000;

/** A script that stays on a host and tells what it sees. */
export interface Staying {
  /** Runs it; tells `heard` of each sign of it; resolves with why it ended, never rejects. */
  run(heard: () => void, signal: AbortSignal): Promise<string>;
  /** It is gone and will be begun again. `since`: the last sign of it. */
  lost(why: string, since: Nanos | undefined): void;
  /** Without a sign for this long it is cut off: a connection can be gone without a word. */
  silence_ms: number;
  /** When the signal is stopped, before the script is ended: waits for what is in flight. */
  settle?(): Promise<void>;
}

/** Keeps a script running until the signal is stopped; resolves at its first sign, or when it is lost for the first time. */
export async function startStaying(
  context: Pick<SignalContext, 'clock' | 'signal'>,
  staying: Staying,
): Promise<Result<RunningSignal>> {
  const stopping = new AbortController();
  const signal = AbortSignal.any([context.signal, stopping.signal]);
  const first = Promise.withResolvers<void>();
  const ended = keep({ ...context, signal }, staying, first.resolve);
  await Promise.race([first.promise, ended]);
  return ok({
    stop: async () => {
      if (!signal.aborted) await staying.settle?.();
      stopping.abort();
      await ended;
    },
  });
}

async function keep(
  { clock, signal }: Pick<SignalContext, 'clock' | 'signal'>,
  staying: Staying,
  onFirst: () => void,
): Promise<void> {
  while (!signal.aborted) {
    const begun = clock.now();
    let last: Nanos | undefined;
    const heard = (): void => {
      last = clock.now();
      onFirst();
    };
    const cutting = new AbortController();
    const running = staying
      .run(heard, AbortSignal.any([signal, cutting.signal]))
      .finally(() => cutting.abort());
    let silent = false;
    while (!cutting.signal.aborted) {
      const left_ms = staying.silence_ms - (clock.now() - (last ?? begun)) / NANOS_PER_MILLISECOND;
      silent = left_ms <= 0;
      if (silent) cutting.abort();
      else await clock.sleep(left_ms, cutting.signal);
    }
    const why = await running;
    if (signal.aborted) return;
    staying.lost(silent ? `nothing was heard of it for ${staying.silence_ms / 1_000} s` : why, last);
    onFirst();
    await clock.sleep(AGAIN_AFTER_MS, signal);
  }
}

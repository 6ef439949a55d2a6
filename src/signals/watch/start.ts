import type { RunningSignal, SignalContext } from '../../model/contracts/signal.ts';
import { ok, type Result } from '../../model/result.ts';
import { Watcher, type WatchOptions } from './watcher.ts';

/** Starts a watcher as a signal: it ends with `stop`, or with the context's signal. */
export async function startWatcher(
  { clock, sink, signal }: SignalContext,
  of: Omit<WatchOptions, 'clock' | 'sink' | 'signal'>,
): Promise<Result<RunningSignal>> {
  const stopping = new AbortController();
  const either = AbortSignal.any([signal, stopping.signal]);
  const started = await new Watcher({ ...of, clock, sink, signal: either }).start();
  if (!started.ok) {
    stopping.abort();
    return started;
  }
  return ok({
    stop: async () => {
      stopping.abort();
      await started.value.ended;
    },
  });
}

import type { Nanos, Span } from '../../model/time.ts';
import { clip, lengthOf } from '../look/spans.ts';
import type { Ended } from './ended.ts';

/** From here on waiting alone, without a failure, is an outage; and shorter ones are not summed up. */
export const OUTAGE_S = 1;

interface Event {
  intended: Nanos;
  done: Nanos;
  ok: boolean;
  failed: boolean;
}

/**
 * The outages of a window: stretches in which operations were wanted and none succeeded. One begins where the first
 * operation that failed or had to wait should have started, but not before the last success; it ends with the next
 * success. It counts if an operation failed in it, or if it lasts at least `OUTAGE_S`. What lies outside of the window
 * is cut off: an outage that goes on at its end lasts until the end.
 */
export function outagesIn({ ok, failed, inFlight }: Ended, window: Span): Span[] {
  const events: Event[] = [
    ...ok.map(({ intended, done }) => ({ intended, done, ok: true, failed: false })),
    ...failed.map(({ intended, done }) => ({ intended, done, ok: false, failed: true })),
    ...inFlight.map(({ intended }) => ({
      intended,
      done: Number.POSITIVE_INFINITY,
      ok: false,
      failed: false,
    })),
  ].sort((a, b) => a.done - b.done);
  const outages: Span[] = [];
  let lastSuccess = window.from;
  let since = Number.POSITIVE_INFINITY;
  let anyFailed = false;
  const close = (to: Nanos): void => {
    const outage = clip({ from: Math.max(since, lastSuccess), to }, window);
    if (since < to && (anyFailed || lengthOf(outage) >= OUTAGE_S) && outage.to > outage.from)
      outages.push(outage);
  };
  for (const event of events) {
    since = Math.min(since, event.intended);
    if (!event.ok) {
      anyFailed ||= event.failed;
      continue;
    }
    close(event.done);
    lastSuccess = Math.max(lastSuccess, event.done);
    since = Number.POSITIVE_INFINITY;
    anyFailed = false;
  }
  close(window.to);
  return outages;
}

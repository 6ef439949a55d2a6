import { bounded, censored, type Measured, unknown } from '../../model/measure.ts';
import { type Nanos, type Span, secondsBetween } from '../../model/time.ts';
import { firstBetween } from './spans.ts';

/** A stretch in which something was waited for. */
export interface Wait {
  origin: Nanos;
  /** Until when it was waited for. */
  end: Nanos;
  /** Not observed: sorted, apart. */
  gaps: readonly Span[];
  jumps: readonly Span[];
}

/**
 * When something first came, in seconds from the origin:
 * - a value, where it was seen and nothing was missed before;
 * - bounded, where a poll saw it between two times, or a gap before it may have hidden an earlier one;
 * - unknown, where the clock jumped before it came;
 * - censored, where it did not come: more than what was observed without a gap from the origin on;
 * - unknown, where not even the beginning was observed.
 */
export function timeOf(wait: Wait, found: { t: Nanos; since?: Nanos } | undefined): Measured {
  const { origin, end, gaps, jumps } = wait;
  const until = found?.t ?? end;
  const jump = firstBetween(jumps, origin, until);
  const gap = firstBetween(gaps, origin, until);
  if (found !== undefined) {
    if (jump !== undefined) return unknown('the clock jumped before it came');
    const earliest = Math.min(found.t, found.since ?? found.t, gap?.from ?? found.t);
    return bounded(after(origin, earliest), after(origin, found.t));
  }
  const clear = Math.min(end, gap?.from ?? end, jump?.from ?? end);
  if (clear > origin) return censored(secondsBetween(origin, clear));
  return unknown('it was not observed from the start');
}

const after = (origin: Nanos, t: Nanos): number => Math.max(0, secondsBetween(origin, t));

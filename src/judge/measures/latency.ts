import { bounded, type Measured, unknown } from '../../model/measure.ts';
import { NANOS_PER_MILLISECOND, type Nanos, type Span } from '../../model/time.ts';
import type { Observed } from '../look/observed.ts';
import { endedIn, type FinishedOperation, lateStretches, needsAll } from './ended.ts';
import { nearestRank } from './percentile.ts';

/** Latencies of a window in ms, ascending: at least so much, and at most so much. */
interface Latencies {
  least: Float64Array;
  most: Float64Array;
}

const known = new WeakMap<Observed, Latencies>();

/**
 * A percentile of the latency in ms, over all operations that ended; failed ones count with the time they took.
 * Latency counts from when an operation should have started until it ended. Where our own load was late (its
 * `schedule_error_ms` over 5 ms) it lies between the time since it was really sent and that: such a percentile is
 * bounded.
 */
export function latency(seen: Observed, percent: number): Measured {
  const none = needsAll(endedIn(seen));
  if (none !== undefined) return none;
  const { least, most } = latenciesOf(seen);
  const min = nearestRank(least, percent);
  const max = nearestRank(most, percent);
  return min === undefined || max === undefined
    ? unknown('no operation ended in the window')
    : bounded(min, max);
}

function latenciesOf(seen: Observed): Latencies {
  const before = known.get(seen);
  if (before !== undefined) return before;
  const { ok, failed } = endedIn(seen);
  const late = lateStretches(seen);
  const operations = [...ok, ...failed];
  const most = Float64Array.from(operations, ({ intended, done }) => millis(intended, done)).toSorted();
  const least =
    late.length === 0 ? most : Float64Array.from(operations, (one) => leastLatency(one, late)).toSorted();
  const latencies = { least, most };
  known.set(seen, latencies);
  return latencies;
}

function leastLatency({ intended, sent, done }: FinishedOperation, late: readonly Span[]): number {
  const ours = late.some((stretch) => intended >= stretch.from && intended < stretch.to);
  return millis(ours && sent !== null ? Math.max(intended, sent) : intended, done);
}

const millis = (from: Nanos, to: Nanos): number => Math.max(0, to - from) / NANOS_PER_MILLISECOND;

import type { Samples } from '../../model/samples.ts';
import type { SeriesDescriptor, SignalDescriptor } from '../../model/series.ts';
import { NANOS_PER_SECOND, type Span } from '../../model/time.ts';
import type { Windows } from '../../model/timeline.ts';
import { type Observed, observe } from '../look/observed.ts';
import { type Ended, endedIn, type FinishedOperation } from '../measures/ended.ts';
import { latency } from '../measures/latency.ts';

/** One second of a run; second 0 begins with the first injection, those before it are the baseline. */
export interface Bucket {
  second: number;
  span: Span;
}

/** The whole seconds of a run around its origin; what is left over at both ends is left out. */
export function bucketsOf({ run, origin }: Windows): Bucket[] {
  if (origin === undefined) return [];
  const first = -Math.floor((origin - run.from) / NANOS_PER_SECOND);
  const last = Math.floor((run.to - origin) / NANOS_PER_SECOND);
  return Array.from({ length: Math.max(0, last - first) }, (_, index) => {
    const from = origin + (first + index) * NANOS_PER_SECOND;
    return { second: first + index, span: { from, to: from + NANOS_PER_SECOND } };
  });
}

/** A load's second: its operations, and what is measured of them. */
export interface LoadSecond extends Bucket {
  ended: Ended;
  operations: readonly FinishedOperation[];
  errorRate: number;
  p95_ms: number;
  rate: number;
}

export interface LookAt {
  samples: Samples;
  signal: SignalDescriptor;
  series: SeriesDescriptor;
  jumps: readonly Span[];
}

/** The seconds of a load in which it was observed and at least one operation ended. */
export function loadSeconds(at: LookAt, buckets: readonly Bucket[]): LoadSecond[] {
  return buckets.flatMap((bucket) => {
    const seen = seenIn(at, bucket.span);
    const ended = endedIn(seen);
    const operations = [...ended.ok, ...ended.failed];
    const p95 = latency(seen, 95);
    if (ended.missing !== undefined || operations.length === 0) return [];
    return [
      {
        ...bucket,
        ended,
        operations,
        errorRate: ended.failed.length / operations.length,
        p95_ms: p95.is === 'value' ? Number(p95.value) : p95.is === 'bounded' ? p95.min : 0,
        rate: operations.length,
      },
    ];
  });
}

/** A series over one stretch of the run. */
export function seenIn({ samples, signal, series, jumps }: LookAt, span: Span): Observed {
  return observe({
    signal,
    series,
    samples,
    span,
    origin: span.from,
    firstAct: undefined,
    sliding: false,
    jumps,
  });
}

/** Every load of a run: the operations that users, or we for them, asked for. */
export function loadsOf(
  signals: readonly SignalDescriptor[],
): { signal: SignalDescriptor; series: SeriesDescriptor }[] {
  return signals.flatMap((signal) =>
    signal.series.filter(({ family }) => family === 'operations').map((series) => ({ signal, series })),
  );
}

/** The middle of some numbers; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? Number.NaN;
  return Number.isInteger(middle) ? (low + (sorted[middle] ?? low)) / 2 : low;
}

import { coveredSeconds } from '../../judge/look/spans.ts';
import { lateSpans } from '../../judge/measures/ended.ts';
import { seriesKey } from '../../model/samples.ts';
import type { Operation } from '../../model/series.ts';
import { NANOS_PER_SECOND, type Span } from '../../model/time.ts';
import { findMeasure, type View } from '../view.ts';
import { measured } from '../words/figures.ts';
import { type Bucket, bucketSize, cutOperations, limitedStretches } from './buckets.ts';
import type { Chart, Series } from './chart.ts';
import { cautions, frameOf, gapsOf, resetsOf } from './frame.ts';
import type { Sample } from './trend.ts';

/** One load (or probe), cut once for all its charts. */
export interface Load {
  view: View;
  signal: string;
  /** `votes`, or `votes.reads` where the signal has more than one series of operations. */
  title: string;
  name: string;
  buckets: readonly Bucket[];
  size_s: number;
  base: Pick<Chart, 'frame' | 'gaps' | 'resets' | 'limited' | 'ticks'>;
  cautions: readonly string[];
}

export interface Source {
  signal: string;
  key: string;
  title: string;
}

/** Reads and cuts a load. */
export function loadOf(view: View, source: Source): Load {
  const span: Span = { from: view.result.windows.baseline.from, to: view.span.to };
  const operations: readonly Operation[] = view.samples.operations(source.key, span);
  const gaps = view.samples.gaps(source.key, span);
  const late = lateSpans(view.samples.points(seriesKey(source.signal, 'schedule_error_ms'), span));
  const base = {
    frame: frameOf(view),
    gaps: gapsOf(view, source.key),
    resets: resetsOf(view, source.signal),
    limited: limitedStretches(late, operations, view.zero),
    ticks: [],
  };
  const size_s = view.bucket_s ?? bucketSize((span.to - span.from) / NANOS_PER_SECOND);
  return {
    view,
    signal: source.signal,
    title: source.title,
    name: source.title.replace(/[^\w-]+/g, '-'),
    buckets: cutOperations(operations, { zero: view.zero, span, size_s, gaps }),
    size_s,
    base,
    cautions: cautions({ ...base, late_s: coveredSeconds(late, span) }),
  };
}

const middle = (bucket: Bucket): number => (bucket.from + bucket.to) / 2;

export const line = (load: Load, pick: (bucket: Bucket) => number | null): Series['points'] =>
  load.buckets.map((bucket) => [middle(bucket), bucket.observed ? pick(bucket) : null] as const);

/** A line as what a trend is looked for in. */
export const samplesOf = (load: Load, pick: (bucket: Bucket) => number | null): Sample[] =>
  load.buckets.map((one) => ({ from: one.from, to: one.to, value: one.observed ? pick(one) : null }));

export const cell = (value: number | null, write: (value: number) => string): string =>
  value === null ? '—' : write(value);

export const start = (bucket: Bucket): string =>
  `${bucket.from < 0 ? '−' : ''}${Math.abs(bucket.from).toFixed(1)}`;

/** `baseline 5.8 ms → fault 506 ms → recovery 5.9 ms`, as far as they are known. */
export const inWindows = (load: Load, name: string): string => {
  const { view, signal } = load;
  const words = (view.injected ? (['baseline', 'fault', 'recovery'] as const) : (['run'] as const)).flatMap(
    (window) => {
      const found = findMeasure(view, { signal, window, measure: name });
      const isKnown = found !== undefined && found.measured.is !== 'unknown';
      return isKnown ? [`${window} ${measured(found.measured, found.unit, name)}`] : [];
    },
  );
  return words.join(' → ');
};

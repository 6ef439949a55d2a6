import type { Blind, Samples, SeriesKey } from '../model/samples.ts';
import type { Occurrence, Operation, Point } from '../model/series.ts';
import type { Nanos, Span } from '../model/time.ts';
import { clip, overlapping } from './look/spans.ts';

/** What a test says was seen, by `signal.series`. */
export interface FakeRecording {
  end: Nanos;
  operations?: Record<SeriesKey, readonly Operation[]>;
  points?: Record<SeriesKey, readonly Point[]>;
  events?: Record<SeriesKey, readonly Occurrence[]>;
  /** Where a series' signal did not observe; absent: it observed all the time. */
  gaps?: Record<SeriesKey, readonly Span[]>;
  /** What a signal said of its gaps. */
  blind?: Record<SeriesKey, readonly Blind[]>;
}

/** Samples in memory, for tests. */
export function fakeSamples(recording: FakeRecording): Samples {
  const inside = (t: Nanos, span: Span): boolean => t >= span.from && t < span.to;
  return {
    end: recording.end,
    operations: (series, span) =>
      (recording.operations?.[series] ?? []).filter((operation) => inside(operation.intended, span)),
    points: (series, span) => {
      const points = recording.points?.[series] ?? [];
      const before = points.findLast((point) => point.t < span.from);
      const within = points.filter((point) => inside(point.t, span));
      return before === undefined ? within : [before, ...within];
    },
    events: (series, span) => (recording.events?.[series] ?? []).filter((event) => inside(event.t, span)),
    gaps: (series, span) => overlapping(recording.gaps?.[series] ?? [], span).map((gap) => clip(gap, span)),
    whyBlind: (series, span) =>
      (recording.blind?.[series] ?? []).filter((one) => one.from < span.to && one.to > span.from),
  };
}

/** Operations at a fixed rate, all of the same kind and latency; times in seconds. */
export function fakeLoad(of: {
  from_s: number;
  to_s: number;
  rate_per_s: number;
  latency_ms: number;
  kind?: string;
}): Operation[] {
  const count = Math.round((of.to_s - of.from_s) * of.rate_per_s);
  return Array.from({ length: count }, (_, index) =>
    fakeOperation({
      at_s: of.from_s + index / of.rate_per_s,
      latency_ms: of.latency_ms,
      kind: of.kind ?? 'ok',
    }),
  );
}

/** One operation that was sent when it should have been; `latency_ms: null` is one in flight. */
export function fakeOperation(of: {
  at_s: number;
  latency_ms: number | null;
  kind?: string;
  late_ms?: number;
}): Operation {
  const intended = Math.round(of.at_s * 1e9);
  return {
    intended,
    sent: intended + (of.late_ms ?? 0) * 1e6,
    done: of.latency_ms === null ? null : intended + Math.round(of.latency_ms * 1e6),
    kind: of.kind ?? 'ok',
  };
}

/** Points of a gauge or a state: `[seconds, value]`. */
export const fakePoints = (...points: readonly (readonly [number, Point['value']])[]): Point[] =>
  points.map(([at_s, value]) => ({ t: Math.round(at_s * 1e9), value }));

import { type Samples, type SeriesKey, seriesKey } from '../../model/samples.ts';
import type { SeriesDescriptor, SignalDescriptor } from '../../model/series.ts';
import { NANOS_PER_SECOND, type Nanos, type Span } from '../../model/time.ts';
import { merge } from './spans.ts';

/** One series over one window, as the measures of its family see it. */
export interface Observed {
  signal: SignalDescriptor;
  series: SeriesDescriptor;
  key: SeriesKey;
  samples: Samples;
  span: Span;
  /** What `…_s` times count from: the first injection, or the window's start. */
  origin: Nanos;
  /** From just before to just after the first act; absent where nothing was injected. */
  firstAct?: Span;
  /** The window ends now: what ends later is not known yet. */
  sliding: boolean;
  /** Nothing that ends after this is known. */
  known: Nanos;
  /** Stretches of the window that were not observed: sorted, apart, clock jumps included. */
  gaps: readonly Span[];
  /** Jumps of the clock and suspends: times that span one are unknown. */
  jumps: readonly Span[];
}

export interface Looking {
  signal: SignalDescriptor;
  series: SeriesDescriptor;
  samples: Samples;
  span: Span;
  origin: Nanos;
  firstAct: Span | undefined;
  sliding: boolean;
  jumps: readonly Span[];
}

/** Looks at one series over one window. */
export function observe(looking: Looking): Observed {
  const { signal, series, samples, span, origin, firstAct, sliding, jumps } = looking;
  const key = seriesKey(signal.name, series.name);
  const reach = { from: Math.min(span.from, origin), to: span.to };
  const sampled = series.family === 'gauge' || series.family === 'state';
  const silences =
    sampled && signal.interval_s !== undefined
      ? silencesOf(samples, { key, span: reach, interval_s: signal.interval_s })
      : [];
  return {
    signal,
    series,
    key,
    samples,
    span,
    origin,
    ...(firstAct === undefined ? {} : { firstAct }),
    sliding,
    known: sliding ? span.to : Number.POSITIVE_INFINITY,
    gaps: merge([...samples.gaps(key, reach), ...silences, ...overlappingJumps(jumps, reach)]),
    jumps,
  };
}

const overlappingJumps = (jumps: readonly Span[], span: Span): Span[] =>
  jumps
    .filter((jump) => jump.from < span.to && jump.to > span.from)
    .map((jump) => ({ from: Math.max(jump.from, span.from), to: Math.min(jump.to, span.to) }));

/** A sampled series that says nothing for twice its interval and half a second more did not observe. */
function silencesOf(samples: Samples, of: { key: SeriesKey; span: Span; interval_s: number }): Span[] {
  const { key, span, interval_s } = of;
  const longest = (2 * interval_s + 0.5) * NANOS_PER_SECOND;
  const times = [...samples.points(key, span).map((point) => point.t), span.to];
  const silences: Span[] = [];
  for (const [index, t] of times.entries()) {
    const before = times[index - 1];
    if (before === undefined || t - before <= longest) continue;
    const from = Math.max(before + interval_s * NANOS_PER_SECOND, span.from);
    if (from < t) silences.push({ from, to: t });
  }
  return silences;
}

/** Why a window was not wholly observed, or undefined if it was. */
export function gapReason({ gaps, span, signal }: Observed): string | undefined {
  const inside = gaps.filter((gap) => gap.from < span.to && gap.to > span.from);
  if (inside.length === 0) return undefined;
  const missing = inside.reduce(
    (sum, gap) => sum + Math.min(gap.to, span.to) - Math.max(gap.from, span.from),
    0,
  );
  return `${signal.name} was not observed for ${(missing / NANOS_PER_SECOND).toFixed(1)} s of the window`;
}

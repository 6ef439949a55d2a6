import { NANOS_PER_SECOND, type Nanos } from '../../model/time.ts';

/** The samples that lie in a range, by their indexes (both included), and when the range ends. */
export interface Range {
  times: readonly Nanos[];
  first: number;
  last: number;
  /** The moment of the evaluation. */
  at: Nanos;
  range_s: number;
}

/** So near to the range's edge, in mean distances of samples, the counter is taken to go on up to it. */
const NEAR = 1.1;

/**
 * `increase()` of a counter that was never reset, as Prometheus reckons it: what was counted between the first and the
 * last sample, stretched to the edges of the range where samples are near them, but not before the counter was 0.
 * Undefined with less than two samples. Source: `extrapolatedRate` in promql/functions.go of Prometheus 3; in 2 a counter that began
 * in the range is stretched a little further.
 */
export function increase(
  values: ArrayLike<number>,
  { times, first, last, at, range_s }: Range,
): number | undefined {
  if (last <= first) return undefined;
  const from = values[first] ?? 0;
  const counted = (values[last] ?? 0) - from;
  const firstT = times[first] ?? at;
  const lastT = times[last] ?? at;
  const sampled = (lastT - firstT) / NANOS_PER_SECOND;
  const apart = sampled / (last - first);
  const edge = (distance: number): number => (distance >= NEAR * apart ? apart / 2 : distance);
  const before = edge((firstT - at) / NANOS_PER_SECOND + range_s);
  const sinceZero = counted > 0 ? sampled * (from / counted) : before;
  const stretched = sampled + Math.min(before, sinceZero) + edge((at - lastT) / NANOS_PER_SECOND);
  return (counted * stretched) / sampled;
}

/** `rate()`: the increase per second of the range. */
export function rate(values: ArrayLike<number>, range: Range): number | undefined {
  const grown = increase(values, range);
  return grown === undefined ? undefined : grown / range.range_s;
}

/** Upper bounds of a histogram's buckets in seconds: the default ones of the Prometheus clients. */
export const bucketBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/**
 * `histogram_quantile()` over cumulative buckets with the bounds above and `+Inf` last: linear inside a bucket, the
 * largest bound where it lies beyond that; undefined (NaN) without any observation. Source: `bucketQuantile` in
 * promql/quantile.go.
 */
export function histogramQuantile(share: number, buckets: readonly number[]): number | undefined {
  let most = 0;
  const rising = buckets.map((one) => (most = Math.max(most, one)));
  const total = rising.at(-1) ?? 0;
  if (total <= 0) return undefined;
  const rank = share * total;
  const index = rising.findIndex((one) => one >= rank);
  const upper = bucketBounds[index];
  if (upper === undefined) return bucketBounds.at(-1);
  const lower = index === 0 ? 0 : (bucketBounds[index - 1] ?? 0);
  const below = index === 0 ? 0 : (rising[index - 1] ?? 0);
  return lower + (upper - lower) * ((rank - below) / ((rising[index] ?? rank) - below));
}

/** A duration as PromQL and rules write it: `1m`, `20s`. */
export function promDuration(seconds: number): string {
  if (seconds > 0 && seconds % 3_600 === 0) return `${seconds / 3_600}h`;
  if (seconds > 0 && seconds % 60 === 0) return `${seconds / 60}m`;
  return Number.isInteger(seconds) ? `${seconds}s` : `${Math.round(seconds * 1_000)}ms`;
}

/**
 * `{job="poll-app",status=~"5.."}`: labels with what they must be; a `~` or `!~` after the label is the comparison.
 * What is undefined is left out; nothing where nothing is left.
 */
export function matchers(all: Readonly<Record<string, string | undefined>>): string {
  const written = Object.entries(all).flatMap(([key, value]) => {
    const [, label = key, not = '', like = ''] = /^(.*?)(!?)(~?)$/.exec(key) ?? [];
    const comparison = like === '' ? '=' : `${not || '='}~`;
    return value === undefined ? [] : [`${label}${comparison}${JSON.stringify(value)}`];
  });
  return written.length === 0 ? '' : `{${written.join(',')}}`;
}

/** `poll votes` as `PollVotes`, for an alert's name. */
export const alertName = (text: string): string =>
  text
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');

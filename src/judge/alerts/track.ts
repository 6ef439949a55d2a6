import { NANOS_PER_SECOND, type Nanos, type Span } from '../../model/time.ts';
import type { Candidate, Outcome } from './candidate.ts';

/** How often is scraped and evaluated, and how these fall: the first scrape after the start, and an evaluation after its scrape. */
export interface Rhythm {
  interval_s: number;
  offset_s: number;
  lag_s: number;
}

/** `rate()` looks at so many scrapes: with fewer, one that fails leaves it without a value. */
const SCRAPES = 4;

/** The range of `rate()` for an interval. */
export const rangeOf = (interval_s: number): number => SCRAPES * interval_s;

/** Where the scrapes of an interval may fall, and the evaluations after them. */
export function rhythms(interval_s: number): Rhythm[] {
  return [0.1, 0.35, 0.6, 0.85].flatMap((offset) =>
    [0.05, 0.55].map((lag) => ({ interval_s, offset_s: offset * interval_s, lag_s: lag * interval_s })),
  );
}

/** One evaluation of an expression. */
export interface Evaluation {
  t: Nanos;
  value: Outcome;
}

/** All evaluations of a run, in order, before they are compared. */
export type Track = readonly Evaluation[];

/** Scrapes and evaluates an expression over a run; Prometheus knows nothing from before it. */
export function trackOf(candidate: Candidate, run: Span, rhythm: Rhythm): Track {
  const interval = rhythm.interval_s * NANOS_PER_SECOND;
  const lag = rhythm.lag_s * NANOS_PER_SECOND;
  const times: Nanos[] = [];
  for (let t = run.from + rhythm.offset_s * NANOS_PER_SECOND; t + lag <= run.to; t += interval) times.push(t);
  const scraped = candidate.scrape(times);
  const range_s = rangeOf(rhythm.interval_s);
  return times.map((t, last) => {
    const at = t + lag;
    let first = last;
    while (first > 0 && (times[first - 1] ?? 0) > at - range_s * NANOS_PER_SECOND) first -= 1;
    return { t: at, value: scraped({ times, first, last, at, range_s }) };
  });
}

/** A threshold, and for how long it must be passed. */
export interface Condition {
  fires: Candidate['fires'];
  threshold: number;
  for_s: number;
}

export const passes = (value: number, { fires, threshold }: Omit<Condition, 'for_s'>): boolean =>
  fires === 'above' ? value > threshold : value < threshold;

/**
 * When an alert first fires, later than `after`: it is pending from the first evaluation at which its expression gives something, and
 * fires at the first one at which it has been so for `for`; an evaluation without a result ends it. `unknown` is what an
 * evaluation of something unobserved counts as: false gives the latest moment, true the earliest.
 */
export function firstFiring(
  track: Track,
  condition: Condition,
  { unknown, after = Number.NEGATIVE_INFINITY }: { unknown: boolean; after?: Nanos },
): Nanos | undefined {
  let since: Nanos | undefined;
  for (const { t, value } of track) {
    const isActive = value === 'unknown' ? unknown : value !== 'none' && passes(value, condition);
    since = isActive ? (since ?? t) : undefined;
    // Times are sums of doubles: a rounding must not cost an evaluation.
    const isFiring = since !== undefined && t - since >= condition.for_s * NANOS_PER_SECOND - 1;
    if (isFiring && t > after) return t;
  }
  return undefined;
}

import type { SeriesDescriptor, SignalDescriptor } from '../../model/series.ts';
import { secondsBetween } from '../../model/time.ts';
import type { Detection } from '../../model/verdict.ts';
import { mainSeries } from '../expression/names.ts';
import type { MeasureContext } from '../measure.ts';
import { segmentsOf } from '../measures/segments.ts';
import { numberText, secondsText } from '../words.ts';
import {
  type Bucket,
  bucketsOf,
  type LoadSecond,
  type LookAt,
  loadSeconds,
  median,
  seenIn,
} from './buckets.ts';
import { tailOrShift } from './tail.ts';

/** From here on, in spreads of the baseline, a second has left it. */
const FAR = 6;
/** A single second must be this far to count; else the next one must be far too. */
const VERY_FAR = 20;
const STRONGEST = 1_000;
/** Fewer seconds of baseline say nothing about what is normal. */
const FEWEST_SECONDS = 5;

/** What is known of a load's own health is not the target's. */
const ownSeries = new Set(['schedule_error_ms', 'generator_cpu_percent']);

/** The rule, for docs/measures.md. */
export const detectionRule = `Each series is cut into seconds from the first injection on, forwards and backwards: of loads their p95, error rate and rate, of gauges their
mean over time (or the farthest value, where the gauge had one value all through the baseline), of states any other value. Seconds with a gap are left out, and so are our own health, totals that only grow, and runs with less than ${FEWEST_SECONDS} s of baseline.

How far a second is from the baseline is its distance from the baseline's median in *spreads*: 1.4826 times the median absolute deviation, but at least a
floor, because a calm baseline spreads by nothing (p95: a tenth of the median, and 5 ms; error rate: 1 %; rate: a tenth of the median, its square root,
and 1; gauges: a twentieth of the larger of both values, and no move below the noise that the signal states). A measure has left its baseline where it is ${FAR} spreads away in two seconds on end, or ${VERY_FAR} in one, or is a
gauge that never moved before. It did so *after* the first operation or value that was over the limit; its *strength* is the largest distance, at most ${STRONGEST}; a state's is always that.`;

/** Which measures left their baseline after the first injection, in the order in which they did (see `detectionRule`). */
export function detectionsOf({ signals, samples, windows, timeline }: MeasureContext): Detection[] {
  const buckets = bucketsOf(windows);
  const origin = windows.origin ?? 0;
  if (buckets.filter(({ second }) => second < 0).length < FEWEST_SECONDS) return [];
  const watched = signals.filter(({ name }) => name !== 'observer');
  const found = watched.flatMap((signal) =>
    signal.series
      .filter(({ name, total }) => !ownSeries.has(name) && total !== true)
      .flatMap((series) => {
        const at = { samples, signal, series, jumps: timeline.jumps };
        return ofSeries(at, { buckets, origin, name: nameOf(signal, series) });
      }),
  );
  return found.toSorted((a, b) => a.after_s - b.after_s || b.strength - a.strength);
}

interface Over {
  buckets: readonly Bucket[];
  origin: number;
  name: string;
}

const nameOf = (signal: SignalDescriptor, series: SeriesDescriptor): string =>
  mainSeries(signal) === series && series.family === 'operations'
    ? signal.name
    : `${signal.name}.${series.name}`;

function ofSeries(at: LookAt, over: Over): Detection[] {
  switch (at.series.family) {
    case 'operations':
      return ofLoad(at, over);
    case 'gauge':
      return ofGauge(at, over);
    case 'state':
      return ofState(at, over);
    case 'events':
      return [];
  }
}

interface RowSecond {
  second: number;
  value: number;
  at: (limit: number, up: boolean) => number;
}

/** A row of seconds of one measure, with what it takes to judge and to tell it. */
interface Row {
  text: string;
  seconds: readonly RowSecond[];
  floor: (median: number, value: number) => number;
  unit: string;
  /** It had one value all through the baseline: one second is enough. */
  isCalm?: boolean;
  /** A move of less than this is chance. */
  noise?: number;
  /** What else is worth a word of the second in which it was farthest up. */
  aside?: (second: number) => string;
}

function ofLoad(at: LookAt, { buckets, origin, name }: Over): Detection[] {
  const seconds = loadSeconds(at, buckets);
  const row = (
    measure: string,
    of: {
      value: (second: LoadSecond) => number;
      first: First;
      floor: Row['floor'];
      unit: string;
      aside?: Row['aside'];
    },
  ): Row => ({
    text: `${name}.${measure}`,
    seconds: seconds.map((second) => ({
      second: second.second,
      value: of.value(second),
      at: (limit, up) => secondsBetween(origin, of.first(second, limit, up)),
    })),
    floor: of.floor,
    unit: of.unit,
    ...(of.aside === undefined ? {} : { aside: of.aside }),
  });
  const rows = [
    row('p95_ms', {
      value: ({ p95_ms }) => p95_ms,
      first: firstSlow,
      floor: (middle) => Math.max(0.1 * middle, 5),
      unit: ' ms',
      aside: (second) => tailOrShift(seconds, second),
    }),
    row('error_rate', {
      value: ({ errorRate }) => errorRate,
      first: firstFailed,
      floor: () => 0.01,
      unit: '',
    }),
    row('rate_per_s', {
      value: ({ rate }) => rate,
      first: ({ span }) => span.to,
      floor: (middle) => Math.max(0.1 * middle, Math.sqrt(middle), 1),
      unit: '/s',
    }),
  ];
  return rows.flatMap(leftBaseline);
}

type First = (second: LoadSecond, limit: number, up: boolean) => number;

/** When the first operation of a second ended that took longer than the limit, in ms. */
const firstSlow: First = ({ operations, span }, limit, up) =>
  up
    ? Math.min(
        span.to,
        ...operations.filter((one) => (one.done - one.intended) / 1e6 > limit).map(({ done }) => done),
      )
    : span.from;

const firstFailed: First = ({ ended, span }) => Math.min(span.to, ...ended.failed.map(({ done }) => done));

interface GaugeSecond extends Bucket {
  mean: number;
  values: readonly { value: number; from: number }[];
}

/** The seconds of a gauge in which it was observed. */
function gaugeSeconds(at: LookAt, buckets: readonly Bucket[]): GaugeSecond[] {
  return buckets.flatMap((bucket) => {
    const seen = seenIn(at, bucket.span);
    const segments = segmentsOf(seen);
    const values = segments.flatMap(({ value, from, to }) =>
      typeof value === 'number' ? [{ value, weight: to - from, from }] : [],
    );
    const weight = values.reduce((sum, one) => sum + one.weight, 0);
    if (seen.gaps.length > 0 || values.length < segments.length || weight === 0) return [];
    const mean = values.reduce((sum, one) => sum + one.value * one.weight, 0) / weight;
    return [{ ...bucket, mean, values }];
  });
}

/** Of a gauge that had one value all through the baseline the farthest value of a second counts, else its mean. */
function ofGauge(at: LookAt, { buckets, origin, name }: Over): Detection[] {
  const seconds = gaugeSeconds(at, buckets);
  const calm = new Set(
    seconds.filter(({ second }) => second < 0).flatMap(({ values }) => values.map(({ value }) => value)),
  );
  const [normal] = calm;
  const isCalm = calm.size === 1 && normal !== undefined;
  const unit = at.series.unit === undefined || at.series.unit === '1' ? '' : ` ${at.series.unit}`;
  return leftBaseline({
    text: name,
    seconds: seconds.map(({ second, span, mean, values }) => ({
      second,
      value: isCalm
        ? farthest(
            values.map(({ value }) => value),
            normal,
          )
        : mean,
      at: (limit, up) =>
        secondsBetween(
          origin,
          values.find(({ value }) => (up ? value > limit : value < limit))?.from ?? span.from,
        ),
    })),
    floor: (middle, value) => 0.05 * Math.max(Math.abs(middle), Math.abs(value)),
    unit,
    isCalm,
    noise: at.series.noise ?? 0,
  });
}

const farthest = (values: readonly number[], from: number): number =>
  values.reduce((best, one) => (Math.abs(one - from) > Math.abs(best - from) ? one : best), from);

function leftBaseline({ text, seconds, floor, unit, isCalm, aside, noise = 0 }: Row): Detection[] {
  const before = seconds.filter(({ second }) => second < 0).map(({ value }) => value);
  if (before.length < FEWEST_SECONDS) return [];
  const middle = median(before);
  const spread = 1.4826 * median(before.map((value) => Math.abs(value - middle)));
  const far = (value: number): number => {
    if (Math.abs(value - middle) < noise) return 0;
    const scale = Math.max(spread, floor(middle, value));
    return scale > 0 ? Math.min(STRONGEST, Math.abs(value - middle) / scale) : 0;
  };
  const after = seconds.filter(({ second }) => second >= 0).map((one) => ({ ...one, far: far(one.value) }));
  const enough = isCalm === true ? FAR : VERY_FAR;
  const first = after.find(
    (one, index) => one.far >= enough || (one.far >= FAR && (after[index + 1]?.far ?? 0) >= FAR),
  );
  if (first === undefined) return [];
  const strongest = after.reduce((best, one) => (one.far > best.far ? one : best), first);
  const up = first.value > middle;
  const scale = Math.max(spread, floor(middle, first.value));
  const after_s = Math.max(
    0,
    first.at(middle + (up ? 1 : -1) * Math.min(FAR, first.far) * scale * 0.999, up),
  );
  const verb = strongest.value > middle ? 'rose' : 'fell';
  const besides = verb === 'rose' ? (aside?.(strongest.second) ?? '') : '';
  const words = `${text} ${verb} from ${numberText(middle)}${unit} to ${numberText(strongest.value)}${unit}${besides === '' ? '' : ` (${besides})`}, first ${secondsText(after_s)} after the first injection`;
  return [{ text, after_s, strength: strongest.far, words }];
}

/** A state that had one value all through the baseline has left it with any other. */
function ofState(at: LookAt, { buckets, origin, name }: Over): Detection[] {
  const end = buckets.at(-1)?.span.to ?? origin;
  const from = buckets[0]?.span.from ?? origin;
  const calm = new Set(segmentsOf(seenIn(at, { from, to: origin })).map(({ value }) => value));
  if (calm.size !== 1 || calm.has(null)) return [];
  const [normal] = calm;
  const left = segmentsOf(seenIn(at, { from: origin, to: end })).find(({ value }) => value !== normal);
  if (left === undefined) return [];
  const after_s = secondsBetween(origin, left.from);
  const now = left.value === null ? 'nothing' : String(left.value);
  const words = `${name} changed from ${String(normal)} to ${now}, ${secondsText(after_s)} after the first injection`;
  return [{ text: name, after_s, strength: STRONGEST, words }];
}

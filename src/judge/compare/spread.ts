import { type Measured, unknown } from '../../model/measure.ts';
import { type Interval, intervalOf } from '../expression/interval.ts';
import { measuredOf } from './change.ts';

/** How a measure came out over the repeats of a run. What is unknown is counted, and never taken as a number. */
export interface Spread {
  count: number;
  /** Of how many a number, or bounds of one, is known. */
  known: number;
  min: Measured;
  median: Measured;
  max: Measured;
}

/** Least, middle and most of a measure over repeats; of bounded and censored ones, the bounds of each of these. */
export function spreadOf(all: readonly Measured[]): Spread {
  const intervals = all.flatMap((one) => intervalOf(one) ?? []);
  const mins = intervals.map(({ min }) => min).sort((a, b) => a - b);
  const maxs = intervals.map(({ max }) => max).sort((a, b) => a - b);
  const of = (pick: (sorted: readonly number[]) => number): Measured =>
    intervals.length === 0 ? unknown(whyNone(all)) : measuredOf(interval(pick(mins), pick(maxs)));
  return {
    count: all.length,
    known: intervals.length,
    min: of((sorted) => sorted[0] ?? Number.NaN),
    median: of(middle),
    max: of((sorted) => sorted.at(-1) ?? Number.NaN),
  };
}

const interval = (min: number, max: number): Interval => ({ min, max });

function middle(sorted: readonly number[]): number {
  const half = (sorted.length - 1) / 2;
  const [low, high] = [sorted[Math.floor(half)] ?? Number.NaN, sorted[Math.ceil(half)] ?? Number.NaN];
  return low === high ? low : (low + high) / 2;
}

function whyNone(all: readonly Measured[]): string {
  const [first] = all;
  if (first === undefined) return 'there was no run';
  return first.is === 'unknown' ? first.why : 'it is no number';
}

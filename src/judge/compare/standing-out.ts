import type { Measured } from '../../model/measure.ts';
import type { Change } from './change.ts';
import type { ComparedMeasure } from './line-up.ts';

/** A measure that differs from the base run's by more than runs differ by themselves. */
export interface StandsOut {
  text: string;
  unit: string;
  measured: Measured;
  change: Change;
  /** For ranking. */
  score: number;
}

/** What of a run stands out beside the base run: of the main measures, the strongest first. */
export function standingOut(rows: readonly ComparedMeasure[], run: number): StandsOut[] {
  return rows
    .filter(({ main }) => main)
    .flatMap(({ text, unit, cells }) => {
      const { measured, change } = cells[run] ?? {};
      if (measured === undefined || change === undefined) return [];
      const score = scoreOf(text, unit, change);
      return score === undefined ? [] : [{ text, unit, measured, change, score }];
    })
    .sort((a, b) => b.score - a.score);
}

/** Differences below these are those of two runs of the same experiment. */
const least = { ms: 20, s: 1, share: 0.001, count: 1 };
const LEAST_TIMES = 1.25;
/** What comes out of nothing has no ratio; it ranks as one of this size. */
const FROM_NOTHING = 10;

function scoreOf(text: string, unit: string, { difference, ratio }: Change): number | undefined {
  const by = surely(difference);
  if (by === undefined) return undefined;
  const times = surelyTimes(ratio);
  if (text.endsWith('.availability')) return by >= least.share ? 1 + by * 40 : undefined;
  const enough = unit === 'ms' ? least.ms : unit === 's' ? least.s : unit === '1' ? least.count : 0;
  if (by < enough || (times !== undefined && times < LEAST_TIMES)) return undefined;
  return Math.log(times ?? FROM_NOTHING);
}

/** By how much it differs at least, whichever way. */
function surely(difference: Measured): number | undefined {
  if (difference.is === 'value' && typeof difference.value === 'number') return Math.abs(difference.value);
  if (difference.is !== 'bounded') return undefined;
  const { min, max } = difference;
  return min > 0 ? min : max < 0 ? -max : 0;
}

/** How many times it is as large or as small at least; undefined where there is no ratio. */
function surelyTimes(ratio: Measured): number | undefined {
  if (ratio.is === 'value' && typeof ratio.value === 'number')
    return ratio.value > 0 ? Math.max(ratio.value, 1 / ratio.value) : FROM_NOTHING;
  if (ratio.is !== 'bounded') return undefined;
  const { min, max } = ratio;
  return min > 1 ? min : max < 1 && max > 0 ? 1 / max : 1;
}

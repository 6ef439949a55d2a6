import type { Measured } from '../../model/measure.ts';
import type { Observed } from '../look/observed.ts';

/** One measure: what it means, in the words of docs/measures.md, and how it is computed. */
interface MeasureRule {
  /** The formula, in words. */
  formula: string;
  /** What becomes of it where not all of the window was observed. */
  gap: string;
  compute(seen: Observed, key: string | number | undefined): Measured;
}

export type MeasureTable = Readonly<Record<string, MeasureRule>>;

export const gapTexts = {
  atLeast: 'at least what was seen',
  atMost: 'at most what was seen',
  unknown: 'unknown',
  widened: 'between what was seen and that plus the gap',
  time: 'bounded by the gap where it came after one; censored at the gap where it did not come',
  last: 'unknown if the gap reaches the end of the window',
} as const;

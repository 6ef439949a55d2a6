import { type Measured, value } from '../../model/measure.ts';
import type { Occurrence } from '../../model/series.ts';
import { gapReason, type Observed } from '../look/observed.ts';
import { timeOf } from '../look/times.ts';
import { atLeast } from '../words.ts';
import { gapTexts, type MeasureTable } from './table.ts';

/** Events of one type; one that was inferred counts at the time at which it was known to have happened. */
export const eventMeasures: MeasureTable = {
  count: { formula: 'events of this type in the window', gap: gapTexts.atLeast, compute: count },
  first_after_s: { formula: 'until the first event of this type', gap: gapTexts.time, compute: firstAfter },
};

const ofType = (seen: Observed, from: number, type: string): Occurrence[] =>
  seen.samples.events(seen.key, { from, to: seen.span.to }).filter((event) => event.type === type);

function count(seen: Observed, key: string | number | undefined): Measured {
  const found = ofType(seen, seen.span.from, String(key)).length;
  return gapReason(seen) === undefined ? value(found) : atLeast(found);
}

function firstAfter(seen: Observed, key: string | number | undefined): Measured {
  const { origin, span, gaps, jumps } = seen;
  return timeOf({ origin, end: span.to, gaps, jumps }, ofType(seen, origin, String(key))[0]);
}

import { bounded, type Measured, unknown, value } from '../../model/measure.ts';
import type { Observed } from '../look/observed.ts';
import { coveredSeconds, lengthOf, merge } from '../look/spans.ts';
import { atLeast, NO_UPPER_BOUND } from '../words.ts';
import { endsBlind, segmentsOf, without } from './segments.ts';
import { gapTexts, type MeasureTable } from './table.ts';

/** A point holds until the next; where a gauge has no value it was not observed. */
export const gaugeMeasures: MeasureTable = {
  last: { formula: 'the value at the end of the window', gap: gapTexts.last, compute: last },
  min: {
    formula: 'the smallest value in the window, the one at its start included',
    gap: gapTexts.atMost,
    compute: (seen) => extreme(seen, 'min'),
  },
  mean: {
    formula: 'the mean over time: each value weighs as long as it held',
    gap: gapTexts.unknown,
    compute: mean,
  },
  max: {
    formula: 'the largest value in the window, the one at its start included',
    gap: gapTexts.atLeast,
    compute: (seen) => extreme(seen, 'max'),
  },
  above_s: {
    formula: 'seconds in which it was larger than x',
    gap: gapTexts.widened,
    compute: (seen, key) => during(seen, (one) => one > Number(key)),
  },
  below_s: {
    formula: 'seconds in which it was smaller than x',
    gap: gapTexts.widened,
    compute: (seen, key) => during(seen, (one) => one < Number(key)),
  },
};

/** What was known: parts of the window with their values; and what was not. */
interface Known {
  parts: readonly { value: number; seconds: number }[];
  missing_s: number;
}

function knownOf(seen: Observed): Known {
  const segments = segmentsOf(seen);
  const empty = segments.filter(({ value: held }) => typeof held !== 'number' || !Number.isFinite(held));
  const blind = merge([...seen.gaps, ...empty]);
  const parts = segments.flatMap((segment) =>
    typeof segment.value === 'number' && Number.isFinite(segment.value)
      ? knownParts(segment, segment.value, blind)
      : [],
  );
  return { parts, missing_s: coveredSeconds(blind, seen.span) };
}

/** A value at the very end of the window holds for no time, but it is there. */
function knownParts(
  segment: { from: number; to: number },
  held: number,
  blind: Observed['gaps'],
): Known['parts'] {
  if (segment.from === segment.to) {
    const hidden = blind.some((gap) => gap.from <= segment.from && gap.to > segment.from);
    return hidden ? [] : [{ value: held, seconds: 0 }];
  }
  return without(segment, blind).map((part) => ({ value: held, seconds: lengthOf(part) }));
}

const nothingKnown = ({ signal, series }: Observed): Measured =>
  unknown(`${signal.name}.${series.name} was not observed in the window`);

const partly = ({ signal, series }: Observed, missing_s: number): Measured =>
  unknown(`${signal.name}.${series.name} was not observed for ${missing_s.toFixed(1)} s of the window`);

function last(seen: Observed): Measured {
  if (endsBlind(seen.gaps, seen.span))
    return unknown(`${seen.signal.name} was not observed at the end of the window`);
  const held = segmentsOf(seen).at(-1)?.value;
  return typeof held === 'number' && Number.isFinite(held) ? value(held) : nothingKnown(seen);
}

function extreme(seen: Observed, which: 'min' | 'max'): Measured {
  const { parts, missing_s } = knownOf(seen);
  if (parts.length === 0) return nothingKnown(seen);
  // One by one: as arguments of one call, those of a long run are too many.
  const found = parts.reduce((best, { value: one }) => Math[which](best, one), parts[0]?.value ?? 0);
  if (missing_s === 0) return value(found);
  return which === 'max' ? atLeast(found) : bounded(-NO_UPPER_BOUND, found);
}

function mean(seen: Observed): Measured {
  const { parts, missing_s } = knownOf(seen);
  if (parts.length === 0) return nothingKnown(seen);
  if (missing_s > 0) return partly(seen, missing_s);
  const seconds = parts.reduce((sum, part) => sum + part.seconds, 0);
  const weighed = parts.reduce((sum, part) => sum + part.value * part.seconds, 0);
  return seconds > 0 ? value(weighed / seconds) : unknown('the window is empty');
}

function during(seen: Observed, isSo: (value: number) => boolean): Measured {
  const { parts, missing_s } = knownOf(seen);
  if (parts.length === 0) return nothingKnown(seen);
  const seconds = parts.filter((part) => isSo(part.value)).reduce((sum, part) => sum + part.seconds, 0);
  return bounded(seconds, seconds + missing_s);
}

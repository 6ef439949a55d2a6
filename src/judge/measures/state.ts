import { bounded, type Measured, unknown, value } from '../../model/measure.ts';
import { gapReason, type Observed } from '../look/observed.ts';
import { coveredSeconds, lengthOf } from '../look/spans.ts';
import { timeOf } from '../look/times.ts';
import { atLeast } from '../words.ts';
import { endsBlind, type Segment, segmentsOf, without } from './segments.ts';
import { gapTexts, type MeasureTable } from './table.ts';

/** A state holds until the next; null is no value (no leader, say), which is not another state. */
export const stateMeasures: MeasureTable = {
  last: {
    formula: 'the value at the end of the window; unknown where it has none then',
    gap: gapTexts.last,
    compute: last,
  },
  changed_after_s: {
    formula:
      'until it first had another value than at the start; losing its value is no change, nor is getting the same back',
    gap: gapTexts.time,
    compute: changedAfter,
  },
  changes: {
    formula: 'how often it took another value than the one before, without the times it had none',
    gap: gapTexts.atLeast,
    compute: (seen) =>
      counted(seen, (values) => values.filter((one, index) => index > 0 && one !== values[index - 1]).length),
  },
  without_value_s: {
    formula: 'seconds in which it had no value',
    gap: gapTexts.widened,
    compute: withoutValue,
  },
  values: {
    formula: 'how many different values it had',
    gap: gapTexts.atLeast,
    compute: (seen) => counted(seen, (values) => new Set(values).size),
  },
};

const hasValue = (segment: Segment): boolean => segment.value !== null;

const nothingSeen = ({ signal, series }: Observed): Measured =>
  unknown(`${signal.name}.${series.name} never had a value`);

function last(seen: Observed): Measured {
  if (endsBlind(seen.gaps, seen.span))
    return unknown(`${seen.signal.name} was not observed at the end of the window`);
  const held = segmentsOf(seen).at(-1)?.value ?? null;
  return held === null
    ? unknown(`${seen.signal.name}.${seen.series.name} has no value at the end of the window`)
    : value(held);
}

function changedAfter(seen: Observed): Measured {
  const { origin, span, gaps, jumps, signal, series } = seen;
  const [first, ...rest] = segmentsOf({ ...seen, span: { from: origin, to: span.to } });
  const start = valueBefore(seen, first);
  if (start === null) return unknown(`${signal.name}.${series.name} had no value at the start`);
  const changed = rest.find((segment) => segment.value !== null && segment.value !== start)?.point;
  return timeOf({ origin, end: span.to, gaps, jumps }, changed);
}

/** The value at the start, or the last one before, if it had none just then; null where a gap may hide a later one. */
function valueBefore(seen: Observed, first: Segment | undefined): Segment['value'] {
  const { samples, key, origin } = seen;
  if (seen.gaps.some((gap) => gap.from <= origin && gap.to > origin)) return null;
  if (first !== undefined && first.value !== null && first.from === origin) return first.value;
  const before = samples.points(key, { from: 0, to: origin }).findLast((point) => point.value !== null);
  if (before === undefined || samples.gaps(key, { from: before.t, to: origin }).length > 0) return null;
  return before.value;
}

/** Counts over the values that were seen in the window; one that a gap hides at its start may have come before. */
function counted(seen: Observed, count: (values: Segment['value'][]) => number): Measured {
  const values = segmentsOf(seen)
    .filter((segment) => hasValue(segment) && without(segment, seen.gaps).length > 0)
    .map((segment) => segment.value);
  if (values.length === 0) return nothingSeen(seen);
  return gapReason(seen) === undefined ? value(count(values)) : atLeast(count(values));
}

function withoutValue(seen: Observed): Measured {
  const segments = segmentsOf(seen);
  if (!segments.some(hasValue) && segments.every(({ point }) => point === undefined))
    return nothingSeen(seen);
  const empty = segments
    .filter((segment) => !hasValue(segment))
    .flatMap((segment) => without(segment, seen.gaps));
  const seconds = empty.reduce((sum, part) => sum + lengthOf(part), 0);
  return bounded(seconds, seconds + coveredSeconds(seen.gaps, seen.span));
}

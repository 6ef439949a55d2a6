import { type Measured, unknown, value } from '../../model/measure.ts';
import { MISSED, OK, type Operation } from '../../model/series.ts';
import type { Observed } from '../look/observed.ts';
import { lengthOf } from '../look/spans.ts';
import { timeOf } from '../look/times.ts';
import { atLeast } from '../words.ts';
import { type Ended, endedIn, isFinished, LONGEST_OPERATION, needsAll } from './ended.ts';
import { inFlightLost } from './in-flight.ts';
import { latency } from './latency.ts';
import { OUTAGE_S, outagesIn } from './outages.ts';
import { gapTexts, type MeasureTable } from './table.ts';

/**
 * An operation belongs to the window in which it should have started. Operations that we could not send in time by
 * our own fault (`missed`) are none of these; while a run lives, what has not ended yet is not counted either.
 */
export const operationMeasures: MeasureTable = {
  count: {
    formula: 'operations that ended: ok + failed',
    gap: gapTexts.atLeast,
    compute: (seen) => counted(endedIn(seen), ({ ok, failed }) => ok.length + failed.length),
  },
  ok: {
    formula: 'operations that ended well',
    gap: gapTexts.atLeast,
    compute: (seen) => counted(endedIn(seen), ({ ok }) => ok.length),
  },
  failed: {
    formula: 'operations that ended in any other way, timeouts included',
    gap: gapTexts.atLeast,
    compute: (seen) => counted(endedIn(seen), ({ failed }) => failed.length),
  },
  rate_per_s: {
    formula: 'count / seconds of the window',
    gap: gapTexts.unknown,
    compute: rate,
  },
  availability: {
    formula: 'ok / (ok + failed); unknown without any operation',
    gap: gapTexts.unknown,
    compute: (seen) => share(endedIn(seen), ({ ok }) => ok.length),
  },
  error_rate: {
    formula: 'failed / (ok + failed); unknown without any operation',
    gap: gapTexts.unknown,
    compute: (seen) => share(endedIn(seen), ({ failed }) => failed.length),
  },
  p50_ms: percentileRule(50),
  p90_ms: percentileRule(90),
  p95_ms: percentileRule(95),
  p99_ms: percentileRule(99),
  p999_ms: percentileRule(99.9),
  max_ms: {
    formula: 'the longest latency',
    gap: gapTexts.unknown,
    compute: (seen) => latency(seen, 100),
  },
  longest_outage_s: {
    formula: 'seconds of the longest outage (see below); 0 without one',
    gap: gapTexts.unknown,
    compute: (seen) => ofOutages(seen, (outages) => Math.max(0, ...outages)),
  },
  outage_s: {
    formula: `seconds of all outages of at least ${OUTAGE_S} s together`,
    gap: gapTexts.unknown,
    compute: (seen) =>
      ofOutages(seen, (outages) =>
        outages.filter((one) => one >= OUTAGE_S).reduce((sum, one) => sum + one, 0),
      ),
  },
  first_failure_after_s: {
    formula: 'until the first failure came, whenever that operation began',
    gap: gapTexts.time,
    compute: firstFailure,
  },
  in_flight_lost: {
    formula:
      'operations in flight at the first injection that failed: sent before its act was over, not ended before it began; unknown if there were none; whatever the window',
    gap: `${gapTexts.atLeast}, if it lies around the injection`,
    compute: inFlightLost,
  },
  by_error: {
    formula: 'failed operations of this kind; `other` are all that the signal does not list',
    gap: gapTexts.atLeast,
    compute: (seen, key) =>
      counted(endedIn(seen), ({ failed }) => failed.filter(ofKind(seen, String(key))).length),
  },
};

function percentileRule(percent: number): MeasureTable[string] {
  return {
    formula: `the latency that ${percent} % of the operations did not exceed (exact, nearest rank)`,
    gap: gapTexts.unknown,
    compute: (seen) => latency(seen, percent),
  };
}

function counted(ended: Ended, count: (ended: Ended) => number): Measured {
  return ended.missing === undefined ? value(count(ended)) : atLeast(count(ended));
}

function share(ended: Ended, part: (ended: Ended) => number): Measured {
  return needsAll(ended) ?? value(part(ended) / (ended.ok.length + ended.failed.length));
}

function rate(seen: Observed): Measured {
  const { ok, failed, missing } = endedIn(seen);
  const length_s = lengthOf(seen.span);
  if (missing !== undefined) return unknown(missing);
  return length_s > 0 ? value((ok.length + failed.length) / length_s) : unknown('the window is empty');
}

function ofOutages(seen: Observed, reckon: (outages: readonly number[]) => number): Measured {
  const ended = endedIn(seen);
  const { ok, failed, inFlight, missing } = ended;
  if (missing !== undefined) return unknown(missing);
  if (ok.length + failed.length + inFlight.length === 0)
    return unknown('there was no operation in the window');
  return value(reckon(outagesIn(ended, seen.span).map(lengthOf)));
}

function firstFailure(seen: Observed): Measured {
  const { samples, key, origin, span, gaps, jumps, known } = seen;
  let first: number | undefined;
  for (const operation of samples.operations(key, { from: origin - LONGEST_OPERATION, to: span.to })) {
    if (operation.kind === OK || operation.kind === MISSED || !isFinished(operation, known)) continue;
    const { done } = operation;
    if (done >= origin && done < span.to && (first === undefined || done < first)) first = done;
  }
  return timeOf({ origin, end: span.to, gaps, jumps }, first === undefined ? undefined : { t: first });
}

/** A kind that the signal does not list counts as `other`. */
function ofKind({ series }: Observed, kind: string): (operation: Operation) => boolean {
  const listed = series.kinds ?? [];
  return (operation) =>
    operation.kind === kind ||
    (kind === 'other' && operation.kind !== OK && !listed.includes(operation.kind));
}

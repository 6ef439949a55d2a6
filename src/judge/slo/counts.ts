import { MISSED, OK } from '../../model/series.ts';
import { NANOS_PER_MILLISECOND } from '../../model/time.ts';
import type { Observed } from '../look/observed.ts';
import { clip, lengthOf, merge, overlapping } from '../look/spans.ts';
import { IN_FLIGHT, isFinished, lateStretches } from '../measures/ended.ts';

/** The operations of a window: those that were good, those that were not, and those of which it is not known. */
export interface Counts {
  good: number;
  bad: number;
  /**
   * What we could not send, what had not ended when the recording did, what was slow while we ourselves were late, and
   * what must have been there in gaps at the rate of the rest.
   */
  unsure: number;
  /** All that were seen, without what is reckoned for gaps. */
  seen: number;
  /** Seconds of the window. */
  length_s: number;
}

/** Counts the operations that should have started in a window; undefined where nothing of it was observed. */
export function countsOf(seen: Observed, within_ms: number | undefined): Counts | undefined {
  const counts = { good: 0, bad: 0, unsure: 0, seen: 0, length_s: lengthOf(seen.span) };
  const late = within_ms === undefined ? [] : lateStretches(seen);
  // What was in flight when a gap began was lost with it.
  const lost = merge(overlapping(widened(seen), seen.span).map((gap) => clip(gap, seen.span)));
  let besides = 0;
  for (const operation of seen.samples.operations(seen.key, seen.span)) {
    const { intended, sent, kind } = operation;
    const isLost = lost.some((gap) => intended >= gap.from && intended < gap.to);
    if (!isLost) besides += 1;
    if (kind === MISSED || !isFinished(operation, seen.known)) counts.unsure += 1;
    else if (kind !== OK) counts.bad += 1;
    else if (within_ms === undefined || ms(intended, operation.done) <= within_ms) counts.good += 1;
    else if (
      sent !== null &&
      ms(sent, operation.done) <= within_ms &&
      late.some((one) => one.from <= intended && one.to > intended)
    )
      counts.unsure += 1;
    else counts.bad += 1;
  }
  const lost_s = lost.reduce((sum, gap) => sum + lengthOf(gap), 0);
  const observed_s = counts.length_s - lost_s;
  if (observed_s <= 0) return undefined;
  const there = counts.good + counts.bad + counts.unsure;
  const expected = Math.ceil((besides / observed_s) * counts.length_s);
  return { ...counts, seen: there, unsure: counts.unsure + (lost_s > 0 ? Math.max(0, expected - there) : 0) };
}

const ms = (from: number, to: number): number => (to - from) / NANOS_PER_MILLISECOND;

/** The gaps of a window and of the time just after it, in which its last operations ended. */
function widened({ samples, key, span, gaps }: Observed): { from: number; to: number }[] {
  const after = { from: span.to, to: Math.min(span.to + IN_FLIGHT, samples.end) };
  const following = after.to > after.from ? samples.gaps(key, after) : [];
  return [...gaps, ...following].map(({ from, to }) => ({ from: from - IN_FLIGHT, to }));
}

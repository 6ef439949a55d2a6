import { type Measured, unknown } from '../../model/measure.ts';
import { seriesKey } from '../../model/samples.ts';
import { MISSED, OK, type Operation, type Point } from '../../model/series.ts';
import { NANOS_PER_MILLISECOND, NANOS_PER_SECOND, type Nanos, type Span } from '../../model/time.ts';
import { gapReason, type Observed } from '../look/observed.ts';

/** The operations of a window, sorted by what is known of them. */
export interface Ended {
  ok: readonly FinishedOperation[];
  failed: readonly FinishedOperation[];
  /** Not ended when the window (while a run lives) or the recording ends. */
  inFlight: readonly Operation[];
  /** Why the numbers are not all of them, if so. */
  missing?: string;
}

export type FinishedOperation = Operation & { done: Nanos };

/** Operations that take longer than this from start to end are not looked for; far over any timeout. */
export const LONGEST_OPERATION: Nanos = 120 * NANOS_PER_SECOND;

const known = new WeakMap<Observed, Ended>();

/** The operations that should have started in the window, without those that we missed. */
export function endedIn(seen: Observed): Ended {
  const before = known.get(seen);
  if (before !== undefined) return before;
  const ended = sortOut(seen);
  known.set(seen, ended);
  return ended;
}

function sortOut(seen: Observed): Ended {
  const ok: FinishedOperation[] = [];
  const failed: FinishedOperation[] = [];
  const inFlight: Operation[] = [];
  for (const operation of seen.samples.operations(seen.key, seen.span)) {
    if (operation.kind === MISSED) continue;
    if (!isFinished(operation, seen.known)) inFlight.push(operation);
    else if (operation.kind === OK) ok.push(operation);
    else failed.push(operation);
  }
  const missing = gapReason(seen) ?? lostReason(seen) ?? cutOff(seen, inFlight);
  return { ok, failed, inFlight, ...(missing === undefined ? {} : { missing }) };
}

export const isFinished = (operation: Operation, at: Nanos): operation is FinishedOperation =>
  operation.done !== null && operation.done <= at;

/** A gap that begins so soon after the window may have taken operations with it that were still in flight. */
export const IN_FLIGHT: Nanos = 5 * NANOS_PER_SECOND;

function lostReason({ sliding, samples, key, span, signal }: Observed): string | undefined {
  if (sliding) return undefined;
  const after = { from: span.to, to: Math.min(span.to + IN_FLIGHT, samples.end) };
  if (after.to <= after.from || samples.gaps(key, after).length === 0) return undefined;
  return `${signal.name} was not observed just after the window, when its last operations ended`;
}

/** While a run lives the newest operations are always in flight; in a recording it means that the run was killed. */
function cutOff({ sliding }: Observed, inFlight: readonly Operation[]): string | undefined {
  if (sliding || inFlight.length === 0) return undefined;
  return `${inFlight.length} operations were in flight when the recording ended`;
}

/** Unknown, with the reason, where a number needs all operations of the window and at least one. */
export function needsAll({ ok, failed, missing }: Ended): Measured | undefined {
  if (missing !== undefined) return unknown(missing);
  return ok.length + failed.length === 0 ? unknown('no operation ended in the window') : undefined;
}

/** How long our own load generator may be late before what it measures is in doubt (design, section 6). */
const LATE_MS = 5;

/** Stretches in which our own load was late, as its signal recorded it. */
export function lateStretches(seen: Observed): Span[] {
  if (!seen.signal.series.some((series) => series.name === 'schedule_error_ms')) return [];
  const points = seen.samples.points(seriesKey(seen.signal.name, 'schedule_error_ms'), seen.span);
  return lateSpans(points);
}

/** The stretches of a load's `schedule_error_ms` over 5 ms; a point holds until the next. */
export function lateSpans(points: readonly Point[]): Span[] {
  return points.flatMap((point, index) => {
    if (typeof point.value !== 'number' || point.value <= LATE_MS) return [];
    return [{ from: point.t, to: points[index + 1]?.t ?? point.t + 100 * NANOS_PER_MILLISECOND }];
  });
}

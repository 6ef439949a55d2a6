import type { Nanos, Span } from '../model/time.ts';
import type { InjectionRecord, Timeline, Windows } from '../model/timeline.ts';

/**
 * The windows of a run (design, section 2), up to `end`:
 * - `run`: from the first observation to the end;
 * - `baseline`: until the first act (the origin), or the end where nothing was injected;
 * - `fault`: from the origin until the last injection is over: undone, or, for an instantaneous fault, recovered;
 *   until the end where one never was;
 * - `recovery`: from there to the end;
 * - `sinceFault`: from the origin to the end.
 */
export function windowsOf(timeline: Timeline, end: Nanos): Windows {
  const start = Math.min(timeline.baseline ?? 0, end);
  const run = { from: start, to: end };
  const made = timeline.injections.filter((record) => record.acting !== undefined);
  if (made.length === 0) return { run, baseline: run };
  const origin = clamp(Math.min(...made.map((record) => record.acting ?? end)), start, end);
  const over = clamp(Math.max(...made.map((record) => overAt(record) ?? end)), origin, end);
  return {
    run,
    baseline: { from: start, to: origin },
    fault: { from: origin, to: over },
    recovery: { from: over, to: end },
    sinceFault: { from: origin, to: end },
    origin,
  };
}

/** The first act, from just before to just after it: where its end was not recorded, the moment before it alone. */
export function firstActOf(injections: readonly InjectionRecord[]): Span | undefined {
  let first: Span | undefined;
  for (const { acting, acted } of injections)
    if (acting !== undefined && (first === undefined || acting < first.from))
      first = { from: acting, to: Math.max(acting, acted ?? acting) };
  return first;
}

/** When an injection was over; undefined where the recording does not say that it was. */
export function overAt(record: InjectionRecord): Nanos | undefined {
  if (record.instant === true || record.undoes.length === 0) return record.recovered;
  return record.undone ?? record.recovered;
}

/** Injections of which the target was not proven to be as before. */
export const unrestored = (timeline: Timeline): InjectionRecord[] =>
  timeline.injections.filter((record) => record.acting !== undefined && record.recovered === undefined);

const clamp = (t: Nanos, from: Nanos, to: Nanos): Nanos => Math.min(Math.max(t, from), to);

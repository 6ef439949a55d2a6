import type { FaultEntry } from '../../model/experiment.ts';

/** When an entry is expected to be injected and to be undone, in seconds from the end of the baseline. */
export interface Scheduled {
  id: string;
  start_s: number;
  end_s: number;
}

export interface Schedule {
  entries: Scheduled[];
  /** The first injection, from which `at` and all times of measures count. */
  first_s: number;
  /** The last undo. */
  end_s: number;
}

export interface ScheduleOptions {
  /** `timing.hold` */
  hold_s: number;
  /** Its fault is over when its effect is. */
  isInstant: (entry: FaultEntry) => boolean;
}

/**
 * The expected times of all entries: acting and undoing are taken to need no time, `until` all of its `within`. What
 * has no `for` is held until the last that has one ends, or, if it starts later, for `hold`; where none has one,
 * `hold` after the last start. An instant entry ends as it starts. `after` must lead to no circle.
 */
export function scheduleOf(faults: readonly FaultEntry[], options: ScheduleOptions): Schedule {
  if (faults.length === 0) return { entries: [], first_s: 0, end_s: 0 };
  const planning: Planning = {
    faults,
    starts: new Map(),
    first: firstStart(faults),
    ...options,
  };
  const starts = faults.map((entry) => startOf(planning, entry));
  const timed = faults.filter((entry) => entry.for_s !== undefined).map((entry) => fixedEnd(planning, entry));
  const release = timed.length > 0 ? Math.max(...timed) : Math.max(...starts) + options.hold_s;
  const entries = faults.map((entry): Scheduled => {
    const start_s = startOf(planning, entry);
    const open = entry.for_s === undefined && !options.isInstant(entry);
    const held = start_s < release ? release : start_s + options.hold_s;
    return { id: entry.id, start_s, end_s: open ? held : fixedEnd(planning, entry) };
  });
  return {
    entries,
    first_s: Math.min(...starts),
    end_s: Math.max(...entries.map(({ end_s }) => end_s)),
  };
}

interface Planning extends ScheduleOptions {
  faults: readonly FaultEntry[];
  starts: Map<string, number>;
  first: number;
}

const waits = (entry: FaultEntry): number => entry.until?.within_s ?? 0;

/** When the first injection happens: of what starts by itself, or, where all have an `at`, the earliest of them. */
function firstStart(faults: readonly FaultEntry[]): number {
  const own = faults.filter(({ start }) => start.on === 'begin').map(waits);
  return own.length === 0 ? 0 : Math.min(...own);
}

function startOf(planning: Planning, entry: FaultEntry): number {
  const known = planning.starts.get(entry.id);
  if (known !== undefined) return known;
  const start = baseOf(planning, entry) + waits(entry);
  planning.starts.set(entry.id, start);
  return start;
}

function baseOf(planning: Planning, { start }: FaultEntry): number {
  switch (start.on) {
    case 'begin':
      return 0;
    case 'time':
      return planning.first + start.at_s - earliestAt(planning.faults);
    default: {
      const of = planning.faults.find(({ id }) => id === start.of);
      if (of === undefined) return 0;
      return start.on === 'effect' ? startOf(planning, of) : fixedEnd(planning, of);
    }
  }
}

/** Where nothing starts by itself, the earliest `at` is the start. */
function earliestAt(faults: readonly FaultEntry[]): number {
  if (faults.some(({ start }) => start.on === 'begin')) return 0;
  return Math.min(...faults.flatMap(({ start }) => (start.on === 'time' ? [start.at_s] : [])));
}

const fixedEnd = (planning: Planning, entry: FaultEntry): number =>
  startOf(planning, entry) + (entry.for_s ?? 0);

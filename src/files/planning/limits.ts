import type { Candidates } from '../../model/contracts/fault.ts';
import type { FaultEntry, Limits } from '../../model/experiment.ts';
import type { Radius } from '../../model/plan.ts';
import type { Problem } from '../../model/result.ts';
import { formatPercent } from '../../model/units.ts';

/** How far one entry reaches. */
export interface Reach {
  entry: FaultEntry;
  radius: Radius;
}

/** The radius of so many targets chosen; the percent of a redundant set where there is one. */
export function radiusOf(chosen: number, { set }: Pick<Candidates, 'set'>): Radius {
  if (set === undefined || set.size <= 0) return { targets: chosen };
  const percent = Math.min(100, (100 * set.takenEach * chosen) / set.size);
  return { targets: chosen, percent, of: set.name };
}

/** The most of something at the same time, and the entries that make it up. */
export interface Peak {
  total: number;
  ids: readonly string[];
}

/**
 * The largest sum of weights over entries that can live at the same time. Only `after: x.undone` keeps two entries
 * apart: times alone do not, because an undo may take longer than planned. Each entry comes after at most one other,
 * so the entries are trees, and the sum is found from the leaves up: an entry with what comes while it is held, and
 * either itself or what comes after its undo.
 */
export function peakOf(faults: readonly FaultEntry[], weight: (entry: FaultEntry) => number): Peak {
  const ids = new Set(faults.map(({ id }) => id));
  const after = (of: FaultEntry, on: 'effect' | 'undone'): FaultEntry[] =>
    faults.filter(({ start }) => start.on === on && start.of === of.id);
  const peakFrom = (entry: FaultEntry): Peak => {
    const own = { total: weight(entry), ids: [entry.id] };
    const later = sum(after(entry, 'undone').map(peakFrom));
    return sum([...after(entry, 'effect').map(peakFrom), own.total >= later.total ? own : later]);
  };
  const roots = faults.filter(({ start }) => !('of' in start) || !ids.has(start.of));
  const peak = sum(roots.map(peakFrom));
  return {
    total: peak.total,
    ids: peak.ids.filter((id) => faults.some((one) => one.id === id && weight(one) > 0)),
  };
}

const sum = (peaks: readonly Peak[]): Peak => ({
  total: peaks.reduce((total, peak) => total + peak.total, 0),
  ids: peaks.flatMap((peak) => peak.ids),
});

/** Sums of percentages such as 3 x 33.3 must not exceed a limit by their rounding. */
const ROUNDING = 1e-6;

/** Entries that together reach further than the system allows, in targets and in each redundant set. */
export function limitProblems(reaches: readonly Reach[], limits: Limits): Problem[] {
  const faults = reaches.map(({ entry }) => entry);
  const radius = (entry: FaultEntry): Radius | undefined =>
    reaches.find((reach) => reach.entry === entry)?.radius;
  const targets = peakOf(faults, (entry) => radius(entry)?.targets ?? 0);
  const sets = [...new Set(reaches.flatMap((reach) => reach.radius.of ?? []))];
  const percents = sets.map((name) => ({
    name,
    peak: peakOf(faults, (entry) => (radius(entry)?.of === name ? (radius(entry)?.percent ?? 0) : 0)),
  }));
  return [
    ...(targets.total > limits.targets ? [tooMany(targets, { faults, limits })] : []),
    ...percents
      .filter(({ peak }) => peak.total > limits.percent + ROUNDING)
      .map(({ name, peak }) => tooMuch(peak, { faults, limits, name })),
  ];
}

function tooMany(peak: Peak, { faults, limits }: { faults: readonly FaultEntry[]; limits: Limits }): Problem {
  return {
    code: 'limit-exceeded',
    message: `${named(peak)} would break ${peak.total} targets${together(peak)}`,
    ...placeOf(peak, faults),
    found: String(peak.total),
    expected: `at most ${limits.targets} at the same time (limits.targets of the system file)`,
    fix: `${fewer(peak)}, or raise \`limits.targets\`.`,
  };
}

function tooMuch(
  peak: Peak,
  { faults, limits, name }: { faults: readonly FaultEntry[]; limits: Limits; name: string },
): Problem {
  const percent = rounded(peak.total);
  return {
    code: 'limit-exceeded',
    message: `${named(peak)} would take away ${percent} of the ${name}${together(peak)}`,
    ...placeOf(peak, faults),
    found: percent,
    expected: `at most ${formatPercent(limits.percent)} (limits.percent of the system file)`,
    fix: `${fewer(peak)}, or raise \`limits.percent\`.`,
  };
}

const rounded = (percent: number): string => formatPercent(Math.round(percent * 10) / 10);
const named = ({ ids }: Peak): string => ids.map((id) => `\`${id}\``).join(' and ');
const together = ({ ids }: Peak): string => (ids.length > 1 ? ' at the same time' : '');
const fewer = ({ ids }: Peak): string =>
  ids.length > 1 ? `Let \`${ids[1]}\` come \`after: ${ids[0]}.undone\`` : 'Pick fewer';

function placeOf({ ids }: Peak, faults: readonly FaultEntry[]): Pick<Problem, 'at'> {
  const entry = faults.find(({ id }) => id === ids.at(-1));
  return entry === undefined ? {} : { at: entry.at };
}

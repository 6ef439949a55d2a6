import type { Candidates } from '../../model/contracts/fault.ts';
import type { Random } from '../../model/contracts/world.ts';
import type { FaultEntry } from '../../model/experiment.ts';
import type { Target } from '../../model/injection.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';

/** Of what use a stream of chance is: each entry has its own, so that a change of one shifts no other. */
export const pickPurpose = (entry: Pick<FaultEntry, 'id'>): string => `pick ${entry.id}`;

/**
 * Draws an entry's targets from what matches now. The candidates are sorted by name first, so the same seed chooses
 * the same among the same. A percentage is rounded down, but never to none.
 */
export function chooseTargets(entry: FaultEntry, candidates: Candidates, random: Random): Result<Target[]> {
  const found = [...candidates.found].sort(byName);
  if (found.length === 0) return fail(nothingFound(entry));
  const count = countOf(entry.pick, found.length);
  if (count > found.length) return fail(tooFew(entry, count, found));
  return ok(count === found.length ? found : random.pick(found, count).sort(byName));
}

const byName = (a: Target, b: Target): number => compare(a.name, b.name) || compare(a.id, b.id);

/** By code points: the same on every machine, whatever its language. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** How many are drawn from so many. */
export function countOf(pick: FaultEntry['pick'], candidates: number): number {
  if (pick === 'all') return candidates;
  if ('count' in pick) return pick.count;
  return Math.max(1, Math.floor((candidates * pick.percent) / 100));
}

const nothingFound = (entry: FaultEntry): Problem => ({
  code: 'target-missing',
  message: `\`${entry.id}\`: nothing matches its target`,
  at: entry.at,
  found: JSON.stringify(entry.target),
  fix: 'Correct `target:`, or start what it names.',
});

const tooFew = (entry: FaultEntry, count: number, found: readonly Target[]): Problem => ({
  code: 'target-missing',
  message: `\`${entry.id}\` picks ${count}, and only ${found.length} match its target`,
  at: entry.at,
  found: found.map(({ name }) => name).join(', '),
  expected: `at least ${count}`,
  fix: 'Pick fewer, or `pick: all`.',
});

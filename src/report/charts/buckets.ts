import { nearestRank } from '../../judge/measures/percentile.ts';
import { MISSED, OK, type Operation } from '../../model/series.ts';
import { NANOS_PER_MILLISECOND, NANOS_PER_SECOND, type Nanos, type Span } from '../../model/time.ts';
import type { Stretch } from './chart.ts';

/** What happened to a load in one stretch of time; `null` where nothing can be said. */
export interface Bucket {
  /** Seconds from the first injection. */
  from: number;
  to: number;
  observed: boolean;
  /** How many should have started here, without those that we could not send ourselves. */
  count: number;
  failed: number;
  missed: number;
  byKind: ReadonlyMap<string, number>;
  /** How many were sent here, and how many succeeded here, whenever they should have started. */
  sent: number;
  succeeded: number;
  sent_per_s: number | null;
  answered_per_s: number | null;
  succeeded_per_s: number | null;
  /** Of those that should have started here and had an end, in milliseconds, smallest first. */
  latencies: readonly number[];
  p50_ms: number | null;
  p95_ms: number | null;
  max_ms: number | null;
  service_p95_ms: number | null;
}

const sizes = [0.5, 1, 2, 5, 10, 30, 60, 120, 300];

/** The bucket's length for a run of so many seconds: at most about 160 buckets. */
export const bucketSize = (run_s: number): number => sizes.find((size) => run_s / size <= 160) ?? 600;

interface Tally {
  ops: Operation[];
  sent: number;
  answered: number;
  succeeded: number;
}

interface Cut {
  zero: Nanos;
  span: Span;
  size_s: number;
  gaps: readonly Span[];
}

/** Edges lie on multiples of the size from the first injection, so that no bucket mixes before and after. */
export function cutOperations(operations: readonly Operation[], cut: Cut): Bucket[] {
  const size = cut.size_s * NANOS_PER_SECOND;
  const index = (t: Nanos): number => Math.floor((t - cut.zero) / size);
  const first = index(cut.span.from);
  const last = index(cut.span.to - 1);
  const tallies = Array.from(
    { length: Math.max(0, last - first + 1) },
    (): Tally => ({ ops: [], sent: 0, answered: 0, succeeded: 0 }),
  );
  const at = (t: Nanos | null): Tally | undefined => (t === null ? undefined : tallies[index(t) - first]);
  for (const operation of operations) {
    at(operation.intended)?.ops.push(operation);
    const sent = at(operation.sent);
    if (sent !== undefined) sent.sent += 1;
    const done = at(operation.done);
    if (done === undefined) continue;
    if (operation.kind === OK) done.succeeded += 1;
    if (operation.kind === OK || operation.status !== undefined) done.answered += 1;
  }
  return tallies.map((tally, offset) => summarise(tally, cut, first + offset));
}

function summarise(tally: Tally, cut: Cut, index: number): Bucket {
  const size = cut.size_s * NANOS_PER_SECOND;
  const from = cut.zero + index * size;
  const [start, end] = [Math.max(from, cut.span.from), Math.min(from + size, cut.span.to)];
  const covered = (end - start) / NANOS_PER_SECOND;
  const blind = cut.gaps.some((gap) => gap.from < end && gap.to > start);
  const observed = !blind && covered >= cut.size_s * 0.9;
  const rate = (count: number): number | null => (observed ? count / covered : null);
  const tried = tally.ops.filter((operation) => operation.kind !== MISSED);
  const sort = (values: number[]): number[] => values.sort((a, b) => a - b);
  const latencies = sort(
    tried.flatMap((of) => (of.done === null ? [] : [(of.done - of.intended) / NANOS_PER_MILLISECOND])),
  );
  const service = sort(
    tried.flatMap((of) =>
      of.done === null || of.sent === null ? [] : [(of.done - of.sent) / NANOS_PER_MILLISECOND],
    ),
  );
  return {
    from: (from - cut.zero) / NANOS_PER_SECOND,
    to: (from + size - cut.zero) / NANOS_PER_SECOND,
    observed,
    count: tried.length,
    failed: tried.filter((of) => of.kind !== OK).length,
    missed: tally.ops.length - tried.length,
    byKind: countKinds(tried),
    sent: tally.sent,
    succeeded: tally.succeeded,
    sent_per_s: rate(tally.sent),
    answered_per_s: rate(tally.answered),
    succeeded_per_s: rate(tally.succeeded),
    latencies,
    p50_ms: nearestRank(latencies, 50) ?? null,
    p95_ms: nearestRank(latencies, 95) ?? null,
    max_ms: latencies.at(-1) ?? null,
    service_p95_ms: nearestRank(service, 95) ?? null,
  };
}

function countKinds(operations: readonly Operation[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { kind } of operations) if (kind !== OK) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

const LIMITED_BUCKET: Nanos = 100 * NANOS_PER_MILLISECOND;

/**
 * Where our own load was late: what its schedule error says, and the 100 ms buckets (by intended start) in which an
 * operation was missed. Stretches less than a second apart are joined.
 */
export function limitedStretches(
  late: readonly Span[],
  operations: readonly Operation[],
  zero: Nanos,
): Stretch[] {
  const missed = operations.filter(({ kind }) => kind === MISSED).map(({ intended }) => bucketAt(intended));
  const stretches = [...late, ...missed]
    .sort((a, b) => a.from - b.from)
    .map(({ from, to }) => ({ from: (from - zero) / NANOS_PER_SECOND, to: (to - zero) / NANOS_PER_SECOND }));
  return joined(stretches, 1);
}

const bucketAt = (t: Nanos): Span => {
  const from = Math.floor(t / LIMITED_BUCKET) * LIMITED_BUCKET;
  return { from, to: from + LIMITED_BUCKET };
};

/** Joins stretches that lie less than `apart` seconds from each other; they must be in order. */
export function joined(stretches: readonly Stretch[], apart: number): Stretch[] {
  const result: Stretch[] = [];
  for (const stretch of stretches) {
    const last = result.at(-1);
    if (last !== undefined && stretch.from - last.to < apart) last.to = Math.max(last.to, stretch.to);
    else result.push({ ...stretch });
  }
  return result;
}

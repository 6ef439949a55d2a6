import { isJudged } from '../view.ts';
import type { Bucket } from './buckets.ts';
import { ENOUGH_OPERATIONS, type Judged, MOST_BAD, SUSTAINED_S } from './health.ts';
import type { Load } from './load.ts';

/** How many operations were bad, and of how many. */
export interface Crowd {
  bad: number;
  of: number;
}

type Count = (bucket: Bucket) => Crowd;

export function summed(buckets: readonly Bucket[], count: Count): Crowd {
  const total: Crowd = { bad: 0, of: 0 };
  for (const bucket of buckets) {
    const { bad, of } = count(bucket);
    total.bad += bad;
    total.of += of;
  }
  return total;
}

const isOver = ({ bad, of }: Crowd): boolean => bad > of * MOST_BAD;

/**
 * Judges the stretches of a load: out where more than `MOST_BAD` of a stretch was bad, and of the operations around it
 * too where it holds too few to tell.
 */
export function judge(load: Load, count: Count): Judged[] {
  if (!isJudged(load.view)) return [];
  return withoutHoles(
    load.buckets.map((bucket, index) => {
      const { from, to, observed } = bucket;
      const crowd = count(bucket);
      if (!observed || crowd.of === 0) return { from, to, out: null, idle: observed && bucket.count === 0 };
      return { from, to, out: isOver(crowd) && isOver(around(load.buckets, index, count)), idle: false };
    }),
  );
}

/** A stretch and its nearest neighbours, as many on both sides as hold enough operations; never across the injection or a gap. */
function around(buckets: readonly Bucket[], index: number, count: Count): Crowd {
  const isAfter = (buckets[index]?.from ?? 0) >= 0;
  const belongs = (at: number): boolean => {
    const bucket = buckets[at];
    return bucket?.observed === true && bucket.from >= 0 === isAfter;
  };
  let [first, last] = [index, index];
  for (;;) {
    const crowd = summed(buckets.slice(first, last + 1), count);
    const [before, after] = [belongs(first - 1), belongs(last + 1)];
    // One operation alone proves nothing, however few there were in all.
    if (crowd.of >= ENOUGH_OPERATIONS) return crowd;
    if (!before && !after) return crowd.bad > 1 ? crowd : { bad: 0, of: crowd.of };
    if (before) first -= 1;
    if (after) last += 1;
  }
}

/** A slow load has stretches in which nothing should have started: short ones are as both of their neighbours are. */
function withoutHoles(judged: readonly (Judged & { idle: boolean })[]): Judged[] {
  return judged.map(({ from, to, out, idle }, index) => {
    if (!idle) return { from, to, out };
    const before = judged.slice(0, index).findLast((one) => !one.idle);
    const after = judged.slice(index + 1).find((one) => !one.idle);
    const isShort = before !== undefined && after !== undefined && after.from - before.to < SUSTAINED_S;
    return { from, to, out: isShort && before.out === after.out ? before.out : null };
  });
}

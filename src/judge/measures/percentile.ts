/**
 * The exact percentile by nearest rank: the smallest value that at least `percent` % of the values do not exceed.
 * `sorted` ascends; undefined where it is empty.
 */
export function nearestRank(sorted: ArrayLike<number>, percent: number): number | undefined {
  if (sorted.length === 0) return undefined;
  // 99.9 % of 1000 must be the 999th, although 0.999 * 1000 is a little more than 999 in floating point.
  const rank = Math.ceil(Number(((percent / 100) * sorted.length).toPrecision(12)));
  return sorted[Math.min(Math.max(rank, 1), sorted.length) - 1];
}

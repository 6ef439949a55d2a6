import { numberText } from '../words.ts';
import { type LoadSecond, median } from './buckets.ts';

/** p50 has risen with p95 where it is over this many times its baseline, and by so many ms. */
const FACTOR = 1.5;
const LEAST_MS = 2;

/** The rule, for docs/measures.md. */
export const tailRule = `Where p95 rises, its sentence names what p50 does in the same second. A *tail*: p50 stays, so few operations are much slower (a slow member, a
retry, a queue that is full at times). A *shift*: p50 rises too (over ${FACTOR} times the median of its baseline, and by ${LEAST_MS} ms), so all of them are.`;

/** `a tail: p50 stayed at 4.1 ms`, of a second in which p95 is high; seconds before 0 are its baseline. */
export function tailOrShift(seconds: readonly LoadSecond[], second: number): string {
  const high = seconds.find((one) => one.second === second);
  const before = median(seconds.filter((one) => one.second < 0).map(p50));
  if (high === undefined || Number.isNaN(before)) return '';
  const now = p50(high);
  return now > FACTOR * before && now > before + LEAST_MS
    ? `a shift: p50 rose too, from ${numberText(before)} ms to ${numberText(now)} ms`
    : `a tail: p50 was ${numberText(now)} ms, before ${numberText(before)} ms`;
}

const p50 = ({ operations }: LoadSecond): number =>
  median(operations.map(({ intended, done }) => (done - intended) / 1e6));

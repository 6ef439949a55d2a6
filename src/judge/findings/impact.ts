import type { Impact } from '../../model/verdict.ts';
import type { MeasureContext } from '../measure.ts';
import { bucketsOf, type LoadSecond, loadSeconds, loadsOf, median } from './buckets.ts';

/** The rule, for docs/measures.md. */
export const impactRule = `Of all loads (where there is none: of the probes ping, tcp and dns), second by second from the first injection on, against the seconds before it:

- **failing**: at least two operations failed after the injection, and either their share is more than 0.1 percentage points
  above the baseline's, or half or more failed in one second.
- **slow**: the p95 of at least two seconds is over twice the baseline's median and over 50 ms more than it.
- **both**, or **none** of these; **unknown** without a load (a probe that meets no trouble says nothing of users), with less than 5 s of baseline, or where over a tenth of the time after the
  injection was not observed.`;

const FAILING_SHARE = 0.001;
const SLOW_FACTOR = 2;
const SLOW_MS = 50;
const FEWEST_SECONDS = 5;

/** What users felt (see `impactRule`). */
export function impactOf({ signals, samples, windows, timeline }: MeasureContext): Impact {
  const buckets = bucketsOf(windows);
  const users = signals.filter(({ probe }) => probe !== true);
  const hasUsers = loadsOf(users).length > 0;
  const loads = loadsOf(hasUsers ? users : signals).map((load) =>
    loadSeconds({ ...load, samples, jumps: timeline.jumps }, buckets),
  );
  const wanted = buckets.filter(({ second }) => second >= 0).length;
  const judged = loads.map((seconds) => impactOfLoad(seconds, wanted));
  const slow = judged.some((one) => one.slow);
  const failing = judged.some((one) => one.failing);
  if (slow || failing) return slow && failing ? 'both' : slow ? 'slow' : 'failing';
  return !hasUsers || judged.some((one) => !one.known) ? 'unknown' : 'none';
}

function impactOfLoad(
  seconds: readonly LoadSecond[],
  wanted: number,
): { known: boolean; slow: boolean; failing: boolean } {
  const before = seconds.filter(({ second }) => second < 0);
  const after = seconds.filter(({ second }) => second >= 0);
  const known = before.length >= FEWEST_SECONDS && wanted > 0 && after.length >= 0.9 * wanted;
  if (before.length < FEWEST_SECONDS) return { known, slow: false, failing: false };
  const failed = after.reduce((sum, { ended }) => sum + ended.failed.length, 0);
  const above = errorRate(after) - errorRate(before);
  const halfFailed = after.some(({ errorRate: rate }) => rate >= 0.5);
  const normal = median(before.map(({ p95_ms }) => p95_ms));
  const slow = after.filter(({ p95_ms }) => p95_ms > SLOW_FACTOR * normal && p95_ms > normal + SLOW_MS);
  return { known, slow: slow.length >= 2, failing: failed >= 2 && (above > FAILING_SHARE || halfFailed) };
}

function errorRate(seconds: readonly LoadSecond[]): number {
  const all = seconds.reduce((sum, { operations }) => sum + operations.length, 0);
  const failed = seconds.reduce((sum, { ended }) => sum + ended.failed.length, 0);
  return all === 0 ? 0 : failed / all;
}

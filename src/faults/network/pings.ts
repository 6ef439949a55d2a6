import type { Attempt } from './attempts.ts';

/** A probe on a host is given 14 s (`keep.ts`), and a run asks for 60 s whether an effect is seen. */
const MOST = 500;
const LEAST = 3;
/** How sure one look shall be to see a loss, where so many pings are enough. */
const SURE = 0.999;
const WHOLE = 100;

/**
 * Pings of each attempt, so that of all together at least one is lost for sure, as far as one look has time for them.
 * `loss` in percent.
 */
export function pingsFor(loss: number, attempts: readonly Attempt[]): number {
  const needed = loss >= WHOLE ? 1 : Math.ceil(Math.log(1 - SURE) / Math.log1p(-loss / WHOLE));
  const peers = attempts.filter(([protocol]) => protocol === 'icmp').length;
  return Math.max(LEAST, Math.ceil(Math.min(MOST, needed) / Math.max(1, peers)));
}

import { bounded, type Measured, unknown } from '../../model/measure.ts';
import { arithmetic, type Interval, intervalOf } from '../expression/interval.ts';
import { NO_UPPER_BOUND } from '../words.ts';

/** How a measure of one run differs from that of another; each is known only as well as both measures are. */
export interface Change {
  /** The one minus the other, in the measure's unit. */
  difference: Measured;
  /** The one over the other; unknown where the other is not surely above 0. */
  ratio: Measured;
}

/** What became of `base` in `other`: an unknown side leaves both unknown, bounds stay bounds. */
export function changeOf(base: Measured, other: Measured): Change {
  const [before, after] = [intervalOf(base), intervalOf(other)];
  if (before === undefined || after === undefined) {
    const none = unknown(whyNone(base, other));
    return { difference: none, ratio: none };
  }
  return {
    difference: measuredOf(arithmetic('-', after, before)),
    ratio:
      before.min > 0
        ? measuredOf(arithmetic('/', after, before))
        : unknown('the run that it is compared with may have 0'),
  };
}

function whyNone(base: Measured, other: Measured): string {
  if (other.is === 'unknown') return other.why;
  return base.is === 'unknown' ? base.why : 'it is no number';
}

/** An interval as a measure; open to both sides is unknown. */
export function measuredOf(interval: Interval | undefined): Measured {
  if (interval === undefined) return unknown('it cannot be told');
  const min = Number.isFinite(interval.min) ? interval.min : -NO_UPPER_BOUND;
  const max = Number.isFinite(interval.max) ? interval.max : NO_UPPER_BOUND;
  if (min === -NO_UPPER_BOUND && max === NO_UPPER_BOUND) return unknown('it can be anything');
  return bounded(min, max);
}

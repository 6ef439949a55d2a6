import { NANOS_PER_MILLISECOND, NANOS_PER_SECOND, type Nanos } from '../../model/time.ts';

/** The grid on which the schedule error is told. */
export const BUCKET: Nanos = 100 * NANOS_PER_MILLISECOND;

/** When operations should start: evenly spaced, computed from the count, so errors do not add up. */
export class Schedule {
  readonly #start: Nanos;
  readonly #interval: Nanos;
  #taken = 0;

  constructor(start: Nanos, rate_per_s: number) {
    this.#start = start;
    this.#interval = NANOS_PER_SECOND / rate_per_s;
  }

  /** The intended start of the next operation. */
  get next(): Nanos {
    return Math.round(this.#start + this.#taken * this.#interval);
  }

  /** Takes the next operation if it is due. */
  take(now: Nanos): Nanos | undefined {
    const intended = this.next;
    if (intended > now) return undefined;
    this.#taken += 1;
    return intended;
  }
}

/** The worst lateness of our own loop in one bucket. */
export interface BucketError {
  /** The bucket's start. */
  t: Nanos;
  error: Nanos;
}

/** Collects how late our own loop was, per bucket. */
export class Lateness {
  #first: number;
  #worst: Nanos[] = [];

  constructor(start: Nanos) {
    this.#first = Math.floor(start / BUCKET);
  }

  /**
   * The loop should have run at `expected` and did at `actual`. Every bucket between was blind for us: an
   * operation due in it would have started `actual` minus its own time late.
   */
  note(expected: Nanos, actual: Nanos): void {
    const from = Math.max(Math.floor(expected / BUCKET), this.#first);
    for (let bucket = from; bucket <= Math.floor(actual / BUCKET); bucket += 1) {
      this.mark(bucket * BUCKET, actual - Math.max(expected, bucket * BUCKET));
    }
  }

  /** An operation due at `t`, or about then, starts late by `error`. */
  mark(t: Nanos, error: Nanos): void {
    const at = Math.floor(t / BUCKET) - this.#first;
    if (at >= 0) this.#worst[at] = Math.max(this.#worst[at] ?? 0, error);
  }

  /** The buckets that ended before `until`, once each, in order. */
  take(until: Nanos): BucketError[] {
    const count = Math.max(0, Math.floor(until / BUCKET) - this.#first);
    const taken = Array.from({ length: count }, (_, at) => ({
      t: (this.#first + at) * BUCKET,
      error: this.#worst[at] ?? 0,
    }));
    this.#worst = this.#worst.slice(count);
    this.#first += count;
    return taken;
  }
}

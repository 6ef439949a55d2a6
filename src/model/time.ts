/**
 * Nanoseconds on our monotonic clock since the run's start. A double holds them exactly for 104 days.
 */
export type Nanos = number;

export const NANOS_PER_SECOND = 1e9;
export const NANOS_PER_MILLISECOND = 1e6;

/** A stretch of time, from inclusive, to exclusive. */
export interface Span {
  from: Nanos;
  to: Nanos;
}

/** Seconds between two moments. */
export const secondsBetween = (from: Nanos, to: Nanos): number => (to - from) / NANOS_PER_SECOND;

export const seconds = (value: number): Nanos => value * NANOS_PER_SECOND;

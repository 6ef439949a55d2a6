import type { Occurrence, Operation, Point } from './series.ts';
import type { Nanos, Span } from './time.ts';

/** `signal.series`, as the recording names them. */
export type SeriesKey = string;

export const seriesKey = (signal: string, series: string): SeriesKey => `${signal}.${series}`;

/** A stretch in which a signal did not observe, and why. */
export interface Blind extends Span {
  why: string;
}

/**
 * What measures are computed from. The live buffer and the recording's reader both implement it, so the
 * same code decides `abort` during a run and the verdict after it. All lists are ordered by time.
 */
export interface Samples {
  /** Nothing is known from here on: the end of the recording, or now. */
  readonly end: Nanos;
  /** Operations whose intended start lies in the span. */
  operations(series: SeriesKey, span: Span): readonly Operation[];
  /** Points in the span, preceded by the one valid at its start if there is one (its `t` is before the span). */
  points(series: SeriesKey, span: Span): readonly Point[];
  events(series: SeriesKey, span: Span): readonly Occurrence[];
  /**
   * The stretches of the span in which the series' signal did not observe: before it started, after it
   * stopped, while it was cut off. Nothing may be concluded from silence inside one.
   */
  gaps(series: SeriesKey, span: Span): readonly Span[];
  /** What the signal itself said of why it did not observe: for people, and only where a recording keeps it. */
  whyBlind?(series: SeriesKey, span: Span): readonly Blind[];
}

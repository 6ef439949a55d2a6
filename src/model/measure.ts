/** A measure's value or why there is none (design, section 6). Numbers are never NaN; null never stands for unknown. */
export type Measured =
  | { is: 'value'; value: number | string | boolean }
  /** Not enough was observed. */
  | { is: 'unknown'; why: string }
  /** The event did not come while we watched without a gap for this long: more than `over`. */
  | { is: 'censored'; over: number }
  /** A poll saw it between two times. */
  | { is: 'bounded'; min: number; max: number };

/** Kleene's three values: what an expression over measures comes to. */
export type Truth = 'true' | 'false' | 'unknown';

export type MeasureWindow = 'baseline' | 'fault' | 'recovery' | 'run';

/**
 * A measure as an expression names it. Without `window`, the context decides (design, section 3).
 * `key` is the text of `by_error["…"]` or the number of `above_s(x)`.
 */
export interface MeasureRef {
  /** The signal; absent for measures of the run itself such as `recovered_after_s`. */
  signal?: string;
  window?: MeasureWindow;
  series?: string;
  measure: string;
  key?: string | number;
  /** `signal.series.measure` as written, for messages and tables. */
  text: string;
}

export const value = (of: number | string | boolean): Measured => ({ is: 'value', value: of });
export const unknown = (why: string): Measured => ({ is: 'unknown', why });
export const censored = (over: number): Measured => ({ is: 'censored', over });
/** A bounded value; equal bounds are an exact value. */
export const bounded = (min: number, max: number): Measured =>
  min === max ? value(min) : { is: 'bounded', min, max };

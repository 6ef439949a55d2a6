import type { Measured, MeasureWindow } from './measure.ts';

/** A service level objective, as the system file writes it. */
export interface Slo {
  name: string;
  /** A signal of operations. */
  signal: string;
  /** How many of them must be good, in percent; less than 100. */
  objective_percent: number;
  /** Good is ok and within this time of when it should have started; absent: good is ok. */
  within_ms?: number;
  /** The stretch that the objective is for, in seconds. */
  window_s: number;
}

/** The operations of one window, good and all; bounded by what was not seen. */
export interface SloShare {
  window: MeasureWindow;
  good: Measured;
  total: Measured;
  /** good / total, 0 to 1. */
  share: Measured;
}

/** What a run did to one objective. */
export interface SloResult extends Slo {
  shares: readonly SloShare[];
  /** Over the fault window (the run where nothing was injected): the share that was bad / (1 - objective). */
  burnRate: Measured;
  /** The bad operations of the run, as a share of what the objective allows in its whole window at the run's own rate. */
  spent: Measured;
  /** Seconds after which the whole budget is gone at that burn rate; absent where nothing was bad. */
  goneAfter_s?: Measured;
  /** How many such runs the budget is good for; absent where nothing was bad. */
  repeats?: Measured;
}

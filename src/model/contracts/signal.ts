import type { z } from 'zod';
import type { Result } from '../result.ts';
import type { Occurrence, Operation, Point, SignalDescriptor } from '../series.ts';
import type { Nanos } from '../time.ts';
import type { Clock, Random, World } from './world.ts';

/**
 * Where a running signal writes what it sees. Writing never blocks and never throws; all text is redacted on the
 * way. Series are named without the signal.
 */
export interface Sink {
  operations(series: string, rows: readonly Operation[]): void;
  point(series: string, point: Point): void;
  event(series: string, occurrence: Occurrence): void;
  /** We do not observe from now on, and why; it ends with `observing`. A signal starts blind. */
  blind(why: string, since?: Nanos): void;
  observing(): void;
}

/** Keys that every signal may have beside its own block. */
export interface SignalOptions {
  /** Operations per second: makes the signal an open-loop load. */
  rate_per_s?: number;
  timeout_ms: number;
}

export interface SignalContext<W = World> {
  name: string;
  options: SignalOptions;
  world: W;
  clock: Clock;
  random: Random;
  sink: Sink;
  /** Ends the signal without ceremony; `stop` is the polite way. */
  signal: AbortSignal;
}

export interface RunningSignal {
  /** Ends sending, waits for what is in flight (at most its own timeout), writes the rest. */
  stop(): Promise<void>;
}

/** Something watched, or loaded. */
export interface Signal<C, W = World> {
  /** The key in the system file: `http`, `kubernetes.pods`. */
  kind: string;
  summary: string;
  config: z.ZodType<C>;
  /** Whether `rate` and `timeout` apply; the default rate where it does. */
  rated?: { defaultRate_per_s: number; defaultTimeout_ms: number };
  needs: readonly string[];
  /** A complete entry under `signals:`, in YAML. */
  example: string;
  /** What it will record, known before it starts, so expressions are checked against it. */
  describe(name: string, config: C): SignalDescriptor;
  /** Rights and reachability of what it watches; reads only. An unreachable target of a load is no Problem. */
  check?(world: W, config: C, signal: AbortSignal): Promise<Result<void>>;
  /** Starts; resolves when it observes. */
  start(context: SignalContext<W>, config: C): Promise<Result<RunningSignal>>;
}

/** A signal with its types forgotten, as registries hold it. */
export type AnySignal = Signal<unknown>;

/** Forgets a signal's own types; sound because the loader parses its block by `config` first. */
export function defineSignal<C>(signal: Signal<C>): AnySignal {
  return signal as unknown as AnySignal;
}

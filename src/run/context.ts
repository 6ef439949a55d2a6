import type { GuardSession } from '../guard/session.ts';
import type { Expression } from '../judge/expression/compile.ts';
import type { AnyFault, Ground, LockHolder } from '../model/contracts/fault.ts';
import type { AnySignal, Sink } from '../model/contracts/signal.ts';
import type { Clock, Random, World } from '../model/contracts/world.ts';
import type { Experiment, FaultEntry, System } from '../model/experiment.ts';
import type { Target } from '../model/injection.ts';
import type { Json } from '../model/json.ts';
import type { Result } from '../model/result.ts';
import type { Samples } from '../model/samples.ts';
import type { SignalDescriptor } from '../model/series.ts';
import type { Mark } from '../model/timeline.ts';
import type { RunEvent } from './events.ts';

/** What the run needs of the recording's writer. */
export interface Recorder {
  sink(signal: string): Sink;
  mark(mark: Mark): void;
  /** The system as a whole at a moment; a later one of the same name replaces it. */
  snapshot(name: string, body: Json): void;
  readonly live: Samples;
}

/** The expressions of the experiment, compiled against the signals' descriptors. */
export interface Conditions {
  steady: readonly Expression[];
  abort: readonly { when: Expression; for_s: number }[];
  until: ReadonlyMap<string, Expression>;
  /** The longest time that a prediction names, in seconds: the run watches at least that long. */
  longestTime_s: number;
}

/** Everything a run is given; `cli/` wires it. */
export interface RunContext {
  run: string;
  seed: string;
  version: string;
  experiment: Experiment;
  system: System;
  descriptors: readonly SignalDescriptor[];
  conditions: Conditions;
  faults: ReadonlyMap<string, AnyFault>;
  signals: ReadonlyMap<string, AnySignal>;
  /** Started beside the system's own signals, under the name `observer`. */
  observer: AnySignal;
  world: World;
  clock: Clock;
  random: (purpose: string) => Random;
  recorder: Recorder;
  guard: GuardSession;
  ground?: { ground: Ground; holder: LockHolder };
  /** Finds, draws and checks an entry's targets against the limits, as the plan did. */
  choose: (entry: FaultEntry, signal: AbortSignal) => Promise<Result<Target[]>>;
  /** ctrl-C, SIGTERM and `aftershock stop`: `reason` is the text. */
  interrupt: AbortSignal;
  emit: (event: RunEvent) => void;
}

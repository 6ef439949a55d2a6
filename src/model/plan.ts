import type { Experiment, Limits, MonitoringUse } from './experiment.ts';
import type { Target } from './injection.ts';
import type { SignalDescriptor } from './series.ts';
import type { Slo } from './slo.ts';

/** One entry under `faults:`, resolved against the system as it is now. */
export interface PlannedFault {
  entry: string;
  fault: string;
  /** What the seed chose; for a role, today's holder. Resolved again at injection. */
  targets: readonly Target[];
  /** Everything a role could move to. */
  possible: readonly Target[];
  /** `at 20s`, `after kill.undone`, `until …`. */
  when: string;
  for_s?: number;
  does: readonly string[];
  undoes: readonly string[];
  notes: readonly string[];
  guarantee: string;
  radius: Radius;
}

/** How far a fault reaches; `percent` of the redundant set it reduces, where there is one. */
export interface Radius {
  targets: number;
  percent?: number;
  of?: string;
}

/** `plan.json`, version 1: what would be, or was, done. No secrets. */
export interface RunPlan {
  version: 1;
  seed: string;
  experiment: Experiment;
  system: {
    file: string;
    name: string;
    /** Where it is, in words: `cluster practice (https://127.0.0.1:…), namespace poll-app`. */
    where: string;
    limits: Limits;
    slo?: readonly Slo[];
    monitoring?: MonitoringUse;
  };
  signals: readonly SignalDescriptor[];
  /** One line a signal for people: `votes: POST http://… at 50/s, timeout 2 s`. */
  watched: readonly { name: string; text: string }[];
  faults: readonly PlannedFault[];
  /** Expected seconds, without an extended recovery. */
  total_s: number;
  versions: Readonly<Record<string, string>>;
  /** The command line that does it again, where no file was named: `aftershock load …`, without the seed. */
  command?: readonly string[];
}

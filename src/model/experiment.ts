import type { JsonObject } from './json.ts';
import type { Place } from './result.ts';
import type { Slo } from './slo.ts';

/** An expression as written, with its place for messages. */
export interface ExpressionText {
  text: string;
  at: Place;
}

/** When an entry starts. Seconds count from the first injection. */
export type Start =
  | { on: 'begin' }
  | { on: 'time'; at_s: number }
  /** `after: id` = its effect is proven; `after: id.undone` = its undo is over. */
  | { on: 'effect' | 'undone'; of: string };

export interface FaultEntry {
  id: string;
  fault: string;
  /** `target:` without `pick`, parsed by the fault's schema. */
  target: unknown;
  pick: { count: number } | { percent: number } | 'all';
  params: JsonObject;
  start: Start;
  /** Waits, after `start`, for the condition; at most `within_s`. */
  until?: { condition: ExpressionText; within_s: number };
  /** Absent: held until the last timed one ends, or `timing.hold`. */
  for_s?: number;
  at: Place;
}

export interface Prediction {
  id: string;
  expect: ExpressionText;
  /** 0.5 to 1 by habit, 0 to 1 allowed; absent: judged, not scored. */
  confidence?: number;
}

export interface AbortRule {
  when: ExpressionText;
  for_s: number;
}

/** All in seconds. */
export interface Timing {
  baseline: number;
  watch: number;
  hold: number;
  sliding: number;
  steady_for: number;
  recover_within: number;
}

export const defaultTiming: Timing = {
  baseline: 15,
  watch: 30,
  hold: 30,
  sliding: 5,
  steady_for: 5,
  recover_within: 300,
};

/** An experiment, loaded and checked. */
export interface Experiment {
  file: string;
  title: string;
  question: string;
  steady: ExpressionText[];
  faults: FaultEntry[];
  predict: Prediction[];
  abort: AbortRule[];
  timing: Timing;
}

export interface SignalEntry {
  name: string;
  kind: string;
  /** Parsed by the signal's schema; secrets resolved: never recorded, never shown. */
  config: unknown;
  rate_per_s?: number;
  timeout_ms: number;
}

export interface Limits {
  targets: number;
  percent: number;
  duration_s: number;
  /** Namespaces that may be touched although they are protected by default. */
  allow: readonly string[];
  /** Namespaces and names that must never be touched. */
  protect: readonly string[];
}

export const defaultLimits: Limits = { targets: 1, percent: 50, duration_s: 300, allow: [], protect: [] };

/** What a lab's programs are told besides: by deployment, the text of each environment variable. */
export type LabSettings = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What a system file may say of a lab. */
export interface LabKind {
  name: string;
  /** The variables that each of its deployments can be given. */
  variables: Readonly<Record<string, readonly string[]>>;
  /** The names of its machines, where it is no cluster. */
  hosts?: readonly string[];
}

/** A lab as the system file names it. */
export interface LabUse {
  name: string;
  /** None unless told. */
  settings?: LabSettings;
  /** Where its first NodePort listens, so that two labs can run beside each other. */
  port?: number;
  /** The names of the machines that it brings, where it is no cluster. */
  hosts?: readonly string[];
}

export interface KubernetesUse {
  kubeconfig?: string;
  context?: string;
  namespace?: string;
}

/** A host over the system's OpenSSH; what is left out is as `~/.ssh/config` says. */
export interface SshUse {
  kind: 'ssh';
  /** A name, an address, or a `Host` of the ssh configuration. */
  destination: string;
  user?: string;
  port?: number;
  /** The path of a private key, whole. */
  key?: string;
  /** The path of an ssh configuration that is read instead of the user's own, whole. */
  config?: string;
  /** Whether scripts run through `sudo -n` where the user is not root; where it works unless told. */
  sudo?: boolean;
}

/** A network namespace of this machine, by its name in /run/netns. */
export interface NetnsUse {
  kind: 'netns';
  netns: string;
}

/** How a host is reached: this machine, over ssh, or as a network namespace of this machine. */
export type HostUse = { kind: 'local' } | SshUse | NetnsUse;

/** What of a system is needed to reach it again; no credential. */
export interface SystemUse {
  kubernetes?: KubernetesUse;
  /** By the names that the system file gives them. */
  hosts?: Readonly<Record<string, HostUse>>;
}

/** What is said of a system's own monitoring. */
export interface MonitoringUse {
  /** How often its Prometheus scrapes and evaluates, in seconds. */
  scrape_interval_s?: number;
}

/** A system, loaded and checked. */
export interface System extends SystemUse {
  file: string;
  name: string;
  lab?: LabUse;
  signals: SignalEntry[];
  /** Absent where the file has none. */
  slo?: readonly Slo[];
  monitoring?: MonitoringUse;
  limits: Limits;
  /** Every resolved secret, for the redactor. */
  secrets: readonly string[];
}

import type { JsonObject } from './json.ts';
import type { Nanos } from './time.ts';

/** The four families of series; each has its own measures (design, section 6). */
export type Family = 'operations' | 'state' | 'gauge' | 'events';

/** How an operation ended that we could not send in time by our own fault: never a failure of the target. */
export const MISSED = 'missed';
/** How a successful operation ended. */
export const OK = 'ok';

/** One series that a signal offers. */
export interface SeriesDescriptor {
  name: string;
  family: Family;
  /** One line for `aftershock signals NAME` and the docs. */
  summary: string;
  /** UCUM-like unit of a gauge: `s`, `By`, `1`, `%`. */
  unit?: string;
  /** operations: the closed list of ways to fail; what is not listed is recorded as `other`. */
  kinds?: readonly string[];
  /** events: the closed list of event types. */
  types?: readonly string[];
  /** state: the type of its values. */
  values?: 'text' | 'number' | 'bool';
  /** gauge: a total that only grows, so that its baseline says nothing of what is normal. */
  total?: true;
  /** gauge: moves of less than this, in its unit, are chance: they are neither detected nor marked. */
  noise?: number;
  /** Its value in PromQL, where it comes from metrics that Prometheus reads too. */
  promql?: string;
}

/** A measure that is not one of its family's but computed by a named pure function of `judge/derived/`. */
export interface DerivedDescriptor {
  /** The file and registry name in `judge/derived/`. */
  by: string;
  /** The measure's name as written in expressions, below the signal or below one of its series. */
  measure: string;
  series?: string;
  type: 'number' | 'text' | 'bool';
  unit?: string;
  summary: string;
  /** Settings the function needs, fixed when the run starts (a selector, a table name). */
  options?: JsonObject;
}

/** What a signal exports and the recording stores, so that a run can be judged years later. */
export interface SignalDescriptor {
  /** The user's name for it, the first word of a measure. */
  name: string;
  /** The signal's kind in the registry, such as `http`. */
  kind: string;
  version: number;
  /** The series that may be left out of a measure's name, where there is one. */
  main?: string;
  series: readonly SeriesDescriptor[];
  derived: readonly DerivedDescriptor[];
  /** Its operations look at a way or a port: what they meet is not what users do. */
  probe?: true;
  /** A sampled signal's interval in seconds: a longer silence is a gap. Absent for what is pushed to us. */
  interval_s?: number;
}

/** One operation of a load or of a probe. Its latency counts from `intended`. */
export interface Operation {
  /** When it should have started. */
  intended: Nanos;
  /** When it was really sent; null if it never was. */
  sent: Nanos | null;
  /** When it ended; null if it was still in flight when the recording ended. */
  done: Nanos | null;
  /** `ok`, `missed`, or one of the series' failure kinds. */
  kind: string;
  /** Protocol status where there is one (HTTP). */
  status?: number;
  /** Exact error text, redacted; kept for failures only. */
  detail?: string;
}

/** One value of a state or a gauge, valid from `t` until the next; null = not known from here on. */
export interface Point {
  t: Nanos;
  value: number | string | boolean | null;
  /** A poll saw the change between `since` and `t`. */
  since?: Nanos;
}

/** Something that happened. */
export interface Occurrence {
  t: Nanos;
  type: string;
  /** What it happened to: `pod/poll-backend-7c…`. */
  subject: string;
  detail: JsonObject;
  /** It was not seen but inferred to have happened between `since` and `t`. */
  since?: Nanos;
  /** The other side's own clock, in seconds since 1970, and how far it may be off. */
  foreign_t?: number;
  foreign_error_s?: number;
}

import type { Measured } from './measure.ts';

/** `critical` pages somebody, `warning` tells the team, `info` is a ticket. */
export type AlertSeverity = 'critical' | 'warning' | 'info';

/** An alerting rule of Prometheus. */
export interface AlertRule {
  alert: string;
  /** PromQL. */
  expr: string;
  for_s: number;
  labels: { severity: AlertSeverity };
  annotations: { summary: string; description: string };
}

/** What a rule would have done in this run, with one interval of scraping and evaluation. */
export interface AlertReplay {
  interval_s: number;
  /** The range of its `rate()` or `increase()`; absent where it has none. */
  range_s?: number;
  for_s: number;
  /** `unknown`: not all of it was observed, or it is too short for a single evaluation. */
  baseline: 'silent' | 'fires' | 'unknown';
  /** Evaluations in the baseline that had a value: the fewest, wherever the scrapes fall. */
  evaluations: number;
  /** Seconds from the first injection until it fires, between the earliest and the latest, wherever the scrapes fall. */
  fires: Measured;
  /** It fires, wherever the scrapes fall, before it is all over. */
  inTime: boolean;
}

/** A rule that was tried. */
export interface AlertCandidate {
  alert: string;
  /** PromQL; absent where no threshold parts the fault from the baseline. */
  expr?: string;
  /** What it watches: what users feel, that they are served at all, or a cause. */
  kind: 'symptom' | 'traffic' | 'cause';
  replay?: AlertReplay;
  /** Why it is not proposed. */
  why: string;
}

/** The Prometheus rule that would have caught this run, or why none should. */
export interface AlertProposal {
  advice: 'page' | 'ticket' | 'none' | 'unknown';
  /** The advice in a sentence. */
  words: string;
  /** The system's own interval of scraping and evaluation. */
  configured_s: number;
  /** The interval that the rule is written for. */
  interval_s: number;
  rule?: AlertRule;
  /** Which exporter gives its metrics, and what they do not see. */
  source?: string;
  /** The rule's replays, its own interval first. */
  replays: readonly AlertReplay[];
  /** When users first felt it, in seconds from the first injection. */
  felt_after_s?: number;
  others: readonly AlertCandidate[];
}

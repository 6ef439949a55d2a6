import type { AlertProposal } from './alert.ts';
import type { Measured, Truth } from './measure.ts';
import type { SignalDescriptor } from './series.ts';
import type { SloResult } from './slo.ts';
import type { AbortRecord, InjectionRecord, Windows } from './timeline.ts';

export type PredictionVerdict = 'held' | 'failed' | 'unknown';

/** Of a run, worst first; the first that applies. */
export const runVerdicts = ['unrecovered', 'aborted', 'deviated', 'inconclusive', 'as-predicted'] as const;

export type RunVerdict = (typeof runVerdicts)[number];

/** One measure as it came out, for tables: `text` is `signal.window.series.measure`. */
export interface MeasureResult {
  text: string;
  measured: Measured;
  unit: string;
}

export interface PredictionResult {
  id: string;
  expect: string;
  confidence?: number;
  verdict: PredictionVerdict;
  /** Why it is unknown, where it is. */
  why?: string;
  /** The measures it names, with their values. */
  measures: readonly MeasureResult[];
  /** (confidence - outcome)^2, where it has a confidence and is not unknown. */
  brier?: number;
}

export interface SteadyResult {
  text: string;
  baseline: Truth;
  end: Truth;
  /** Ticks of the sliding window in which it did not hold, from the first injection on, as spans of seconds from it. */
  broken: readonly { from_s: number; to_s: number }[];
  measures: readonly MeasureResult[];
}

/** Which signal showed the fault, how soon and how strongly (source 002's fourth question). */
export interface Detection {
  /** `votes.p95_ms`, `backends.ready`. */
  text: string;
  /** When it first left its baseline, seconds from the first injection. */
  after_s: number;
  /** How far, in baseline spreads; capped at 1000. For ranking, and in words in the report. */
  strength: number;
  words: string;
}

export type Impact = 'none' | 'slow' | 'failing' | 'both' | 'unknown';

/** A cause that the evidence supports, with what speaks against it. */
export interface Cause {
  id: string;
  title: string;
  likelihood: 'likely' | 'possible';
  because: readonly string[];
  against: readonly string[];
}

/** `result.json`, version 1. */
export interface RunResult {
  version: 1;
  run: string;
  title: string;
  question: string;
  verdict: RunVerdict;
  /** The verdict in one or two sentences. */
  summary: string;
  /** Why, each a sentence: which target is not restored, which prediction failed. */
  reasons: readonly string[];
  impact: Impact;
  windows: Windows;
  abort?: AbortRecord;
  injections: readonly InjectionRecord[];
  steady: readonly SteadyResult[];
  predictions: readonly PredictionResult[];
  brier?: number;
  detection: readonly Detection[];
  causes: readonly Cause[];
  /** The alert rule that would have caught this run; absent where nothing was injected. */
  alert?: AlertProposal;
  /** Absent where the system has no objective. */
  slo?: readonly SloResult[];
  /** Every measure of every series, by window. */
  measures: readonly MeasureResult[];
  signals: readonly SignalDescriptor[];
  observer: { ok: boolean; words: readonly string[] };
}

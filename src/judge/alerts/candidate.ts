import type { AlertCandidate } from '../../model/alert.ts';
import type { Nanos, Span } from '../../model/time.ts';
import type { Range } from './promql.ts';

/** What an expression comes to at one evaluation, before it is compared: a number, no result, or not known. */
export type Outcome = number | 'none' | 'unknown';

/** An expression's samples as they were scraped at some moments; asked for one range of them at a time. */
export type Scraped = (range: Range) => Outcome;

/** A rule without its threshold. */
export interface Candidate {
  alert: string;
  kind: AlertCandidate['kind'];
  /** It fires above its threshold, or below it. */
  fires: 'above' | 'below';
  /** One of many, told only where it would have done. */
  isGauge?: true;
  /** It looks at a range of samples, not at the last one. */
  ranged: boolean;
  /** PromQL, compared with the threshold. */
  expr(threshold: number, range_s: number): string;
  /** The annotation `summary`, with `$value`. */
  summary: string;
  /** A value of it for people. */
  say(value: number): string;
  /** Which exporter gives its metrics, and what they do not see. */
  source: string;
  /** The value that parts the baseline's worst from what the fault reached; undefined where none does. */
  threshold(worst: number, level: number): number | undefined;
  /** Takes the samples of these moments. */
  scrape(times: readonly Nanos[]): Scraped;
}

/** Whether something was not observed between two moments, the later one included. */
export const isBlind = (gaps: readonly Span[], from: Nanos, to: Nanos): boolean =>
  gaps.some((gap) => gap.from <= to && gap.to > from);

import type { Prediction } from '../model/experiment.ts';
import type { Measured, MeasureRef } from '../model/measure.ts';
import type { Timeline } from '../model/timeline.ts';
import type { PredictionResult, PredictionVerdict } from '../model/verdict.ts';
import type { Expression } from './expression/compile.ts';
import { type MeasureContext, measure } from './measure.ts';
import { unitOf } from './units.ts';

/** A prediction whose expression is compiled; or why it could not be. */
export interface Compiled {
  prediction: Prediction;
  expression: Expression | undefined;
  why?: string;
}

export interface Circumstances {
  context: MeasureContext;
  /** Why nothing that depends on the faults can be known: none injected, no effect, undone too early. */
  unproven: string | undefined;
  /** Why the run ended before its time: what has not failed until then is not held. */
  cutOff: string | undefined;
}

/**
 * Judges one prediction. What depends on a fault that was not injected, had no effect or was undone early is unknown;
 * in a run that ended before its time a prediction can fail, but not be held. Only the baseline depends on no fault.
 */
export function judgePrediction(compiled: Compiled, circumstances: Circumstances): PredictionResult {
  const { prediction, expression } = compiled;
  const { context } = circumstances;
  const base = {
    id: prediction.id,
    expect: prediction.expect.text,
    ...(prediction.confidence === undefined ? {} : { confidence: prediction.confidence }),
  };
  if (expression === undefined) {
    return {
      ...base,
      verdict: 'unknown',
      why: compiled.why ?? 'the expression cannot be read',
      measures: [],
    };
  }
  const lookup = (ref: MeasureRef): Measured => measure(ref, context);
  const measures = expression.refs.map((ref) => ({
    text: ref.text,
    measured: lookup(ref),
    unit: unitOf(ref, context.signals),
  }));
  const { verdict, why } = verdictOf(expression, lookup, circumstances);
  return {
    ...base,
    verdict,
    ...(why === undefined ? {} : { why }),
    measures,
    ...brierOf(prediction.confidence, verdict),
  };
}

function verdictOf(
  expression: Expression,
  lookup: (ref: MeasureRef) => Measured,
  { unproven, cutOff }: Circumstances,
): { verdict: PredictionVerdict; why?: string } {
  const onFault = expression.refs.some(({ window }) => window !== 'baseline');
  if (onFault && unproven !== undefined) return { verdict: 'unknown', why: unproven };
  const { truth, why } = expression.truth(lookup);
  if (truth === 'unknown') return { verdict: 'unknown', ...(why === undefined ? {} : { why }) };
  if (truth === 'true' && onFault && cutOff !== undefined) return { verdict: 'unknown', why: cutOff };
  return { verdict: truth === 'true' ? 'held' : 'failed' };
}

/** The Brier score of one prediction: 0 is a prophet, 0.25 a coin, 1 certain and wrong. Unknowns are not scored. */
function brierOf(confidence: number | undefined, verdict: PredictionVerdict): { brier?: number } {
  if (confidence === undefined || verdict === 'unknown') return {};
  return { brier: (confidence - (verdict === 'held' ? 1 : 0)) ** 2 };
}

/** The mean Brier score of the predictions that have one. */
export function meanBrier(predictions: readonly Pick<PredictionResult, 'brier'>[]): number | undefined {
  const scores = predictions.flatMap(({ brier }) => (brier === undefined ? [] : [brier]));
  return scores.length === 0 ? undefined : scores.reduce((sum, one) => sum + one, 0) / scores.length;
}

/** Why the faults cannot be judged by what was seen, or undefined if all of them were injected and had their effect. */
export function whyUnproven(timeline: Timeline, entries: readonly { id: string }[]): string | undefined {
  if (entries.length === 0) return undefined;
  if (timeline.injections.every((record) => record.acting === undefined)) {
    return `nothing was injected${timeline.notStarted === undefined ? '' : `: ${timeline.notStarted}`}`;
  }
  for (const { id } of entries) {
    const records = timeline.injections.filter(({ injection }) => injection.entry === id);
    if (!records.some((record) => record.acting !== undefined)) return `the fault ${id} was not injected`;
  }
  for (const { acting, effective, cutShort, failed, injection } of timeline.injections) {
    if (cutShort !== undefined) return `the fault ${injection.entry} was undone too early: ${cutShort}`;
    if (acting === undefined)
      return `the fault ${injection.entry} was not injected on ${injection.target.name}`;
    if (effective === undefined) {
      const because = failed === undefined ? '' : `: ${failed}`;
      return `no effect of the fault ${injection.entry} on ${injection.target.name} was proven${because}`;
    }
  }
  return undefined;
}

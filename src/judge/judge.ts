import type { Experiment, ExpressionText } from '../model/experiment.ts';
import { type Measured, unknown } from '../model/measure.ts';
import type { RunPlan } from '../model/plan.ts';
import type { Samples } from '../model/samples.ts';
import type { SignalDescriptor } from '../model/series.ts';
import { seconds } from '../model/time.ts';
import type { Timeline, Windows } from '../model/timeline.ts';
import type { RunResult, SteadyResult } from '../model/verdict.ts';
import { type ProposalInput, proposeAlert } from './alerts/propose.ts';
import { compile, type Expression } from './expression/compile.ts';
import { type Environment, environmentOf } from './expression/environment.ts';
import { causesOf } from './findings/causes.ts';
import { detectionsOf } from './findings/detection.ts';
import { everyMeasure } from './findings/every.ts';
import { impactOf } from './findings/impact.ts';
import { observerHealth } from './findings/observer.ts';
import { summaryOf } from './findings/summary.ts';
import { reasonsOf, verdictOf } from './findings/verdict.ts';
import { inMemory } from './look/memory.ts';
import { type MeasureContext, measure } from './measure.ts';
import { type Circumstances, judgePrediction, meanBrier, whyUnproven } from './predictions.ts';
import { slosOf } from './slo/slo.ts';
import { brokenSpans, recoveredAfter, type SteadyInput, type Tick, tickAt, ticksOver } from './steady.ts';
import { unitOf } from './units.ts';
import { windowsOf } from './windows.ts';

/** A recording, as far as a verdict needs it. */
export interface JudgeInput {
  experiment: Experiment;
  timeline: Timeline;
  signals: readonly SignalDescriptor[];
  samples: Samples;
  /** What of the system beside its signals is needed. */
  system?: Pick<RunPlan['system'], 'name' | 'slo' | 'monitoring'>;
}

/** Judges a run from its recording alone; the same recording always gives the same result. */
export function judge(input: JudgeInput): RunResult {
  const { experiment, timeline, signals } = input;
  const samples = inMemory(input.samples);
  const windows = windowsOf(timeline, timeline.ended ?? samples.end);
  const environment = environmentOf(signals);
  const steadiness = steadyOver({ experiment, timeline, signals, samples }, windows, environment);
  const context: MeasureContext = {
    signals,
    samples,
    windows,
    timeline,
    defaultWindow: 'predict',
    recovered: () => steadiness.recovered,
    seen: new Map(),
  };
  const steady = steadiness.results(context);
  const circumstances = circumstancesOf(input, context);
  const predictions = experiment.predict.map((prediction) =>
    judgePrediction({ prediction, ...compiled(prediction.expect, environment) }, circumstances),
  );
  const observer = observerHealth(context);
  const reasons = reasonsOf({
    timeline,
    faults: experiment.faults.length,
    steady,
    recovered: steadiness.recovered,
    predictions,
    unproven: circumstances.unproven,
    observer,
  });
  const verdict = verdictOf(reasons);
  const impact = impactOf(context);
  const detection = detectionsOf(context);
  const brier = meanBrier(predictions);
  const measures = everyMeasure(context);
  const told = { verdict, reasons, context, predictions, impact, detection, measures };
  return {
    version: 1,
    run: timeline.run,
    title: experiment.title,
    question: experiment.question,
    verdict,
    summary: summaryOf({ ...told, recovered: steadiness.recovered, hasSteady: steady.length > 0 }),
    reasons: reasons.map(({ text }) => text),
    impact,
    windows,
    ...(timeline.abort === undefined ? {} : { abort: timeline.abort }),
    injections: timeline.injections,
    steady,
    predictions,
    ...(brier === undefined ? {} : { brier }),
    detection,
    causes: causesOf(context),
    ...beyond(input, context, { impact, detection, recovered: steadiness.recovered }),
    measures,
    signals,
    observer,
  };
}

/** What the run means for alerts and objectives. */
function beyond(
  { experiment, system }: JudgeInput,
  context: MeasureContext,
  found: Pick<ProposalInput, 'impact' | 'detection' | 'recovered'>,
): Pick<RunResult, 'alert' | 'slo'> {
  const { name, slo = [], monitoring } = system ?? {};
  const alert = proposeAlert(context, {
    title: experiment.title,
    ...(name === undefined ? {} : { job: name }),
    ...(monitoring?.scrape_interval_s === undefined ? {} : { scrape_s: monitoring.scrape_interval_s }),
    ...found,
  });
  return {
    ...(alert === undefined ? {} : { alert }),
    ...(slo.length === 0 ? {} : { slo: slosOf(slo, context) }),
  };
}

/** An expression of the experiment; one that this recording's signals do not support is unknown, with the reason. */
function compiled(
  { text }: ExpressionText,
  environment: Environment,
): { expression: Expression | undefined; why?: string } {
  const result = compile(text, environment);
  return result.ok ? { expression: result.value } : { expression: undefined, why: result.problem.message };
}

function circumstancesOf({ experiment, timeline }: JudgeInput, context: MeasureContext): Circumstances {
  const early = 'the run ended before its time, so what did not fail until then is not held';
  return {
    context,
    unproven: whyUnproven(timeline, experiment.faults),
    cutOff: timeline.abort !== undefined || timeline.ended === undefined ? early : undefined,
  };
}

interface Steadiness {
  recovered: Measured;
  results(context: MeasureContext): SteadyResult[];
}

/** Runs the sliding evaluator over the recording, as the run itself did while it lived. */
function steadyOver(
  { experiment, timeline, signals, samples }: JudgeInput,
  windows: Windows,
  environment: Environment,
): Steadiness {
  const all = experiment.steady.map((text) => ({ text, ...compiled(text, environment) }));
  const input: SteadyInput = {
    expressions: all.map(({ expression, why }) => expression ?? neverKnown(why ?? '')),
    signals,
    samples,
    jumps: timeline.jumps,
    observing: windows.run.from,
    sliding_s: experiment.timing.sliding,
  };
  const { origin, run, baseline } = windows;
  const watched = windows.sinceFault ?? run;
  const ticks: Tick[] = all.length === 0 ? [] : ticksOver(input, watched);
  const before = tickAt(input, baseline.to);
  return {
    recovered: recoveredOf({ experiment, timeline, ticks, origin }),
    results: (context) =>
      all.map(({ text, expression }, index) => ({
        text: text.text,
        baseline: before.each[index] ?? 'unknown',
        end: ticks.at(-1)?.each[index] ?? 'unknown',
        broken: origin === undefined ? [] : brokenSpans(ticks, index, origin),
        measures: measuresAtEnd(expression, context, experiment.timing.sliding),
      })),
  };
}

function recoveredOf(of: {
  experiment: Experiment;
  timeline: Timeline;
  ticks: readonly Tick[];
  origin: number | undefined;
}): Measured {
  const { experiment, timeline, ticks, origin } = of;
  if (origin === undefined) return unknown('nothing was injected');
  if (experiment.steady.length === 0) return unknown('the experiment has no `steady`');
  const steadyFor_s = experiment.timing.steady_for;
  return recoveredAfter(ticks, { origin, steadyFor_s, jumps: timeline.jumps });
}

/** The measures that steady names, over the last sliding window. */
function measuresAtEnd(
  expression: Expression | undefined,
  context: MeasureContext,
  sliding_s: number,
): SteadyResult['measures'] {
  const { run } = context.windows;
  const last = { from: Math.max(run.from, run.to - seconds(sliding_s)), to: run.to };
  return (expression?.refs ?? []).map((ref) => ({
    text: ref.text,
    measured: measure(ref, { ...context, defaultWindow: last, seen: new Map() }),
    unit: unitOf(ref, context.signals),
  }));
}

const neverKnown = (why: string): Expression => ({
  text: '',
  refs: [],
  truth: () => ({ truth: 'unknown', why }),
});

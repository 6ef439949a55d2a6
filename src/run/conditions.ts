import { compile, type Expression } from '../judge/expression/compile.ts';
import { environmentOf } from '../judge/expression/environment.ts';
import type { Experiment, ExpressionText } from '../model/experiment.ts';
import type { SignalDescriptor } from '../model/series.ts';
import type { Conditions } from './context.ts';

/** Compiles an experiment that was checked; an expression that does not compile here is a bug. */
export function compileConditions(experiment: Experiment, signals: readonly SignalDescriptor[]): Conditions {
  const environment = environmentOf(signals);
  const compiled = ({ text }: ExpressionText): Expression => {
    const expression = compile(text, environment);
    if (!expression.ok)
      throw new TypeError(
        `internal: \`${text}\` was checked and does not compile: ${expression.problem.message}`,
      );
    return expression.value;
  };
  const predictions = experiment.predict.map((prediction) => compiled(prediction.expect));
  return {
    steady: experiment.steady.map(compiled),
    abort: experiment.abort.map((rule) => ({ when: compiled(rule.when), for_s: rule.for_s })),
    until: new Map(
      experiment.faults.flatMap((entry) =>
        entry.until === undefined ? [] : [[entry.id, compiled(entry.until.condition)]],
      ),
    ),
    longestTime_s: Math.max(0, ...predictions.map((expression) => expression.longestTime_s ?? 0)),
  };
}

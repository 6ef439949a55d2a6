import type { RunResult } from '../../model/verdict.ts';

/**
 * The reasons that the summary does not give already. Those about a prediction are left out where a table shows all
 * predictions beside them; of others only the failed ones are worth the place at the top.
 */
export function reasonsBeside(
  result: RunResult,
  predictions: 'failed predictions' | 'no predictions',
): string[] {
  const left =
    predictions === 'no predictions'
      ? result.predictions
      : result.predictions.filter((one) => one.verdict !== 'failed');
  const isLeft = (reason: string): boolean =>
    left.some(
      (one) => reason.startsWith(`The prediction ${one.id} `) || reason.includes(`\`${one.expect}\``),
    );
  return result.reasons.filter((reason) => !result.summary.includes(reason) && !isLeft(reason));
}

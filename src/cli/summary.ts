import { type ExitCode, exitCodes } from '../model/problems.ts';
import type { RunResult, RunVerdict } from '../model/verdict.ts';
import type { ChartMark } from '../report/charts/all.ts';
import { plainSummary } from '../report/summary.ts';
import { paint, type Terminal } from './terminal.ts';

/** The exit code of each verdict, as the README promises. */
export const verdictExit: Record<RunVerdict, ExitCode> = {
  'as-predicted': exitCodes.asPredicted,
  deviated: exitCodes.deviated,
  inconclusive: exitCodes.inconclusive,
  aborted: exitCodes.aborted,
  unrecovered: exitCodes.unrecovered,
};

export const looks = {
  good: 'green',
  warn: 'yellow',
  bad: 'red',
  info: 'cyan',
  strong: 'bold',
  faint: 'dim',
} as const;

/** The verdict for the terminal, in its colours and width. */
export function summaryText(result: RunResult, term: Terminal, marks: readonly ChartMark[] = []): string {
  const colors = paint(term.color);
  return plainSummary(result, {
    width: Math.min(term.columns, 100),
    marks,
    ...(term.color ? { colour: (text, as) => colors[looks[as]](text) } : {}),
  });
}

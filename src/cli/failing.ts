import { formatProblems } from '../files/explain.ts';
import { type ExitCode, problemTable } from '../model/problems.ts';
import type { Problem } from '../model/result.ts';
import type { Terminal } from './terminal.ts';

/** Prints problems for people and gives the exit code: a wrong file or usage goes before a refusal. */
export function report(terminal: Pick<Terminal, 'err' | 'errColor'>, problems: readonly Problem[]): ExitCode {
  terminal.err(formatProblems(problems, { color: terminal.errColor }));
  const codes = problems.map((problem) => problemTable[problem.code].exit);
  return codes.includes(2) ? 2 : (codes[0] ?? 2);
}

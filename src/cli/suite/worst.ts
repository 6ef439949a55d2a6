import { type ExitCode, exitCodes } from '../../model/problems.ts';

/**
 * How bad each exit code is for a suite, worst first: something is left broken; a run was stopped and undone; a run did
 * not take place at all (refused, or its files or system were wrong), so nothing is known of it; a prediction failed;
 * one is not known; all is as predicted.
 */
const worstFirst: readonly ExitCode[] = [
  exitCodes.unrecovered,
  exitCodes.aborted,
  exitCodes.refused,
  exitCodes.usage,
  exitCodes.deviated,
  exitCodes.inconclusive,
  exitCodes.asPredicted,
];

/** The exit code of a suite: the worst of its runs, by the order above; a suite without any run is inconclusive. */
export const worstExit = (exits: readonly number[]): ExitCode =>
  worstFirst.find((code) => exits.includes(code)) ?? exitCodes.inconclusive;

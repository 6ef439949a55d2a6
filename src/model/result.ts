import type { ProblemCode } from './problems.ts';

/** A place in a file that the user wrote; lines and columns count from 1. */
export interface Place {
  file: string;
  line?: number;
  column?: number;
}

/**
 * Expected trouble: what a user can be told and can do something about. Bugs are exceptions instead.
 * `message` says what is wrong, `fix` what to do next; `found` and `expected` where there is a value to show.
 */
export interface Problem {
  code: ProblemCode;
  message: string;
  fix: string;
  at?: Place;
  found?: string;
  expected?: string;
  /** The exact text of the system below (an API's message, an errno), kept word for word. */
  cause?: string;
}

/** The outcome of what may fail in an expected way. */
export type Result<T, E = Problem> = { ok: true; value: T } | { ok: false; problem: E };

/** Wraps a value as a success. */
export const ok = <T>(value: T): Result<T, never> => ({ ok: true, value });

/** Wraps a problem as a failure. */
export const fail = <E>(problem: E): Result<never, E> => ({ ok: false, problem });

/** Splits results into their values and their problems, in order: for reporting all problems at once. */
export function gather<T, E>(results: readonly Result<T, E>[]): { values: T[]; problems: E[] } {
  const values: T[] = [];
  const problems: E[] = [];
  for (const result of results) {
    if (result.ok) values.push(result.value);
    else problems.push(result.problem);
  }
  return { values, problems };
}

/** For the default branch of a switch over a union: does not compile while a case is missing. */
export function unreachable(value: never): never {
  throw new TypeError(`internal: unexpected value ${JSON.stringify(value)}`);
}

import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { fileTrouble, readText } from '../../reach/files.ts';
import { parseJson } from '../../record/run-folder.ts';

const scoreSchema = z.object({
  /** ISO 8601. */
  at: z.string(),
  is: z.enum(['game-day', 'quiz']),
  run: z.string(),
  title: z.string(),
  /** Right answers, of how many that could be judged. */
  right: z.number(),
  of: z.number(),
  /** Mean Brier score of the predictions that were made, where any could be judged. */
  brier: z.number().exactOptional(),
});

/** What one game day or one question of the quiz came to. */
export type Score = z.infer<typeof scoreSchema>;

const file = (home: string): string => join(home, 'learn.jsonl');

/** Adds a line to the scores that outlive a run. Problem: disk-full. */
export function addScore(home: string, score: Score): Result<void> {
  const path = file(home);
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    appendFileSync(path, `${JSON.stringify(score)}\n`, { mode: 0o600 });
    return ok(undefined);
  } catch (error) {
    return fail(notKept(path, fileTrouble(error).text));
  }
}

/** All scores, oldest first; lines that are none are left out. */
export function scores(home: string): Score[] {
  const text = readText(file(home));
  if (!text.ok) return [];
  return text.value.split('\n').flatMap((line) => scoreSchema.safeParse(parseJson(line)).data ?? []);
}

/** How one kind of exercise went, over all of it and over its latest. */
export interface Trend {
  times: number;
  right: number;
  of: number;
  /** Mean Brier score; absent where no prediction was judged. */
  brier?: number;
  /** The same of the last `LATEST` only, where there were more. */
  latest?: { right: number; of: number; brier?: number };
}

const LATEST = 5;

/** Sums of scores, and of the latest ones beside them. */
export function trendOf(all: readonly Score[]): Trend {
  const whole = sumOf(all);
  return {
    times: all.length,
    ...whole,
    ...(all.length > LATEST ? { latest: sumOf(all.slice(-LATEST)) } : {}),
  };
}

function sumOf(list: readonly Score[]): { right: number; of: number; brier?: number } {
  const scored = list.flatMap(({ brier }) => brier ?? []);
  const mean = scored.reduce((sum, one) => sum + one, 0) / scored.length;
  return {
    right: list.reduce((sum, one) => sum + one.right, 0),
    of: list.reduce((sum, one) => sum + one.of, 0),
    ...(scored.length === 0 ? {} : { brier: mean }),
  };
}

const notKept = (path: string, cause: string): Problem => ({
  code: 'disk-full',
  message: `the score cannot be written to ${path}`,
  fix: 'Make its folder writable, or name another one by AFTERSHOCK_HOME.',
  cause,
});

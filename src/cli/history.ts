import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { isAlive, openRuns } from '../guard/open-runs.ts';
import { ok, type Problem, type Result } from '../model/result.ts';
import type { RunResult } from '../model/verdict.ts';
import { readPlan } from '../record/files/plan-file.ts';
import { openRecording } from '../record/reader.ts';
import { readResult } from '../record/result-file.ts';
import { runFile } from '../record/run-folder.ts';
import { judgeRecording } from './commands/judge.ts';
import { home } from './home.ts';

/** The summary of a suite, in its folder. */
export const SUITE_FILE = 'suite.json';

/** A run that has a verdict. */
export interface KeptRun {
  is: 'run';
  directory: string;
  /** The folder's name. */
  id: string;
  result: RunResult;
  /** The experiment's file, where the plan could be read. */
  file?: string;
  /** The verdict is not from `result.json` but was made now, from the recording. */
  judgedNow: boolean;
  /** The recording has no end: the run was killed. Looked at only where `judgedNow`. */
  killed: boolean;
}

/** A folder without a verdict: what it is instead. */
export interface KeptOther {
  is: 'alive' | 'broken' | 'half-written' | 'suite' | 'no-run';
  directory: string;
  id: string;
  why: string;
}

export type Kept = KeptRun | KeptOther;

/** Every folder under `runs`, newest first; nothing is written, and nothing that is wrong with one hides the others. */
export function historyOf(runs: string): Kept[] {
  const alive = new Set(
    openRuns(home())
      .filter(isAlive)
      .map(({ directory }) => resolve(directory)),
  );
  return folders(runs)
    .sort((a, b) => order(whenOf(b) ?? '', whenOf(a) ?? '') || order(b, a))
    .map((name) => keptOf(join(runs, name), alive));
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function folders(runs: string): string[] {
  try {
    const entries = readdirSync(runs, { withFileTypes: true });
    return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  } catch {
    return [];
  }
}

function keptOf(directory: string, alive: ReadonlySet<string>): Kept {
  const id = basename(directory);
  const has = (name: string): boolean => existsSync(join(directory, name));
  const other = (is: KeptOther['is'], why: string): KeptOther => ({ is, directory, id, why });
  if (alive.has(resolve(directory))) return other('alive', 'it is running now');
  if (has(SUITE_FILE)) return other('suite', 'the summary of a suite');
  const judged = judgedRun(directory);
  if (judged.ok) return { is: 'run', directory, id, ...fileOf(directory), ...judged.value };
  if (has(runFile.recording)) return other('broken', judged.problem.message.replaceAll(`${directory}/`, ''));
  const begun = [runFile.plan, runFile.experiment, runFile.journal].some(has);
  return begun
    ? other('half-written', 'the run ended before it began to record')
    : other('no-run', `it has no ${runFile.recording}`);
}

type Judged = Pick<KeptRun, 'result' | 'judgedNow' | 'killed'>;

/** The stored verdict; where there is none, or it cannot be read, a new one from the recording, in memory only. */
export function judgedRun(directory: string): Result<Judged, Problem> {
  const stored = existsSync(join(directory, runFile.result)) ? readResult(directory) : undefined;
  if (stored?.ok === true) return ok({ result: stored.value, judgedNow: false, killed: false });
  const recording = openRecording(directory);
  if (!recording.ok) return recording;
  try {
    const result = judgeRecording(recording.value);
    return ok({ result, judgedNow: true, killed: recording.value.timeline.ended === undefined });
  } finally {
    recording.value.close();
  }
}

function fileOf(directory: string): { file?: string } {
  const plan = readPlan(directory);
  return plan.ok ? { file: plan.value.experiment.file } : {};
}

/** When a run began, local time, from its name: `2026-11-20 16:08:00`; undefined for a name of another kind. */
export function whenOf(run: string): string | undefined {
  const [, day, hours, minutes, seconds] =
    /^(?:suite-)?(\d{4}-\d{2}-\d{2})T(\d{2})(\d{2})(\d{2})-/.exec(run) ?? [];
  return day === undefined ? undefined : `${day} ${hours}:${minutes}:${seconds}`;
}

/** The last part of a run's name, by which it can be called: `7f3a`. */
export const shortId = (run: string): string => run.split('-').at(-1) ?? run;

import { basename } from 'node:path';
import { showPlan } from '../../files/show.ts';
import { talliedRun } from '../../judge/compare/tally.ts';
import type { RunPlan } from '../../model/plan.ts';
import { type ExitCode, exitCodes } from '../../model/problems.ts';
import type { Problem } from '../../model/result.ts';
import { openRecording } from '../../record/reader.ts';
import { cellName, type SuiteRun } from '../../report/compare/suite.ts';
import { junitSuite } from '../../report/machines/junit.ts';
import { judgeRecording } from '../commands/judge.ts';
import { ask, isHarmless } from '../commands/run.ts';
import { execute } from '../execute.ts';
import { report } from '../failing.ts';
import { openSession, planSession, type Session } from '../session.ts';
import type { Terminal } from '../terminal.ts';
import { version } from '../version.ts';
import type { Combination } from './expand.ts';

/** One run of a suite, before it is made. */
export interface Job {
  title: string;
  combination: Combination;
  repeat: number;
  seed: string;
}

export interface Making {
  term: Terminal;
  runs: string;
  system?: string;
  yes: boolean;
  /** Where somebody agreed that things are broken: it is asked once for each system. */
  agreed: Set<string>;
  /** Somebody did not agree, or could not be asked. */
  declined?: true;
  interrupt: AbortSignal;
  /** Sessions stay open until the suite is over, so that a lab is not started for each run. */
  sessions: Session[];
}

/** Makes one run: an ordinary run, of which only what the suite needs is kept. */
export async function makeRun(job: Job, making: Making): Promise<SuiteRun> {
  const { term, interrupt } = making;
  const said = { repeat: job.repeat, seed: job.seed };
  const refused = (problems: readonly Problem[]): SuiteRun => {
    const exit = report(term, problems);
    return { ...said, exit, problem: problems.map(({ message }) => message).join('; ') };
  };
  const session = await openSession({
    file: job.combination.file,
    ...(making.system === undefined ? {} : { system: making.system }),
    overrides: job.combination.overrides,
    startLab: true,
    onProgress: (text) => term.err(text),
    signal: interrupt,
  });
  if (!session.ok) return refused(session.problem);
  making.sessions.push(session.value);
  const plan = await planSession(session.value, job.seed, interrupt);
  if (!plan.ok) return refused(plan.problem);
  const no = await agree(session.value, plan.value, making);
  if (no !== undefined) return refused([no]);
  let directory: string | undefined;
  const exit = await execute({
    term: quiet(term),
    session: session.value,
    plan: plan.value,
    runs: making.runs,
    json: false,
    interrupt,
    judged: async (judged) => {
      directory = judged.directory;
    },
  });
  return { ...said, exit, ...kept(directory, exit, job) };
}

/** Asks before the first run on a system that is no lab, with its plan; the others are as that one. */
async function agree(session: Session, plan: RunPlan, making: Making): Promise<Problem | undefined> {
  const { term, agreed, yes } = making;
  const { where } = plan.system;
  const isAsked = !isHarmless(session.loaded.system, plan) && !yes;
  if (!isAsked || agreed.has(where)) return undefined;
  term.out(showPlan(plan, { color: term.color, columns: term.columns }));
  const no = await ask(session, plan, { yes });
  if (no === undefined) agreed.add(where);
  else making.declined = true;
  return no;
}

/** A run's own lines are in its report; what went wrong is told. */
const quiet = (term: Terminal): Terminal => ({ ...term, out: () => undefined });

/** Of a run that is over: what the summary needs, so that its recording can be closed. */
function kept(
  directory: string | undefined,
  exit: ExitCode,
  { title, combination: { values } }: Job,
): Omit<SuiteRun, 'repeat' | 'seed' | 'exit'> {
  if (directory === undefined) return { problem: `it ended with exit code ${exit} and left no verdict` };
  const run = basename(directory);
  const recording = openRecording(directory);
  if (!recording.ok) return { run, problem: recording.problem.message };
  try {
    const { plan, timeline, samples } = recording.value;
    const result = judgeRecording(recording.value);
    const named = { ...result, title: cellName({ title, values }) };
    return {
      run,
      tallied: talliedRun({ result, timeline, samples }),
      junit: junitSuite({ result: named, plan, timeline, samples, version }),
    };
  } finally {
    recording.value.close();
  }
}

/** Why a suite ends after a run: nothing more may be broken while something is, or somebody said stop. */
export function whyStop(run: SuiteRun, { interrupt, declined }: Making): string | undefined {
  if (declined === true) return 'nobody agreed to break anything';
  if (interrupt.aborted) return String(interrupt.reason);
  if (run.exit === exitCodes.unrecovered)
    return `the run ${run.run ?? ''} is not recovered, so nothing more is broken`;
  return undefined;
}

import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openInjections } from '../guard/journal.ts';
import { LEASE_S, leaseOf } from '../guard/lease.ts';
import { noteClosed, noteOpen } from '../guard/open-runs.ts';
import { own } from '../guard/proc.ts';
import { type GuardSession, openGuard, startGuardian } from '../guard/session.ts';
import type { Clock } from '../model/contracts/world.ts';
import type { RunPlan } from '../model/plan.ts';
import type { ExitCode } from '../model/problems.ts';
import { fail, ok, type Problem, type Result } from '../model/result.ts';
import type { RunResult } from '../model/verdict.ts';
import { startClock } from '../reach/clock.ts';
import { openRecording } from '../record/reader.ts';
import { createRedactor } from '../record/redact.ts';
import { writeResult } from '../record/result-file.ts';
import { createRunFolder, runId } from '../record/run-folder.ts';
import { createRecording, type RecordingWriter } from '../record/writer.ts';
import { type RunEnd, runExperiment } from '../run/run.ts';
import { observer } from '../signals/observer.ts';
import { judgeRecording, reportRecording } from './commands/judge.ts';
import { contextOf } from './context.ts';
import { report } from './failing.ts';
import { home } from './home.ts';
import { runFiles } from './run-files.ts';
import type { Session } from './session.ts';
import { summaryText, verdictExit } from './summary.ts';
import type { Terminal } from './terminal.ts';
import { liveView } from './view/live.ts';
import { jsonView, plainView, type View } from './view/view.ts';

export interface Execution {
  term: Terminal;
  session: Session;
  plan: RunPlan;
  runs: string;
  json: boolean;
  interrupt: AbortSignal;
  /** Called with what the recording says, before it is told and written up. */
  judged?: (judged: { directory: string; result: RunResult }) => Promise<void>;
}

/** A run that is about to begin: folder, recording and guard are there, nothing is touched yet. */
interface Prepared {
  run: string;
  directory: string;
  clock: Clock;
  recording: RecordingWriter;
  guard: GuardSession;
}

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

/** Runs a plan: lock, folder, guardian, the run itself, then verdict and report from the recording. */
export async function execute(execution: Execution): Promise<ExitCode> {
  const { term, session, plan } = execution;
  const lease = leaseOf(process.env);
  if (!lease.ok) return report(term, [lease.problem]);
  const run = runId(plan.experiment.title, Date.now());
  const holder = { run, lease_s: LEASE_S };
  const locked = await session.ground?.lock(session.world, holder, execution.interrupt);
  if (locked?.ok === false) return report(term, [locked.problem]);
  try {
    const prepared = prepare(execution, run);
    if (!prepared.ok) return report(term, [prepared.problem]);
    return await guarded(execution, prepared.value);
  } finally {
    // What is still open keeps the lock: its guardian goes on, and gives the lock back when it is done.
    const open = openInjections(resolve(execution.runs, run));
    if (open.length === 0) await session.ground?.unlock(session.world, holder, AbortSignal.timeout(10_000));
  }
}

/** Everything from the guardian's start to the report; the run is noted as open until nothing is left to undo. */
async function guarded(execution: Execution, prepared: Prepared): Promise<ExitCode> {
  const { term } = execution;
  const { directory, run, recording } = prepared;
  const watcher = [
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    main,
    'guardian',
    directory,
  ] as const;
  const watched = await startGuardian(directory, watcher, execution.interrupt);
  if (!watched.ok) {
    recording.close();
    noteClosed(home(), run);
    return report(term, [watched.problem]);
  }
  const end = await live(execution, prepared);
  if (openInjections(directory).length === 0) noteClosed(home(), run);
  const closed = recording.close();
  if (!closed.ok) report(term, [closed.problem]);
  return conclude(execution, directory, end);
}

function prepare(execution: Execution, run: string): Result<Prepared> {
  const { session, plan, runs } = execution;
  const directory = resolve(runs, run);
  const redact = createRedactor(session.loaded.system.secrets);
  const folder = createRunFolder(directory, runFiles(session, plan, redact));
  if (!folder.ok) return folder;
  const clock = startClock();
  const signals = [...session.loaded.signals, observer.describe('observer', observer.config.parse({}))];
  const recording = createRecording(directory, { signals, clock, redact });
  if (!recording.ok) return recording;
  const guard = openGuard(directory);
  if (!guard.ok) return guard;
  const entry = { run, directory, process: own(), title: plan.experiment.title, ...session.use };
  const noted = noteOpen(home(), entry);
  if (!noted.ok) return fail(notNoted(noted.problem.text));
  return ok({ run, directory, clock, recording: recording.value, guard: guard.value });
}

async function live(execution: Execution, prepared: Prepared): Promise<RunEnd> {
  const { term, json, session, interrupt } = execution;
  const { clock, recording } = prepared;
  const holds = new Map(execution.plan.faults.map(({ entry, for_s = 0 }) => [entry, for_s]));
  const watched = { signals: session.loaded.signals, samples: recording.live, holds, now: clock.now };
  const view: View = json ? jsonView(term) : term.live ? liveView(term, watched) : plainView(term);
  // A recording that cannot be written any more ends the run as ctrl-C does: undo now.
  const broken = new AbortController();
  recording.onFailure((problem) => {
    report(term, [problem]);
    broken.abort(`the recording failed: ${problem.message}`);
  });
  try {
    const interrupted = AbortSignal.any([interrupt, broken.signal]);
    return await runExperiment(
      contextOf({
        session,
        seed: execution.plan.seed,
        ...prepared,
        interrupt: interrupted,
        emit: view.event,
      }),
    );
  } finally {
    view.close();
  }
}

/** Verdict and report from the recording; a run that ended with open injections says how to finish them. */
async function conclude(execution: Execution, directory: string, end: RunEnd): Promise<ExitCode> {
  const { term, json } = execution;
  if (!end.restored)
    term.err(`Not everything is undone; the guardian goes on. Finish it now with \`aftershock heal\`.`);
  const recording = openRecording(directory);
  if (!recording.ok) return report(term, [recording.problem]);
  const result = judgeRecording(recording.value);
  const stored = writeResult(directory, result);
  if (!stored.ok) report(term, [stored.problem]);
  await execution.judged?.({ directory, result });
  const written = await reportRecording(directory, recording.value, result);
  recording.value.close();
  if (json) term.out(JSON.stringify({ is: 'result', directory, result }));
  else term.out(`\n${summaryText(result, term, written.ok ? written.value.marks : [])}`);
  if (!written.ok) report(term, [written.problem]);
  else if (!json) term.out(`\nReport: ${written.value.html}`);
  return verdictExit[result.verdict];
}

function notNoted(cause: string): Problem {
  return {
    code: 'disk-full',
    message: `the run cannot be noted in ${join(home(), 'open')}, so \`heal\` could not find it`,
    fix: 'Make that folder writable, or name another one by AFTERSHOCK_HOME.',
    cause,
  };
}

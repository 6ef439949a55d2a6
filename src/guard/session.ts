import { spawn } from 'node:child_process';
import type { Injection, InjectionStep } from '../model/injection.ts';
import { problemTable } from '../model/problems.ts';
import { fail, ok, type Problem, type Result } from '../model/result.ts';
import { sleep } from '../reach/clock.ts';
import { guardianOf } from './guardian.ts';
import { appendStep, type JournalLine, journalLines } from './journal.ts';
import { LEASE_S, renewLease } from './lease.ts';
import { alive, uptime_s } from './proc.ts';

const GUARDIAN_WITHIN_MS = 15_000;
/** The exit code of a guardian that cannot write into the run's folder. */
export const CANNOT_WATCH = problemTable['disk-full'].exit;

/** The guard of one run: its journal and its lease, with a guardian beside it. */
export interface GuardSession {
  journal(step: InjectionStep, injection: Injection, evidence?: string): Result<void>;
  /** Says that we are alive. A Problem if the lease ran out before, or the guardian is gone. */
  renew(): Result<void>;
  /**
   * Whether we may act now: the lease lives, the guardian watches, and nobody has begun to undo the injection. Asked
   * after `acting` is journalled, because a process can be stopped between any two lines.
   */
  mayAct(injection: Injection): Result<void>;
  /** How far somebody else (the guardian) has undone an injection that is ours; undefined where nobody has begun. */
  takenOver(injection: Injection): 'undoing' | 'closed' | undefined;
  readonly lease_s: number;
}

/** Opens a run's guard in its folder. Start the guardian with `startGuardian` before anything is injected. */
export function openGuard(directory: string): Result<GuardSession> {
  let until_s = uptime_s() + LEASE_S;
  const first = renewLease(directory, LEASE_S);
  if (!first.ok) return fail(cannotRenew(directory, first.problem.text));
  const watched = (): Result<void> => {
    const over_s = uptime_s() - until_s;
    if (over_s > 0) return fail(ranOut(over_s));
    const guardian = guardianOf(directory);
    return guardian !== undefined && alive(guardian) ? ok(undefined) : fail(unwatched);
  };
  return ok({
    lease_s: LEASE_S,
    journal: (step, injection, evidence) => {
      const allowed = step === 'intent' ? watched() : ok(undefined);
      return allowed.ok ? appendStep(directory, 'run', { step, injection, evidence }) : allowed;
    },
    renew: () => {
      const still = watched();
      if (!still.ok) return still;
      const at_s = uptime_s();
      const renewed = renewLease(directory, LEASE_S);
      if (!renewed.ok) return fail(cannotRenew(directory, renewed.problem.text));
      until_s = at_s + LEASE_S;
      return ok(undefined);
    },
    mayAct: (injection) => {
      if (takenOver(directory, injection) !== undefined) return fail(taken(injection));
      return watched();
    },
    takenOver: (injection) => takenOver(directory, injection),
  });
}

function takenOver(directory: string, injection: Injection): 'undoing' | 'closed' | undefined {
  const theirs = (line: JournalLine): boolean => line.injection === injection.id && line.by !== 'run';
  const lines = journalLines(directory).filter(theirs);
  if (lines.some((line) => line.step === 'closed')) return 'closed';
  return lines.length > 0 ? 'undoing' : undefined;
}

/**
 * Starts the guardian as a process of its own session, so that what ends the run (a closed terminal, a SIGKILL) does
 * not end it, and waits until it watches.
 */
export async function startGuardian(
  directory: string,
  command: readonly [string, ...string[]],
  signal: AbortSignal,
): Promise<Result<void>> {
  const [program, ...args] = command;
  const child = spawn(program, args, { detached: true, stdio: 'ignore' });
  let failed: Problem | undefined;
  child.on('error', (error) => (failed = notStarted(error.message)));
  child.on('exit', (code, by) => {
    failed ??=
      code === CANNOT_WATCH
        ? cannotWatch(directory)
        : notStarted(`it ended with ${by ?? `exit code ${code}`}`);
  });
  child.unref();
  const within = AbortSignal.any([signal, AbortSignal.timeout(GUARDIAN_WITHIN_MS)]);
  while (!within.aborted && failed === undefined) {
    const identity = guardianOf(directory);
    if (identity !== undefined && alive(identity)) return ok(undefined);
    await sleep(50, within);
  }
  if (failed !== undefined) return fail(failed);
  return fail(
    notStarted(signal.aborted ? 'the run was interrupted' : `not within ${GUARDIAN_WITHIN_MS / 1_000} s`),
  );
}

const notStarted = (why: string): Problem => ({
  code: 'inject-failed',
  message: `the guardian process did not start (${why}); nothing is injected without it`,
  fix: 'Look at the machine’s load and process limits (ulimit -u), then run again.',
});

const cannotWatch = (directory: string): Problem => ({
  code: 'disk-full',
  message: `the guardian process cannot write in ${directory}; nothing is injected without it`,
  fix: 'Free space there, or name another folder with --runs.',
});

function ranOut(ago_s: number): Problem {
  return {
    code: 'inject-failed',
    message: `the lease ran out ${ago_s.toFixed(1)} s before it could be renewed; the guardian undoes the faults`,
    fix: 'This machine or process was stopped for too long (suspended, frozen, starved): run again.',
  };
}

const unwatched: Problem = {
  code: 'inject-failed',
  message: 'the guardian process is gone; no fault is held without it',
  fix: 'Look why it ended (out of memory? killed by hand?), then run again.',
};

function taken(injection: Injection): Problem {
  return {
    code: 'inject-failed',
    message: `${injection.id} was undone by its guardian before it was made`,
    fix: 'This machine or process was stopped for too long (suspended, frozen, starved): run again.',
  };
}

function cannotRenew(directory: string, cause: string): Problem {
  return {
    code: 'disk-full',
    message: `the lease in ${directory} cannot be renewed`,
    fix: 'Free space there, or name another folder with --runs.',
    cause,
  };
}

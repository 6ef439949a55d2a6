import { spawn } from 'node:child_process';
import type { Injection, InjectionStep } from '../model/injection.ts';
import { fail, ok, type Problem, type Result } from '../model/result.ts';
import { sleep } from '../reach/clock.ts';
import { guardianOf } from './guardian.ts';
import { appendStep } from './journal.ts';
import { LEASE_S, leaseLeft, renewLease } from './lease.ts';
import { alive } from './proc.ts';

const GUARDIAN_WITHIN_MS = 15_000;

/** The guard of one run: its journal and its lease, with a guardian beside it. */
export interface GuardSession {
  journal(step: InjectionStep, injection: Injection, evidence?: string): Result<void>;
  renew(): Result<void>;
  readonly lease_s: number;
}

/** Opens a run's guard in its folder. Start the guardian with `startGuardian` before anything is injected. */
export function openGuard(directory: string): Result<GuardSession> {
  const first = renewLease(directory, LEASE_S);
  if (!first.ok) return fail(cannotRenew(directory, first.problem.text));
  return ok({
    lease_s: LEASE_S,
    journal: (step, injection, evidence) => appendStep(directory, 'run', { step, injection, evidence }),
    renew: () => {
      const left = leaseLeft(directory);
      if (left < 0) return fail(ranOut(-left));
      const renewed = renewLease(directory, LEASE_S);
      return renewed.ok ? ok(undefined) : fail(cannotRenew(directory, renewed.problem.text));
    },
  });
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
  let failed: string | undefined;
  child.on('error', (error) => (failed = error.message));
  child.unref();
  const within = AbortSignal.any([signal, AbortSignal.timeout(GUARDIAN_WITHIN_MS)]);
  while (!within.aborted && failed === undefined) {
    const identity = guardianOf(directory);
    if (identity !== undefined && alive(identity)) return ok(undefined);
    await sleep(50, within);
  }
  return fail({
    code: 'inject-failed',
    message: `the guardian process did not start${failed === undefined ? '' : `: ${failed}`}; nothing is injected without it`,
    fix: 'Look at the machine’s load and process limits (ulimit -u), then run again.',
  });
}

function ranOut(ago_s: number): Problem {
  return {
    code: 'inject-failed',
    message: `the lease ran out ${ago_s.toFixed(1)} s before it could be renewed; the guardian has undone the faults`,
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

import type { AnyFault, Look } from '../model/contracts/fault.ts';
import type { World } from '../model/contracts/world.ts';
import type { Injection, InjectionStep } from '../model/injection.ts';
import { fail, ok, type Problem, type Result } from '../model/result.ts';
import { sleep } from '../reach/clock.ts';

/** One attempt to undo may take this long before it is given up and tried again. */
const ATTEMPT_MS = 15_000;
const PAUSES_MS = [250, 500, 1_000, 2_000, 5_000];
const LOOK_EVERY_MS = 250;

export interface RestoreOptions {
  fault: AnyFault;
  world: World;
  injection: Injection;
  /** Called with each step before the next begins; the journal's fsync happens in it. */
  onStep: (step: InjectionStep, evidence?: string) => void;
  /** Called with each attempt that failed. */
  onProblem: (problem: Problem) => void;
  /** How long recovery may take to be proven once the undo is made, in milliseconds. */
  proveWithin_ms: number;
  /** The clean-up's own deadline; never the run's abort. */
  signal: AbortSignal;
}

/**
 * Undoes one injection and proves it: undo (again and again, at most 5 s apart, until it succeeds), recovery proven,
 * our marks taken off. The one path for a run, the guardian and `heal`; all of it is idempotent.
 */
export async function restore(options: RestoreOptions): Promise<Result<void>> {
  options.onStep('undoing');
  const undone = await untilOk(options, (signal) =>
    options.fault.undo(options.world, options.injection, signal),
  );
  if (!undone.ok) return undone;
  options.onStep('undone');
  const look = await proveRecovery(options);
  if (look.is !== 'yes') return fail(notRecovered(options.injection, look));
  options.onStep('recovered', look.evidence);
  const disarm = options.fault.disarm?.bind(options.fault);
  if (disarm !== undefined) {
    const disarmed = await untilOk(options, (signal) => disarm(options.world, options.injection, signal));
    if (!disarmed.ok) return disarmed;
  }
  options.onStep('closed');
  return ok(undefined);
}

async function untilOk(
  options: RestoreOptions,
  attempt: (signal: AbortSignal) => Promise<Result<void>>,
): Promise<Result<void>> {
  for (let tries = 0; ; tries += 1) {
    const tried = await attempt(AbortSignal.any([options.signal, AbortSignal.timeout(ATTEMPT_MS)]));
    if (tried.ok) return tried;
    options.onProblem(tried.problem);
    if (options.signal.aborted) return fail(gaveUp(options.injection, tried.problem));
    await sleep(PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)] ?? 5_000, options.signal);
  }
}

async function proveRecovery(options: RestoreOptions): Promise<Look> {
  const within = AbortSignal.any([options.signal, AbortSignal.timeout(options.proveWithin_ms)]);
  for (;;) {
    const attempt = AbortSignal.any([within, AbortSignal.timeout(ATTEMPT_MS)]);
    const look = await options.fault.recovered(options.world, options.injection, attempt);
    if (look.is === 'yes' || within.aborted) return look;
    await sleep(LOOK_EVERY_MS, within);
  }
}

function gaveUp(injection: Injection, last: Problem): Problem {
  return {
    code: 'undo-failed',
    message: `${injection.fault} on ${injection.target.name} could not be undone: ${last.message}`,
    fix: 'Make the system reachable again, then run `aftershock heal`.',
    ...(last.cause === undefined ? {} : { cause: last.cause }),
  };
}

function notRecovered(injection: Injection, look: Look): Problem {
  return {
    code: 'undo-failed',
    message: `${injection.fault} on ${injection.target.name} was undone, but its target is not as before: ${look.evidence}`,
    fix: 'Look at the target; `aftershock heal` proves it again and takes our marks off.',
  };
}

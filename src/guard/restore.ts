import pLimit from 'p-limit';
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
  /** Called with each look at the target that did not see it recovered. */
  onLook?: (look: Look) => void;
  /** How long recovery may take to be proven once the undo is made, in milliseconds. */
  proveWithin_ms: number;
  /** The clean-up's own deadline; never the run's abort. */
  signal: AbortSignal;
}

/**
 * Undoes one injection and proves it: undo (again and again, at most 5 s apart, until it succeeds), recovery proven,
 * our marks taken off. The one path for a run, the guardian and `heal`; all of it is idempotent. It never rejects
 * because of a fault: what a fault throws is a failed try like any other.
 */
export async function restore(given: RestoreOptions): Promise<Result<void>> {
  const options = {
    ...given,
    onStep: unheard(given.onStep),
    onProblem: unheard(given.onProblem),
    onLook: unheard(given.onLook ?? (() => undefined)),
  };
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

/** How many targets of one entry are undone at once. */
const UNDONE_AT_ONCE = 16;

/**
 * Restores several, begun in the given order: the targets of one entry side by side, each entry once the one before it
 * is undone, or could not be at its first try, so that one which cannot be undone does not keep the others broken.
 * `onTried` is called when that is so for the last. Proofs run side by side. The results stand in the given order.
 */
export async function restoreAll(
  all: readonly RestoreOptions[],
  onTried: () => void = () => undefined,
): Promise<Result<void>[]> {
  const restoring: Promise<Result<void>>[] = [];
  for (const entry of byEntry(all)) {
    const limit = pLimit(UNDONE_AT_ONCE);
    const begun = entry.map((options) => limit(() => begin(options, restoring)));
    await Promise.all(begun);
  }
  onTried();
  return Promise.all(restoring);
}

/** Neighbours of one entry of a run, together. */
function byEntry(all: readonly RestoreOptions[]): RestoreOptions[][] {
  const groups: RestoreOptions[][] = [];
  for (const options of all) {
    const last = groups.at(-1);
    const before = last?.at(-1)?.injection;
    const { run, entry } = options.injection;
    if (last !== undefined && before?.run === run && before.entry === entry) last.push(options);
    else groups.push([options]);
  }
  return groups;
}

/** Begins to restore, and waits until it is undone or could not be at its first try. */
async function begin(options: RestoreOptions, restoring: Promise<Result<void>>[]): Promise<void> {
  const tried = Promise.withResolvers<void>();
  const restored = restore({
    ...options,
    onStep: (step, evidence) => {
      options.onStep(step, evidence);
      if (step === 'undone') tried.resolve();
    },
    onProblem: (problem) => {
      options.onProblem(problem);
      tried.resolve();
    },
  });
  restoring.push(restored);
  await Promise.race([tried.promise, restored]);
}

async function untilOk(
  options: RestoreOptions,
  attempt: (signal: AbortSignal) => Promise<Result<void>>,
): Promise<Result<void>> {
  for (let tries = 0; ; tries += 1) {
    const tried = await caught(options.injection, () =>
      attempt(AbortSignal.any([options.signal, AbortSignal.timeout(ATTEMPT_MS)])),
    );
    if (tried.ok) return tried;
    options.onProblem(tried.problem);
    if (options.signal.aborted) return fail(gaveUp(options.injection, tried.problem));
    await sleep(PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)] ?? 5_000, options.signal);
  }
}

/** The look that saw it recovered, or the last one that saw anything: what a deadline cut short tells nothing. */
async function proveRecovery(options: RestoreOptions): Promise<Look> {
  const { fault, world, injection } = options;
  let seen: Look | undefined;
  const within = AbortSignal.any([options.signal, AbortSignal.timeout(options.proveWithin_ms)]);
  for (;;) {
    const attempt = AbortSignal.any([within, AbortSignal.timeout(ATTEMPT_MS)]);
    const looked = await caught(injection, async () => ok(await fault.recovered(world, injection, attempt)));
    const look: Look = looked.ok ? looked.value : { is: 'unsure', evidence: looked.problem.message };
    if (look.is === 'yes') return look;
    if (look.is === 'no') seen = look;
    if (within.aborted) return seen ?? look;
    options.onLook?.(look);
    await sleep(LOOK_EVERY_MS, within);
  }
}

/** Who only listens (a journal, a screen) must not keep us from undoing by what it throws. */
function unheard<A extends unknown[]>(listener: (...told: A) => void): (...told: A) => void {
  return (...told) => {
    try {
      listener(...told);
    } catch {
      // The next step matters more than that somebody hears of this one.
    }
  };
}

/** A fault that throws has a bug; the undo of what it broke must outlive it. */
async function caught<T>(injection: Injection, step: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await step();
  } catch (error) {
    return fail({
      code: 'undo-failed',
      message: `internal error in ${injection.fault}: ${error instanceof Error ? error.message : String(error)}`,
      fix: 'Report this with the run folder; `aftershock heal` tries it again.',
      ...(error instanceof Error && error.stack !== undefined ? { cause: error.stack } : {}),
    });
  }
}

function gaveUp(injection: Injection, last: Problem): Problem {
  return {
    code: 'undo-failed',
    message: `${injection.fault} on ${injection.target.name} could not be undone: ${last.message}`,
    fix: `Make the system reachable again, then run \`aftershock heal\`. If it is gone for good: \`aftershock heal --forget ${injection.run}\`.`,
    ...(last.cause === undefined ? {} : { cause: last.cause }),
  };
}

function notRecovered(injection: Injection, look: Look): Problem {
  return {
    code: 'undo-failed',
    message: `${injection.fault} on ${injection.target.name} was undone, but its target is not as before: ${look.evidence}`,
    fix: `Look at the target; \`aftershock heal\` proves it again and takes our marks off. If it is gone for good: \`aftershock heal --forget ${injection.run}\`.`,
  };
}

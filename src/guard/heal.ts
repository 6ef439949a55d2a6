import type { AnyFault, Ground, Leftover, Look } from '../model/contracts/fault.ts';
import type { World } from '../model/contracts/world.ts';
import type { SystemUse } from '../model/experiment.ts';
import type { Injection, InjectionStep } from '../model/injection.ts';
import { gather, type Problem, type Result } from '../model/result.ts';
import { sleep } from '../reach/clock.ts';
import { together } from './grounds.ts';
import { appendStep, type OpenInjection, openInjections } from './journal.ts';
import { isAlive, noteClosed, type OpenRun, openRuns, useOf } from './open-runs.ts';
import { type RestoreOptions, restoreAll } from './restore.ts';

/** A system reached again. */
export interface Reached {
  world: World;
  grounds: readonly Ground[];
  /** Why a part of it is not reached; what needs that part is told this. */
  missing?: Problem;
}

export interface HealOptions {
  home: string;
  /** Only this run's, where it is given. */
  run?: string;
  faults: ReadonlyMap<string, AnyFault>;
  connect: (use: SystemUse) => Promise<Result<Reached>>;
  /** How long one target may take to be as before, in milliseconds. */
  proveWithin_ms: number;
  /** How long an undo that does not succeed is tried again, in milliseconds. */
  undoWithin_ms: number;
  onStep: (injection: Injection, step: InjectionStep) => void;
  onProblem: (problem: Problem) => void;
  /** Called with each look at a target that is not as before yet. */
  onLook?: (injection: Injection, look: Look) => void;
  signal: AbortSignal;
}

/** What heal did: injections made clean, those that were left alone, and what is still there and why. */
export interface Healed {
  clean: Injection[];
  /** Of runs that are alive on this machine. */
  living: { run: string; injections: number }[];
  /** Of runs whose lock is fresh, though no such run is alive here: alive elsewhere, or dead just now. */
  unsure: Leftover[];
  failed: { injection?: Injection; problem: Problem }[];
}

export const nothingHealed = (): Healed => ({ clean: [], living: [], unsure: [], failed: [] });

/** A run that is not healed after so long keeps the one before it waiting no more. */
const NEXT_AFTER_MS = 5_000;

/**
 * Undoes what the local journals of dead runs hold open, newest first, and gives their locks back. The next run is
 * begun with once the one before it is clean, or takes long: what cannot be undone keeps nothing else broken.
 */
export async function healLocal(options: HealOptions): Promise<Healed> {
  const healed = nothingHealed();
  const healing: Promise<void>[] = [];
  for (const entry of openRuns(options.home)) {
    if (options.run !== undefined && entry.run !== options.run) continue;
    if (isAlive(entry)) {
      healed.living.push({ run: entry.run, injections: openInjections(entry.directory).length });
    } else {
      const one = healRun(options, entry, healed);
      // What throws is told at the end; until then it must not take the others down.
      one.catch(() => undefined);
      healing.push(one);
      await within(one, NEXT_AFTER_MS);
    }
  }
  await Promise.all(healing);
  return healed;
}

/** Waits for something, but not for ever. */
async function within(what: Promise<void>, ms: number): Promise<void> {
  const over = new AbortController();
  await Promise.race([Promise.allSettled([what]), sleep(ms, over.signal)]);
  over.abort();
}

/** Undoes what bears our mark on a system, without any local record; fresh ones only with `all`. */
export async function healSystem(options: HealOptions, reached: Reached, all: boolean): Promise<Healed> {
  const healed = nothingHealed();
  const { found, problems } = await leftoversOf(reached, options.signal);
  healed.failed.push(...problems.map((problem) => ({ problem })));
  const stale = found.filter(({ fresh }) => all || !fresh);
  const alive = new Set(
    openRuns(options.home)
      .filter(isAlive)
      .map(({ run }) => run),
  );
  for (const left of found.filter(({ fresh }) => !all && fresh)) {
    if (alive.has(left.injection.run)) healed.living.push({ run: left.injection.run, injections: 1 });
    else healed.unsure.push(left);
  }
  await healAll(options, { reached, injections: stale.map(({ injection }) => injection) }, healed);
  return healed;
}

async function healRun(options: HealOptions, entry: OpenRun, healed: Healed): Promise<void> {
  const open = openInjections(entry.directory);
  const reached = await options.connect(useOf(entry));
  if (!reached.ok) {
    // With nothing open there is nothing to reach the system for.
    if (open.length === 0) noteClosed(options.home, entry.run);
    else healed.failed.push({ problem: notReached(entry, open.length, reached.problem) });
    return;
  }
  const { world, grounds, missing } = reached.value;
  const { injections, lost } = await leftOf(options, { entry, open, reached: reached.value });
  healed.failed.push(...lost);
  const { clean, unreached } = await healAll(
    options,
    { reached: reached.value, injections, directory: entry.directory },
    healed,
  );
  if (missing !== undefined && unreached > 0)
    healed.failed.push({ problem: notReached(entry, unreached, missing) });
  await together(grounds).unlock(world, { run: entry.run, lease_s: 0 }, AbortSignal.timeout(10_000));
  if (clean && lost.length === 0) noteClosed(options.home, entry.run);
}

/**
 * What a dead run left: what its journal holds open, and what bears its mark on the system though the journal is
 * damaged or was deleted.
 */
async function leftOf(
  options: HealOptions,
  of: { entry: OpenRun; open: readonly OpenInjection[]; reached: Reached },
): Promise<{ injections: Injection[]; lost: Healed['failed'] }> {
  const whole = of.open.filter(({ damaged }) => damaged === undefined).map(({ injection }) => injection);
  const { found } = await leftoversOf(of.reached, options.signal);
  const known = new Set(whole.map(({ id }) => id));
  const marked = found
    .map(({ injection }) => injection)
    .filter(({ id, run }) => run === of.entry.run && !known.has(id));
  const lost = of.open.flatMap(({ injection, damaged }) =>
    damaged === undefined || marked.some(({ id }) => id === injection.id)
      ? []
      : [{ injection, problem: damaged }],
  );
  return { injections: [...whole, ...marked], lost };
}

/** What every part of a system shows; a part that cannot be looked at keeps nobody from the others. */
async function leftoversOf(
  { world, grounds }: Reached,
  signal: AbortSignal,
): Promise<{ found: Leftover[]; problems: Problem[] }> {
  const looks = gather(await Promise.all(grounds.map((ground) => ground.leftovers(world, signal))));
  const unreadable = looks.values.flatMap((one) => one.unreadable);
  return { found: looks.values.flatMap(({ found }) => found), problems: [...looks.problems, ...unreadable] };
}

interface Healing {
  reached: Reached;
  injections: readonly Injection[];
  directory?: string;
}

/** Heals in the given order: whether all of it is clean, and how many need a part of the system that is not reached. */
async function healAll(
  options: HealOptions,
  what: Healing,
  healed: Healed,
): Promise<{ clean: boolean; unreached: number }> {
  const restoring = what.injections.flatMap((injection) => {
    const fault = options.faults.get(injection.fault);
    if (fault !== undefined) return [restoringOf(options, what, { injection, fault })];
    healed.failed.push({ injection, problem: unknownFault(injection) });
    return [];
  });
  const restored = await restoreAll(restoring.map(({ restore }) => restore));
  let unreached = 0;
  for (const [index, { restore, unreachable }] of restoring.entries()) {
    const { injection } = restore;
    const one = restored[index];
    if (one?.ok !== false) healed.clean.push(injection);
    else if (unreachable.aborted) unreached += 1;
    else healed.failed.push({ injection, problem: one.problem });
  }
  const clean = restoring.length === what.injections.length && restored.every(({ ok }) => ok);
  return { clean, unreached };
}

/** While a part of a system is missing, an undo that fails so often is taken to need it. */
const TRIES_WITHOUT = 5;

/** How one is restored; it is given up, and `unreachable` aborted, once its fault met what is missing. */
function restoringOf(
  options: HealOptions,
  { reached: { world, missing }, directory }: Healing,
  { injection, fault }: { injection: Injection; fault: AnyFault },
): { restore: RestoreOptions; unreachable: AbortSignal } {
  const met = new AbortController();
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let tries = 0;
  const look = (text: string): void => {
    if (missing !== undefined && (text.includes(missing.message) || tries >= TRIES_WITHOUT)) met.abort();
  };
  const restore: RestoreOptions = {
    fault,
    world,
    injection,
    onStep: (step, evidence) => {
      // Tries count from the first of them; the proof has its own time.
      clearTimeout(timer);
      if (step === 'undoing') timer = setTimeout(() => late.abort(), options.undoWithin_ms).unref();
      if (directory !== undefined) appendStep(directory, 'heal', { step, injection, evidence });
      options.onStep(injection, step);
    },
    onProblem: (problem) => {
      tries += 1;
      look(problem.message);
      if (!met.signal.aborted) options.onProblem(problem);
    },
    onLook: (seen) => {
      look(seen.evidence);
      if (!met.signal.aborted) options.onLook?.(injection, seen);
    },
    proveWithin_ms: options.proveWithin_ms,
    signal: AbortSignal.any([options.signal, met.signal, late.signal]),
  };
  return { restore, unreachable: met.signal };
}

function notReached(entry: OpenRun, injections: number, why: Problem): Problem {
  return {
    ...why,
    code: 'undo-failed',
    message: `${entry.run} left ${injections} injection(s), and its system is not reached: ${why.message}`,
    fix: `${why.fix} If that system does not exist any more: \`aftershock heal --forget ${entry.run}\`.`,
  };
}

function unknownFault(injection: Injection): Problem {
  return {
    code: 'undo-failed',
    message: `${injection.id} is of the fault ${injection.fault}, which this version does not know`,
    fix: 'Run `heal` with the version that injected it.',
  };
}

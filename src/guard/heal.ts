import type { AnyFault, Ground } from '../model/contracts/fault.ts';
import type { World } from '../model/contracts/world.ts';
import type { KubernetesUse } from '../model/experiment.ts';
import type { Injection, InjectionStep } from '../model/injection.ts';
import type { Problem, Result } from '../model/result.ts';
import { appendStep, openInjections } from './journal.ts';
import { isAlive, noteClosed, type OpenRun, openRuns } from './open-runs.ts';
import { restore } from './restore.ts';

/** A system reached again. */
export interface Reached {
  world: World;
  ground: Ground;
}

export interface HealOptions {
  home: string;
  /** Only this run's, where it is given. */
  run?: string;
  faults: ReadonlyMap<string, AnyFault>;
  connect: (use: KubernetesUse) => Promise<Result<Reached>>;
  /** How long one target may take to be as before, in milliseconds. */
  proveWithin_ms: number;
  onStep: (injection: Injection, step: InjectionStep) => void;
  onProblem: (problem: Problem) => void;
  signal: AbortSignal;
}

/** What heal did: injections made clean, those of living runs left alone, and what is still there and why. */
export interface Healed {
  clean: Injection[];
  living: { run: string; injections: number }[];
  failed: { injection?: Injection; problem: Problem }[];
}

export const nothingHealed = (): Healed => ({ clean: [], living: [], failed: [] });

/** Undoes what the local journals of dead runs hold open, newest first, and gives their locks back. */
export async function healLocal(options: HealOptions): Promise<Healed> {
  const healed = nothingHealed();
  for (const entry of openRuns(options.home)) {
    if (options.run !== undefined && entry.run !== options.run) continue;
    if (isAlive(entry)) {
      healed.living.push({ run: entry.run, injections: openInjections(entry.directory).length });
    } else {
      await healRun(options, entry, healed);
    }
  }
  return healed;
}

/** Undoes what bears our mark on a system, without any local record; fresh ones only with `all`. */
export async function healSystem(options: HealOptions, reached: Reached, all: boolean): Promise<Healed> {
  const healed = nothingHealed();
  const found = await reached.ground.leftovers(reached.world, options.signal);
  if (!found.ok) {
    healed.failed.push({ problem: found.problem });
    return healed;
  }
  for (const { injection, fresh } of found.value) {
    if (fresh && !all) healed.living.push({ run: injection.run, injections: 1 });
    else await healOne(options, { reached, injection }, healed);
  }
  return healed;
}

async function healRun(options: HealOptions, entry: OpenRun, healed: Healed): Promise<void> {
  const open = openInjections(entry.directory);
  const reached = await options.connect(entry.kubernetes ?? {});
  if (!reached.ok) {
    // With nothing open there is nothing to reach the system for.
    if (open.length === 0) noteClosed(options.home, entry.run);
    else healed.failed.push({ problem: reached.problem });
    return;
  }
  let clean = true;
  for (const { injection } of open) {
    const one = await healOne(
      options,
      { reached: reached.value, injection, directory: entry.directory },
      healed,
    );
    clean &&= one;
  }
  const holder = { run: entry.run, lease_s: 0 };
  await reached.value.ground.unlock(reached.value.world, holder, AbortSignal.timeout(10_000));
  if (clean) noteClosed(options.home, entry.run);
}

async function healOne(
  options: HealOptions,
  what: { reached: Reached; injection: Injection; directory?: string },
  healed: Healed,
): Promise<boolean> {
  const { injection, directory, reached } = what;
  const fault = options.faults.get(injection.fault);
  if (fault === undefined) {
    healed.failed.push({ injection, problem: unknownFault(injection) });
    return false;
  }
  const restored = await restore({
    fault,
    world: reached.world,
    injection,
    onStep: (step, evidence) => {
      if (directory !== undefined) appendStep(directory, 'heal', { step, injection, evidence });
      options.onStep(injection, step);
    },
    onProblem: options.onProblem,
    proveWithin_ms: options.proveWithin_ms,
    signal: options.signal,
  });
  if (restored.ok) healed.clean.push(injection);
  else healed.failed.push({ injection, problem: restored.problem });
  return restored.ok;
}

function unknownFault(injection: Injection): Problem {
  return {
    code: 'undo-failed',
    message: `${injection.id} is of the fault ${injection.fault}, which this version does not know`,
    fix: 'Run `heal` with the version that injected it.',
  };
}

import { chooseTargets, pickPurpose } from '../files/planning/choose.ts';
import { limitProblems, radiusOf } from '../files/planning/limits.ts';
import { protectedProblems } from '../files/planning/protect.ts';
import type { AnyFault, Candidates } from '../model/contracts/fault.ts';
import type { Clock, Random, World } from '../model/contracts/world.ts';
import type { FaultEntry, System } from '../model/experiment.ts';
import type { Target } from '../model/injection.ts';
import { fail, ok, type Result } from '../model/result.ts';

/** A role may have no holder for a while: it is looked for this long, in milliseconds. */
const HOLDER_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 500;

interface Choosing {
  world: World;
  faults: ReadonlyMap<string, AnyFault>;
  system: System;
  random: (purpose: string) => Random;
  clock: Clock;
}

/**
 * Finds an entry's targets again at the moment of injection, draws them as the plan did, and holds them against the
 * limits again: the system may have changed since the plan.
 */
export function chooser(
  choosing: Choosing,
): (entry: FaultEntry, signal: AbortSignal) => Promise<Result<Target[]>> {
  return async (entry, signal) => {
    const candidates = await resolved(choosing, entry, signal);
    if (!candidates.ok) return candidates;
    const { limits } = choosing.system;
    const chosen = chooseTargets(entry, candidates.value, choosing.random(pickPurpose(entry)));
    if (!chosen.ok) return chosen;
    const radius = radiusOf(chosen.value.length, candidates.value);
    const problems = [
      ...protectedProblems(entry, candidates.value, limits),
      ...limitProblems([{ entry, radius }], limits),
    ];
    const [first] = problems;
    return first === undefined ? ok(chosen.value) : fail(first);
  };
}

async function resolved(
  choosing: Choosing,
  entry: FaultEntry,
  signal: AbortSignal,
): Promise<Result<Candidates>> {
  const fault = choosing.faults.get(entry.fault);
  if (fault === undefined) throw new TypeError(`internal: no fault ${entry.fault}`);
  const within = AbortSignal.any([signal, AbortSignal.timeout(HOLDER_WITHIN_MS)]);
  for (;;) {
    const wanted = { target: entry.target, params: entry.params };
    const candidates = await fault.resolve(
      choosing.world,
      wanted,
      AbortSignal.any([signal, AbortSignal.timeout(HOLDER_WITHIN_MS)]),
    );
    if (candidates.ok || candidates.problem.code !== 'target-missing' || within.aborted) return candidates;
    await choosing.clock.sleep(LOOK_EVERY_MS, within);
  }
}

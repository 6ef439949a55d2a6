import type { Ground } from '../model/contracts/fault.ts';
import type { JsonObject } from '../model/json.ts';
import { fail, ok, type Problem, type Result } from '../model/result.ts';

/** How long giving back the locks that were taken before the one that could not be may take, in milliseconds. */
const GIVE_BACK_WITHIN_MS = 10_000;

/**
 * Several grounds as one. All locks are taken in the given order, and given back where one cannot be had. A renewal,
 * a giving back and a snapshot reach all of them, whatever becomes of one; its problem is then told.
 */
export function together(grounds: readonly Ground[]): Ground {
  const each = (act: (ground: Ground) => Promise<Result<void>>): Promise<Result<void>> => all(grounds, act);
  return {
    name: grounds.map(({ name }) => name).join(', '),
    lock: async (world, holder, signal) => {
      const taken: Ground[] = [];
      for (const ground of grounds) {
        const locked = await ground.lock(world, holder, signal);
        if (!locked.ok) {
          const within = AbortSignal.timeout(GIVE_BACK_WITHIN_MS);
          await all(taken.reverse(), (one) => one.unlock(world, holder, within));
          return locked;
        }
        taken.push(ground);
      }
      return ok(undefined);
    },
    renew: (world, holder, signal) => each((ground) => ground.renew(world, holder, signal)),
    unlock: (world, holder, signal) => each((ground) => ground.unlock(world, holder, signal)),
    leftovers: async (world, signal) => {
      const found = await Promise.all(grounds.map((ground) => ground.leftovers(world, signal)));
      const failed = found.find((one) => !one.ok);
      return failed ?? ok(found.flatMap((one) => (one.ok ? one.value : [])));
    },
    snapshot: async (world, signal) => {
      const taken = await Promise.all(grounds.map((ground) => ground.snapshot(world, signal)));
      const whole = taken.flatMap((one) => (one.ok ? [one.value] : []));
      const failed = taken.find((one) => !one.ok);
      return whole.length === 0 && failed !== undefined ? failed : ok(whole.reduce(merged, {}));
    },
  };
}

/** A lock in other hands is worse than one that could not be reached. */
async function all(
  grounds: readonly Ground[],
  act: (ground: Ground) => Promise<Result<void>>,
): Promise<Result<void>> {
  const problems: Problem[] = [];
  for (const done of await Promise.all(grounds.map(act))) if (!done.ok) problems.push(done.problem);
  const worst = problems.find(({ code }) => code === 'locked') ?? problems[0];
  return worst === undefined ? ok(undefined) : fail(worst);
}

/** Parts of the same name (`hosts`) are joined. */
function merged(one: JsonObject, other: JsonObject): JsonObject {
  const joined = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const before = joined[key];
    joined[key] = isObject(before) && isObject(value) ? { ...before, ...value } : value;
  }
  return joined;
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

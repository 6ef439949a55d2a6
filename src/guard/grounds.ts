import pLimit from 'p-limit';
import type { Ground } from '../model/contracts/fault.ts';
import type { JsonObject } from '../model/json.ts';
import { fail, ok, type Problem, type Result } from '../model/result.ts';

/** How long giving back the locks that were taken before the one that could not be may take, in milliseconds. */
const GIVE_BACK_WITHIN_MS = 10_000;

/**
 * Several grounds as one. All locks are taken, and given back where one cannot be had: nobody waits for one. A renewal,
 * a giving back and a snapshot reach all of them, whatever becomes of one; its problem is then told.
 */
export function together(grounds: readonly Ground[]): Ground {
  const each = (act: (ground: Ground) => Promise<Result<void>>): Promise<Result<void>> => all(grounds, act);
  return {
    name: grounds.map(({ name }) => name).join(', '),
    lock: async (world, holder, signal) => {
      const taken: Ground[] = [];
      const locked = await all(grounds, async (ground) => {
        const one = await ground.lock(world, holder, signal);
        if (one.ok) taken.push(ground);
        return one;
      });
      if (locked.ok) return locked;
      const within = AbortSignal.timeout(GIVE_BACK_WITHIN_MS);
      await all(taken, (one) => one.unlock(world, holder, within));
      return locked;
    },
    renew: (world, holder, signal) => each((ground) => ground.renew(world, holder, signal)),
    unlock: (world, holder, signal) => each((ground) => ground.unlock(world, holder, signal)),
    leftovers: async (world, signal) => {
      const found = await someAtOnce(grounds, (ground) => ground.leftovers(world, signal));
      const failed = found.find((one) => !one.ok);
      const seen = found.flatMap((one) => (one.ok ? [one.value] : []));
      return (
        failed ??
        ok({
          found: seen.flatMap((one) => one.found),
          unreadable: seen.flatMap(({ unreadable }) => unreadable),
        })
      );
    },
    snapshot: async (world, signal) => {
      const taken = await someAtOnce(grounds, (ground) => ground.snapshot(world, signal));
      const whole = taken.flatMap((one) => (one.ok ? [one.value] : []));
      const failed = taken.find((one) => !one.ok);
      return whole.length === 0 && failed !== undefined ? failed : ok(whole.reduce(merged, {}));
    },
  };
}

/** How many grounds are asked at once: many hosts on one small machine must not run into their deadlines together. */
const AT_ONCE = 16;

function someAtOnce<T>(grounds: readonly Ground[], act: (ground: Ground) => Promise<T>): Promise<T[]> {
  const limit = pLimit(AT_ONCE);
  return Promise.all(grounds.map((ground) => limit(() => act(ground))));
}

/** A lock in other hands is worse than one that could not be reached. */
async function all(
  grounds: readonly Ground[],
  act: (ground: Ground) => Promise<Result<void>>,
): Promise<Result<void>> {
  const problems: Problem[] = [];
  for (const done of await someAtOnce(grounds, act)) if (!done.ok) problems.push(done.problem);
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

import type { Json, JsonObject } from '../../model/json.ts';
import { textAt } from '../../reach/kubernetes/fields.ts';

/** A container's `env`, entry by entry as the API has it; undefined where the key is absent. */
export type EnvList = JsonObject[] | undefined;

/** What some variables were before: enough to bring exactly them back, whatever became of the others. */
export type FormerEnv = {
  /** The key `env` was absent. */
  absent: boolean;
  /** The names of the whole list, in order: where entries stood is told by what stood before them. */
  order: string[];
  /** The entries of our variables, with their places in the list. */
  entries: { index: number; entry: JsonObject }[];
};

export type EnvChange = { set: Record<string, string>; remove: readonly string[] };

export const namesOf = (change: EnvChange): string[] => [...Object.keys(change.set), ...change.remove];

const nameOf = (entry: JsonObject): string => textAt(entry, 'name') ?? '';

/** Sets variables in their place (new ones at the end), removes others, and leaves the rest as it is. */
export function applyEnv(env: EnvList, change: EnvChange): JsonObject[] {
  const before = env ?? [];
  const seen = new Set<string>();
  const changed: JsonObject[] = [];
  for (const entry of before) {
    const name = nameOf(entry);
    const value = Object.hasOwn(change.set, name) ? change.set[name] : undefined;
    if (value === undefined && !change.remove.includes(name)) changed.push(entry);
    // A name that stands twice is set once; the undo brings both back.
    else if (value !== undefined && !seen.has(name)) changed.push({ name, value });
    seen.add(name);
  }
  for (const [name, value] of Object.entries(change.set)) {
    if (!seen.has(name)) changed.push({ name, value });
  }
  return changed;
}

/** Notes what our variables are now. */
export function noteEnv(env: EnvList, names: readonly string[]): FormerEnv {
  const list = env ?? [];
  const entries = list.map((entry, index) => ({ index, entry }));
  return {
    absent: env === undefined,
    order: list.map(nameOf),
    entries: entries.filter(({ entry }) => names.includes(nameOf(entry))),
  };
}

/**
 * Brings our variables back to what they were and leaves all others as they are now. Each entry goes behind the
 * nearest one that stood before it and still does, so an otherwise unchanged list comes back exactly.
 */
export function restoreEnv(env: EnvList, former: FormerEnv, names: readonly string[]): EnvList {
  const restored = (env ?? []).filter((entry) => !names.includes(nameOf(entry)));
  let next = 0;
  for (const { index, entry } of former.entries) {
    // Others may have reordered theirs; ours stay in their order.
    const place = Math.max(next, placeFor(restored, former.order.slice(0, index)));
    restored.splice(place, 0, entry);
    next = place + 1;
  }
  return restored.length === 0 && former.absent ? undefined : restored;
}

/** The index behind the last of `before` that is in the list; names that repeat are told apart by their count. */
function placeFor(list: readonly JsonObject[], before: readonly string[]): number {
  for (let last = before.length - 1; last >= 0; last -= 1) {
    const name = before[last];
    let count = before.slice(0, last + 1).filter((other) => other === name).length;
    const found = list.findIndex((entry) => {
      if (nameOf(entry) === name) count -= 1;
      return count === 0;
    });
    if (found >= 0) return found + 1;
  }
  return 0;
}

/** Whether two lists say the same; the API drops an empty list, so it equals an absent one. */
export const sameEnv = (one: EnvList, other: EnvList): boolean => text(one ?? []) === text(other ?? []);

const text = (value: Json): string =>
  JSON.stringify(value, (_, inner: Json) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { applyEnv, type EnvList, namesOf, noteEnv, restoreEnv, sameEnv } from './env-list.ts';

const name = fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F');
const entry: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.record({ name, value: fc.string() }),
  fc.record({ name }),
  fc.record({
    name,
    valueFrom: fc.record({ secretKeyRef: fc.record({ name: fc.string(), key: fc.string() }) }),
  }),
);
const env: fc.Arbitrary<EnvList> = fc.option(fc.array(entry, { maxLength: 8 }), { nil: undefined });
const change = fc
  .tuple(fc.dictionary(name, fc.string()), fc.uniqueArray(name))
  .map(([set, remove]) => ({ set, remove: remove.filter((each) => !Object.hasOwn(set, each)) }));

test('the undo brings any list back exactly: places, repeated names, valueFrom, absence', () => {
  fc.assert(
    fc.property(env, change, (before, wish) => {
      const former = noteEnv(before, namesOf(wish));
      const after = applyEnv(before, wish);
      const restored = restoreEnv(after, former, namesOf(wish));
      expect(restored).toEqual(before);
      // Undoing again, or undoing what never was done, changes nothing.
      expect(restoreEnv(restored, former, namesOf(wish))).toEqual(before);
    }),
    { numRuns: 1_000 },
  );
});

test('what others changed meanwhile is kept, in its order, and ours comes back all the same', () => {
  fc.assert(
    fc.property(env, change, fc.array(entry, { maxLength: 6 }), (before, wish, others) => {
      const ours = namesOf(wish);
      const isOurs = (one: JsonObject): boolean => ours.includes(String(one['name']));
      const meanwhile = [...others.filter((one) => !isOurs(one)), ...applyEnv(before, wish).filter(isOurs)];
      const restored = restoreEnv(meanwhile, noteEnv(before, ours), ours) ?? [];
      expect(restored.filter((one) => !isOurs(one))).toEqual(others.filter((one) => !isOurs(one)));
      expect(restored.filter(isOurs)).toEqual((before ?? []).filter(isOurs));
    }),
    { numRuns: 1_000 },
  );
});

test('a change is seen: each set variable has its value once, each removed one is gone', () => {
  fc.assert(
    fc.property(env, change, (before, wish) => {
      const after = applyEnv(before, wish);
      for (const [key, value] of Object.entries(wish.set)) {
        expect(after.filter((one) => one['name'] === key)).toEqual([{ name: key, value }]);
      }
      expect(after.some((one) => wish.remove.some((removed) => removed === one['name']))).toBe(false);
      expect(sameEnv(applyEnv(after, wish), after)).toBe(true);
    }),
  );
});

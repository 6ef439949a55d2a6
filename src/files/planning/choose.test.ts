import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../reach/random.ts';
import { fakePod } from '../fake-registry.ts';
import { chooseTargets, countOf } from './choose.ts';
import { fakeEntry } from './fake-entry.ts';

const pods = ['c', 'a', 'e', 'b', 'd'].map((name) => fakePod(name));
const names = (chosen: ReturnType<typeof chooseTargets>): string[] =>
  chosen.ok ? chosen.value.map(({ name }) => name) : [chosen.problem.message];

describe('picking', () => {
  test.each([
    [{ count: 1 }, 5, 1],
    [{ percent: 50 }, 5, 2],
    [{ percent: 1 }, 5, 1],
    [{ percent: 100 }, 5, 5],
    ['all' as const, 5, 5],
  ])('%o of %i is %i', (pick, of, count) => {
    expect(countOf(pick, of)).toBe(count);
  });

  test('the same seed chooses the same, in whatever order the candidates come', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.shuffledSubarray(pods, { minLength: 5 }),
        fc.integer({ min: 1, max: 5 }),
        (seed, shuffled, count) => {
          const entry = fakeEntry('a', { pick: { count } });
          const choose = (found: typeof pods): string[] =>
            names(chooseTargets(entry, { found }, seededRandom(seed, 'pick a')));
          const chosen = choose(shuffled);
          expect(chosen).toEqual(choose(pods));
          expect(new Set(chosen).size).toBe(count);
          expect(chosen).toEqual([...chosen].sort());
        },
      ),
    );
  });

  test('different seeds choose different targets', () => {
    const seeds = Array.from({ length: 50 }, (_, index) => String(index));
    const entry = fakeEntry('a');
    const chosen = new Set(
      seeds.flatMap((seed) => names(chooseTargets(entry, { found: pods }, seededRandom(seed, 'pick a')))),
    );
    expect([...chosen].sort()).toEqual(['pod/a', 'pod/b', 'pod/c', 'pod/d', 'pod/e']);
  });

  test('nothing, or not enough, is a problem with a place', () => {
    const random = seededRandom('x', 'y');
    expect(chooseTargets(fakeEntry('a'), { found: [] }, random)).toMatchObject({
      ok: false,
      problem: { code: 'target-missing', at: { line: 1 } },
    });
    expect(chooseTargets(fakeEntry('a', { pick: { count: 6 } }), { found: pods }, random)).toMatchObject({
      ok: false,
      problem: { code: 'target-missing', expected: 'at least 6' },
    });
  });
});

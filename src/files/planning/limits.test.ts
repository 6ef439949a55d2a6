import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultLimits, type FaultEntry, type Start } from '../../model/experiment.ts';
import { fakeEntry } from './fake-entry.ts';
import { limitProblems, peakOf, type Reach, radiusOf } from './limits.ts';

const one = (): number => 1;

describe('what can be broken at the same time', () => {
  test.each<[string, FaultEntry[], { total: number; ids: string[] }]>([
    ['nothing', [], { total: 0, ids: [] }],
    ['side by side', [fakeEntry('a'), fakeEntry('b')], { total: 2, ids: ['a', 'b'] }],
    [
      'far apart in time only',
      [fakeEntry('a', { for_s: 5 }), fakeEntry('b', { start: { on: 'time', at_s: 600 } })],
      { total: 2, ids: ['a', 'b'] },
    ],
    [
      'one after the undo of the other',
      [fakeEntry('a', { for_s: 5 }), fakeEntry('b', { start: { on: 'undone', of: 'a' } })],
      { total: 1, ids: ['a'] },
    ],
    [
      'one while the other is held',
      [fakeEntry('a'), fakeEntry('b', { start: { on: 'effect', of: 'a' } })],
      { total: 2, ids: ['b', 'a'] },
    ],
    [
      'a long one beside two in turn',
      [
        fakeEntry('long'),
        fakeEntry('a', { start: { on: 'effect', of: 'long' } }),
        fakeEntry('b', { start: { on: 'undone', of: 'a' } }),
      ],
      { total: 2, ids: ['a', 'long'] },
    ],
    [
      'two after the undo of one',
      [
        fakeEntry('a'),
        fakeEntry('b', { start: { on: 'undone', of: 'a' } }),
        fakeEntry('c', { start: { on: 'undone', of: 'a' } }),
      ],
      { total: 2, ids: ['b', 'c'] },
    ],
  ])('%s', (_what, faults, peak) => {
    expect(peakOf(faults, one)).toEqual(peak);
  });

  /** Every set of entries of which none comes after the undo of another, by trying all. */
  function peakByTrying(faults: readonly FaultEntry[], weights: readonly number[]): number {
    const startOf = (id: string): Start | undefined => faults.find((entry) => entry.id === id)?.start;
    const isAfterUndoOf = (id: string, other: string): boolean => {
      const start = startOf(id);
      if (start === undefined || !('of' in start)) return false;
      return (start.on === 'undone' && start.of === other) || isAfterUndoOf(start.of, other);
    };
    let best = 0;
    for (let set = 0; set < 2 ** faults.length; set += 1) {
      const chosen = faults.filter((_entry, index) => (set >> index) % 2 === 1);
      const apart = chosen.some((a) => chosen.some((b) => isAfterUndoOf(a.id, b.id)));
      if (!apart)
        best = Math.max(
          best,
          chosen.reduce((sum, entry) => sum + (weights[faults.indexOf(entry)] ?? 0), 0),
        );
    }
    return best;
  }

  test('is what trying every set gives', () => {
    const parents = fc.array(
      fc.record({ on: fc.constantFrom('begin', 'effect', 'undone'), of: fc.nat(), weight: fc.nat(5) }),
      { minLength: 1, maxLength: 7 },
    );
    fc.assert(
      fc.property(parents, (drawn) => {
        const faults = drawn.map(({ on, of }, index) => {
          const start: Start =
            on === 'begin' || index === 0 ? { on: 'begin' } : { on: on as 'effect', of: `e${of % index}` };
          return fakeEntry(`e${index}`, { start });
        });
        const weights = drawn.map(({ weight }) => weight);
        const peak = peakOf(faults, (entry) => weights[faults.indexOf(entry)] ?? 0);
        expect(peak.total).toBe(peakByTrying(faults, weights));
      }),
    );
  });
});

describe('limits', () => {
  const set = { name: 'pods of deployment/web', size: 3, takenEach: 1 };
  const reach = (entry: FaultEntry, chosen: number, of = set): Reach => ({
    entry,
    radius: radiusOf(chosen, { set: of }),
  });

  test('the radius is a share of the redundant set, where there is one', () => {
    expect(radiusOf(2, { set })).toEqual({ targets: 2, percent: 200 / 3, of: set.name });
    expect(radiusOf(9, { set }).percent).toBe(100);
    expect(radiusOf(1, { set: { ...set, takenEach: 2, size: 4 } }).percent).toBe(50);
    expect(radiusOf(1, {})).toEqual({ targets: 1 });
    expect(radiusOf(1, { set: { ...set, size: 0 } })).toEqual({ targets: 1 });
  });

  test('too many targets, too much of a set, both', () => {
    const problems = limitProblems([reach(fakeEntry('a'), 2)], defaultLimits);
    expect(problems.map(({ code, found, expected }) => [code, found, expected])).toEqual([
      ['limit-exceeded', '2', 'at most 1 at the same time (limits.targets of the system file)'],
      ['limit-exceeded', '66.7%', 'at most 50% (limits.percent of the system file)'],
    ]);
    expect(problems[0]).toMatchObject({ at: { line: 1 }, fix: 'Pick fewer, or raise `limits.targets`.' });
  });

  test('entries add up when they overlap, and on the same set only', () => {
    const limits = { ...defaultLimits, targets: 2 };
    const [a, b] = [fakeEntry('a'), fakeEntry('b')];
    expect(limitProblems([reach(a, 1), reach(b, 1)], limits)).toMatchObject([
      {
        found: '66.7%',
        message: '`a` and `b` would take away 66.7% of the pods of deployment/web at the same time',
        fix: 'Let `b` come `after: a.undone`, or raise `limits.percent`.',
      },
    ]);
    expect(limitProblems([reach(a, 1), reach(b, 1, { ...set, name: 'other' })], limits)).toEqual([]);
    const later = fakeEntry('b', { start: { on: 'undone', of: 'a' } });
    expect(limitProblems([reach(a, 1), reach(later, 1)], limits)).toEqual([]);
  });

  test('exactly as much as allowed is allowed, rounding or not', () => {
    const entries = ['a', 'b', 'c'].map((id) => fakeEntry(id));
    const limits = { ...defaultLimits, targets: 3, percent: 100 };
    expect(
      limitProblems(
        entries.map((entry) => reach(entry, 1)),
        limits,
      ),
    ).toEqual([]);
  });
});

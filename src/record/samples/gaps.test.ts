import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gapsIn, newWatch, type Watch } from './gaps.ts';

const whole = { from: 0, to: 100e9 };
const around = { end: 100e9, jumps: [] };

function watch(blind: [number, number][], interval_s?: number, said: number[] = []): Watch {
  const made = newWatch(interval_s);
  for (const [from, to] of blind) made.blind.push({ from: from * 1e9, to: to * 1e9 });
  for (const t of said) made.sampled?.said.add(t * 1e9);
  return made;
}
const inSeconds = (spans: readonly { from: number; to: number }[]): number[][] =>
  spans.map(({ from, to }) => [from / 1e9, to / 1e9]);

describe('the gaps of a signal', () => {
  test('are what it said, merged, and all after the end', () => {
    const made = watch([
      [0, 2],
      [10, 12],
      [11, 20],
      [90, Number.POSITIVE_INFINITY],
    ]);
    expect(inSeconds(gapsIn(whole, made, around))).toEqual([
      [0, 2],
      [10, 20],
      [90, 100],
    ]);
    expect(inSeconds(gapsIn({ from: 1e9, to: 15e9 }, made, { end: 13e9, jumps: [] }))).toEqual([
      [1, 2],
      [10, 15],
    ]);
    expect(inSeconds(gapsIn({ from: 3e9, to: 10e9 }, made, around))).toEqual([]);
  });

  test('are everything for a signal that was never heard of', () => {
    expect(inSeconds(gapsIn(whole, undefined, around))).toEqual([[0, 100]]);
  });

  test('include jumps of the clock and what is not kept any more', () => {
    const around_ = { end: 100e9, jumps: [{ from: 50e9, to: 51e9 }], keptFrom: 40e9 };
    expect(inSeconds(gapsIn(whole, watch([[0, 1]]), around_))).toEqual([
      [0, 40],
      [50, 51],
    ]);
  });

  test('of a sampled one begin an interval after its last word, if it was silent for more than three', () => {
    const made = watch([[0, 1]], 2, [1, 3, 5, 11, 17.1, 19]);
    expect(inSeconds(gapsIn({ from: 0, to: 25e9 }, made, { end: 25e9, jumps: [] }))).toEqual([
      [0, 1],
      [13, 17.1],
    ]);
    expect(inSeconds(gapsIn({ from: 0, to: 26e9 }, made, { end: 26e9, jumps: [] }))).toEqual([
      [0, 1],
      [13, 17.1],
      [21, 26],
    ]);
    expect(inSeconds(gapsIn({ from: 14e9, to: 15e9 }, made, around))).toEqual([[14, 15]]);
  });

  test('of one that said nothing since it observes are all but its first interval', () => {
    expect(inSeconds(gapsIn(whole, watch([[0, 1]], 1, [1]), around))).toEqual([
      [0, 1],
      [2, 100],
    ]);
  });

  test('are ordered, apart, inside, and the same for a window as for its parts', () => {
    const time = fc.integer({ min: 0, max: 60 });
    const blind = fc.array(
      fc.tuple(time, time).map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b)]),
    );
    fc.assert(
      fc.property(blind, fc.array(time), fc.tuple(time, time, time), (blinds, said, cuts) => {
        const made = watch(blinds, 2, said);
        const [from = 0, middle = 0, to = 0] = cuts.toSorted((a, b) => a - b).map((cut) => cut * 1e9);
        const surroundings = { end: 50e9, jumps: [{ from: 7e9, to: 9e9 }] };
        const found = gapsIn({ from, to }, made, surroundings);
        for (const [index, gap] of found.entries()) {
          expect(gap.from).toBeLessThan(gap.to);
          expect(gap.from).toBeGreaterThan(found[index - 1]?.to ?? from - 1);
          expect(gap.to).toBeLessThanOrEqual(to);
        }
        const length = (spans: { from: number; to: number }[]): number =>
          spans.reduce((sum, gap) => sum + gap.to - gap.from, 0);
        const parts = [
          ...gapsIn({ from, to: middle }, made, surroundings),
          ...gapsIn({ from: middle, to }, made, surroundings),
        ];
        expect(length(parts)).toBe(length(found));
      }),
    );
  });
});

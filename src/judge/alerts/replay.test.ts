import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Candidate, Outcome } from './candidate.ts';
import { replay, type Stage, type Tracks } from './replay.ts';
import { type Condition, firstFiring, type Track } from './track.ts';

const s = (seconds: number): number => seconds * 1e9;
const stage: Stage = { run: { from: 0, to: s(300) }, origin: s(100), over: s(200) };

const trackOf = (values: readonly Outcome[]): Track =>
  values.map((value, index) => ({ t: s(index * 15), value }));

const candidate: Candidate = {
  alert: 'X',
  kind: 'symptom',
  fires: 'above',
  ranged: true,
  expr: () => '',
  summary: '',
  say: String,
  source: '',
  threshold: () => undefined,
  scrape: () => () => 'none',
};

const tracksOf = (...all: Track[]): Tracks => ({ candidate, interval_s: 15, all });
const above = (threshold: number, for_s = 0): Condition => ({ fires: 'above', threshold, for_s });
const surely = { unknown: false };

test('`for` needs the condition at every evaluation: pending ends with one that does not', () => {
  const track = trackOf([0, 1, 0, 1, 1, 1]);
  expect(firstFiring(track, above(0.5), surely)).toBe(s(15));
  expect(firstFiring(track, above(0.5, 15), surely)).toBe(s(60));
  expect(firstFiring(track, above(0.5, 30), surely)).toBe(s(75));
  expect(firstFiring(track, above(0.5, 45), surely)).toBeUndefined();
});

test('an evaluation without a result ends it too', () => {
  expect(firstFiring(trackOf([1, 'none', 1, 1]), above(0.5, 15), surely)).toBe(s(45));
});

test('what was not observed may fire it or not', () => {
  const track = trackOf([0, 'unknown', 1]);
  expect(firstFiring(track, above(0.5, 15), { unknown: true })).toBe(s(30));
  expect(firstFiring(track, above(0.5, 15), surely)).toBeUndefined();
});

test('it fires between the earliest and the latest of all ways in which scrapes may fall', () => {
  const early = trackOf([0, 0, 0, 0, 0, 0, 0, 0, 1]);
  const late = trackOf([0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  const found = replay(tracksOf(early, late), above(0.5), stage);
  expect(found).toMatchObject({
    baseline: 'silent',
    evaluations: 7,
    fires: { is: 'bounded', min: 20, max: 35 },
    inTime: true,
  });
  const never = trackOf(Array<number>(20).fill(0));
  expect(replay(tracksOf(never), above(0.5), stage).fires).toEqual({ is: 'censored', over: 200 });
  expect(replay(tracksOf(early, never), above(0.5), stage)).toMatchObject({
    fires: { is: 'unknown', why: expect.stringContaining('1 of 2') },
    inTime: false,
  });
});

test('an alert that comes when all is over is not in time', () => {
  const track = trackOf([...Array<number>(14).fill(0), 1]);
  expect(replay(tracksOf(track), above(0.5), stage)).toMatchObject({
    fires: { is: 'value', value: 110 },
    inTime: false,
  });
});

const outcomes = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
    fc.constantFrom('none' as const),
  ),
  { minLength: 1, maxLength: 20 },
);
const firing = (track: Track, condition: Condition, unknown = false): number =>
  firstFiring(track, condition, { unknown, after: stage.origin }) ?? Number.POSITIVE_INFINITY;

test('raising the threshold, or waiting longer, never fires sooner', () => {
  const numbers = fc.tuple(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.nat(3),
    fc.nat(3),
  );
  fc.assert(
    fc.property(outcomes, numbers, (values, [threshold, more, waits, longer]) => {
      const track = trackOf(values);
      const first = firing(track, above(threshold, 15 * waits));
      expect(firing(track, above(threshold + more, 15 * waits))).toBeGreaterThanOrEqual(first);
      expect(firing(track, above(threshold, 15 * (waits + longer)))).toBeGreaterThanOrEqual(first);
    }),
  );
});

test('hiding an evaluation makes no baseline silent, and no alert certain that was not', () => {
  fc.assert(
    fc.property(outcomes, fc.nat(19), (values, at) => {
      const hidden = values.map((value, index) => (index === at ? ('unknown' as const) : value));
      const [whole, part] = [trackOf(values), trackOf(hidden)];
      const condition = above(0.5, 15);
      const { baseline } = replay(tracksOf(part), condition, stage);
      if (at < values.length && at * 15 <= 100) expect(baseline).not.toBe('silent');
      expect(firing(part, condition, true)).toBeLessThanOrEqual(firing(whole, condition));
      expect(firing(part, condition, false)).toBeGreaterThanOrEqual(firing(whole, condition));
    }),
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bounded, censored, type Measured, unknown, value } from '../../model/measure.ts';
import { intervalOf } from '../expression/interval.ts';
import { NO_UPPER_BOUND } from '../words.ts';
import { changeOf } from './change.ts';
import { spreadOf } from './spread.ts';

test('exact values differ exactly', () => {
  expect(changeOf(value(10), value(15))).toEqual({ difference: value(5), ratio: value(1.5) });
});

test('what is unknown on either side is unknown, with the reason', () => {
  expect(changeOf(unknown('blind'), value(1)).difference).toEqual(unknown('blind'));
  expect(changeOf(value(1), unknown('blind')).ratio).toEqual(unknown('blind'));
  expect(changeOf(value('a'), value('b')).difference.is).toBe('unknown');
});

test('what did not come within the time is at least so much later', () => {
  expect(changeOf(value(10), censored(60)).difference).toEqual(bounded(50, NO_UPPER_BOUND));
  expect(changeOf(censored(60), value(10)).difference).toEqual(bounded(-NO_UPPER_BOUND, -50));
  expect(changeOf(censored(60), censored(60)).difference.is).toBe('unknown');
});

test('nothing is so many times nothing', () => {
  expect(changeOf(value(0), value(5))).toEqual({
    difference: value(5),
    ratio: expect.objectContaining({ is: 'unknown' }),
  });
});

const size = fc.double({ min: 0, max: 1e6, noNaN: true });
const measured: fc.Arbitrary<Measured> = fc.oneof(
  size.map((of) => value(of)),
  fc.tuple(size, size).map(([a, b]) => bounded(Math.min(a, b), Math.max(a, b))),
  size.map((of) => censored(of)),
  fc.constant(unknown('gone')),
);
/** A number that the measure may be. */
const within = (of: Measured, share: number): number | undefined => {
  const interval = intervalOf(of);
  if (interval === undefined) return undefined;
  return interval.min + share * (Math.min(interval.max, interval.min + 1e6) - interval.min);
};

test('whatever the measures really are, their difference lies within what is told', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.tuple(measured, share), fc.tuple(measured, share), ([base, first], [other, second]) => {
      const [before, after] = [within(base, first), within(other, second)];
      const told = intervalOf(changeOf(base, other).difference);
      if (before === undefined || after === undefined) expect(told).toBeUndefined();
      else if (told !== undefined) {
        expect(after - before).toBeGreaterThanOrEqual(told.min - 1e-6);
        expect(after - before).toBeLessThanOrEqual(told.max + 1e-6);
      }
    }),
  );
});

test('a spread has least, middle and most of what is known, and says of how many', () => {
  expect(spreadOf([value(3), value(1), value(2)])).toEqual({
    count: 3,
    known: 3,
    min: value(1),
    median: value(2),
    max: value(3),
  });
  expect(spreadOf([value(1), value(2)]).median).toEqual(value(1.5));
  expect(spreadOf([value(1), unknown('gone')])).toMatchObject({ count: 2, known: 1, median: value(1) });
  expect(spreadOf([unknown('gone')])).toEqual({
    count: 1,
    known: 0,
    min: unknown('gone'),
    median: unknown('gone'),
    max: unknown('gone'),
  });
  expect(spreadOf([])).toMatchObject({ count: 0, known: 0 });
  expect(spreadOf([value(1), value(5), censored(60)])).toMatchObject({
    min: value(1),
    median: value(5),
    max: bounded(60, NO_UPPER_BOUND),
  });
});

test('a spread is in order, and what is unknown never becomes a number', () => {
  fc.assert(
    fc.property(fc.array(measured, { maxLength: 7 }), (all) => {
      const { known, count, min, median, max } = spreadOf(all);
      expect(count).toBe(all.length);
      expect(known).toBe(all.filter(({ is }) => is !== 'unknown').length);
      const [low, middle, high] = [min, median, max].map(intervalOf);
      if (known === 0) expect([low, middle, high]).toEqual([undefined, undefined, undefined]);
      if (low !== undefined && middle !== undefined) expect(low.min).toBeLessThanOrEqual(middle.min);
      if (high !== undefined && middle !== undefined) expect(high.max).toBeGreaterThanOrEqual(middle.max);
    }),
  );
});

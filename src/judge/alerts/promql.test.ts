import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  alertName,
  histogramQuantile,
  increase,
  matchers,
  promDuration,
  type Range,
  rate,
} from './promql.ts';

const s = (seconds: number): number => seconds * 1e9;

/** Samples every 15 s from 10 s on, the last of them at 55 s; evaluated at 60 s over a minute. */
const range: Range = { times: [10, 25, 40, 55].map(s), first: 0, last: 3, at: s(60), range_s: 60 };

test('an increase is stretched to both edges of its range, as Prometheus does', () => {
  expect(increase([1_000, 1_015, 1_030, 1_045], range)).toBeCloseTo(60);
  expect(rate([1_000, 1_015, 1_030, 1_045], range)).toBeCloseTo(1);
});

test('it is not stretched to before the counter was 0', () => {
  expect(increase([0, 15, 30, 45], range)).toBeCloseTo(50);
});

test('it is stretched by half a step only where the series begins in the range', () => {
  expect(increase([1_000, 1_015], { ...range, times: [40, 55].map(s), last: 1 })).toBeCloseTo(15 + 7.5 + 5);
});

test('one sample makes no rate', () => {
  expect(rate([5], { ...range, times: [s(55)], last: 0 })).toBeUndefined();
});

test('a quantile lies at a bound exactly where the share of the observations does', () => {
  const fast = [0, 0, 0, 0, 0, 95, 95, 95, 95, 95, 100, 100];
  expect(histogramQuantile(0.95, fast)).toBeCloseTo(0.25);
  expect(histogramQuantile(0.96, fast)).toBeGreaterThan(0.25);
  expect(histogramQuantile(0.5, [...Array<number>(11).fill(0), 4])).toBe(10);
  expect(histogramQuantile(0.5, Array<number>(12).fill(0))).toBeUndefined();
});

test('a quantile never falls when its share rises, and lies within the buckets', () => {
  const buckets = fc.array(fc.nat(50), { minLength: 12, maxLength: 12 });
  const shares = fc.tuple(
    fc.double({ min: 0.01, max: 0.99, noNaN: true }),
    fc.double({ min: 0, max: 0.01, noNaN: true }),
  );
  fc.assert(
    fc.property(buckets, shares, (counts, [share, more]) => {
      let sum = 0;
      const cumulative = counts.map((count) => (sum += count));
      const low = histogramQuantile(share, cumulative);
      const high = histogramQuantile(share + more, cumulative);
      if (sum === 0) expect(low).toBeUndefined();
      else {
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high ?? 0).toBeLessThanOrEqual(10);
        expect(high ?? 0).toBeGreaterThanOrEqual((low ?? 0) - 1e-12);
      }
    }),
  );
});

test('labels, durations and names are written as Prometheus reads them', () => {
  expect(matchers({ job: 'a "b"', 'status~': '5..', 'code!~': '2..', gone: undefined })).toBe(
    '{job="a \\"b\\"",status=~"5..",code!~"2.."}',
  );
  expect(matchers({ job: undefined })).toBe('');
  expect([0, 4, 0.5, 60, 90, 3_600].map(promDuration)).toEqual(['0s', '4s', '500ms', '1m', '90s', '1h']);
  expect(alertName('poll-app votes_2')).toBe('PollAppVotes2');
});

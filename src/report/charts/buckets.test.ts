import { expect, test } from 'vitest';
import type { Operation } from '../../model/series.ts';
import { seconds } from '../../model/time.ts';
import { bucketSize, cutOperations, joined, limitedStretches } from './buckets.ts';

const at = (s: number, of: Partial<Operation> = {}): Operation => ({
  intended: seconds(s),
  sent: seconds(s),
  done: seconds(s) + 4e6,
  kind: 'ok',
  status: 200,
  ...of,
});

test('edges lie at the first injection, and latency counts from the intended start', () => {
  const late = at(0.1, { sent: seconds(0.3), done: seconds(0.31) });
  const buckets = cutOperations([at(-0.1), late, at(0.2)], {
    zero: 0,
    span: { from: seconds(-0.5), to: seconds(0.5) },
    size_s: 0.5,
    gaps: [],
  });
  expect(
    buckets.map((one) =>
      [one.from, one.count, one.max_ms, one.service_p95_ms].map((n) => Math.round(Number(n) * 10) / 10),
    ),
  ).toEqual([
    [-0.5, 1, 4, 4],
    [0, 2, 210, 10],
  ]);
});

test('sent, answered and succeeded are told apart; what we missed is no failure', () => {
  const operations = [
    at(0.1),
    at(0.2, { kind: 'http_5xx', status: 500 }),
    { intended: seconds(0.3), sent: seconds(0.3), done: seconds(0.4), kind: 'reset' },
    { intended: seconds(0.4), sent: null, done: null, kind: 'missed' },
  ];
  const [bucket] = cutOperations(operations, {
    zero: 0,
    span: { from: 0, to: seconds(1) },
    size_s: 1,
    gaps: [],
  });
  expect(bucket).toMatchObject({
    count: 3,
    failed: 2,
    missed: 1,
    sent_per_s: 3,
    answered_per_s: 2,
    succeeded_per_s: 1,
  });
  expect(Object.fromEntries(bucket?.byKind ?? [])).toEqual({ http_5xx: 1, reset: 1 });
});

test('nothing is said of a bucket that was not observed or is cut off', () => {
  const buckets = cutOperations([at(0.1), at(1.1), at(2.1)], {
    zero: 0,
    span: { from: 0, to: seconds(2.5) },
    size_s: 1,
    gaps: [{ from: seconds(1.4), to: seconds(1.5) }],
  });
  expect(buckets.map((one) => one.observed)).toEqual([true, false, false]);
  expect(buckets.map((one) => one.succeeded_per_s)).toEqual([1, null, null]);
});

test('our own lateness is what the schedule error says, with what we missed, joined', () => {
  const span = (from: number, to: number) => ({ from: seconds(from), to: seconds(to) });
  expect(limitedStretches([span(1, 1.1), span(1.6, 1.7)], [at(0.1), at(5, { kind: 'missed' })], 0)).toEqual([
    { from: 1, to: expect.closeTo(1.7) },
    { from: 5, to: expect.closeTo(5.1) },
  ]);
  // A full set of connections behind a slow target also sends late: that is not our fault.
  expect(limitedStretches([], [at(1, { sent: seconds(1) + 9e6 })], 0)).toEqual([]);
});

test('a run of any length has at most 160 buckets', () => {
  for (const run of [1, 60, 90, 600, 3_600, 48_000]) expect(run / bucketSize(run)).toBeLessThanOrEqual(160);
  expect(
    joined(
      [
        { from: 0, to: 1 },
        { from: 1.4, to: 2 },
        { from: 4, to: 5 },
      ],
      1,
    ),
  ).toEqual([
    { from: 0, to: 2 },
    { from: 4, to: 5 },
  ]);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bounded, censored, unknown, value } from '../../model/measure.ts';
import type { Operation } from '../../model/series.ts';
import type { Span } from '../../model/time.ts';
import { fakeContext, fakeInjection, fakeTimeline, measured, span } from '../fake-run.ts';
import { fakeLoad, fakeOperation, fakePoints } from '../fake-samples.ts';
import { atLeast } from '../words.ts';
import { nearestRank } from './percentile.ts';

const key = 'votes.requests';
const votes = (operations: readonly Operation[], more: Parameters<typeof fakeContext>[0] = {}) =>
  fakeContext({ operations: { [key]: operations }, ...more });

/** In the fault window (10 s to 20 s): 8 ok of 1 to 8 ms, one failure of 9 ms, one timeout of 2000 ms. */
const ten = [
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((ms) => fakeOperation({ at_s: 11 + ms / 10, latency_ms: ms })),
  fakeOperation({ at_s: 12, latency_ms: 9, kind: 'refused' }),
  fakeOperation({ at_s: 12.5, latency_ms: 2_000, kind: 'timeout' }),
];

test('counts, shares and latencies of the fault window', () => {
  const context = votes([
    fakeOperation({ at_s: 5, latency_ms: 70 }),
    ...ten,
    fakeOperation({ at_s: 25, latency_ms: 80 }),
  ]);
  const wanted = {
    count: 10,
    ok: 8,
    failed: 2,
    rate_per_s: 1,
    availability: 0.8,
    error_rate: 0.2,
    p50_ms: 5,
    p90_ms: 9,
    p95_ms: 2_000,
    p99_ms: 2_000,
    p999_ms: 2_000,
    max_ms: 2_000,
  };
  for (const [name, of] of Object.entries(wanted))
    expect([name, measured(`votes.${name}`, context)]).toEqual([name, value(of)]);
  expect(measured('votes.by_error["refused"]', context)).toEqual(value(1));
  expect(measured('votes.by_error["reset"]', context)).toEqual(value(0));
  expect(measured('votes.baseline.p95_ms', context)).toEqual(value(70));
  expect(measured('votes.recovery.max_ms', context)).toEqual(value(80));
  expect(measured('votes.run.requests.count', context)).toEqual(value(12));
});

test('latency counts from when it should have started, not from when it was sent', () => {
  const late = { ...fakeOperation({ at_s: 12, latency_ms: 900 }), sent: 12.8e9 };
  expect(measured('votes.p50_ms', votes([late]))).toEqual(value(900));
});

test('where our own load was late, latency is bounded by the service time', () => {
  const late = { ...fakeOperation({ at_s: 12.05, latency_ms: 30 }), sent: 12.07e9 };
  const fine = { ...fakeOperation({ at_s: 13, latency_ms: 20 }), sent: 13.015e9 };
  const points = { 'votes.schedule_error_ms': fakePoints([11, 0.2], [12, 20], [12.1, 0.3]) };
  const context = votes([late, fine], { points });
  expect(measured('votes.max_ms', context)).toEqual(bounded(20, 30));
  expect(measured('votes.p50_ms', context)).toEqual(bounded(10, 20));
});

test('kinds that the signal does not list are other', () => {
  const context = votes([
    fakeOperation({ at_s: 11, latency_ms: 1, kind: 'dns' }),
    fakeOperation({ at_s: 11, latency_ms: 1 }),
  ]);
  expect(measured('votes.by_error["other"]', context)).toEqual(value(1));
});

test('what we missed ourselves is neither a failure nor an operation', () => {
  const missed: Operation = { intended: 12e9, sent: null, done: null, kind: 'missed' };
  const context = votes([...ten, missed]);
  expect(measured('votes.availability', context)).toEqual(value(0.8));
  expect(measured('votes.count', context)).toEqual(value(10));
  expect(measured('observer.missed', context)).toEqual(value(1));
});

test('no operation is no availability, and no latency', () => {
  const context = votes([]);
  expect(measured('votes.count', context)).toEqual(value(0));
  for (const name of ['availability', 'error_rate', 'p95_ms', 'longest_outage_s'])
    expect(measured(`votes.${name}`, context).is).toBe('unknown');
});

test('a gap leaves what was counted as a lower bound and makes the rest unknown', () => {
  const context = votes(ten, { gaps: { [key]: [span(15, 16)] } });
  expect(measured('votes.failed', context)).toEqual(atLeast(2));
  expect(measured('votes.by_error["timeout"]', context)).toEqual(atLeast(1));
  for (const name of ['availability', 'p95_ms', 'rate_per_s', 'longest_outage_s', 'outage_s'])
    expect(measured(`votes.${name}`, context).is).toBe('unknown');
  expect(measured('votes.baseline.count', context)).toEqual(value(0));
  expect(measured('votes.recovery.count', context)).toEqual(value(0));
});

test('a clock jump is a gap too', () => {
  const timeline = { ...fakeTimeline({ end_s: 30, jumps: [span(12, 13)] }) };
  const context = fakeContext({ operations: { [key]: ten } }, { timeline });
  expect(measured('votes.availability', context).is).toBe('unknown');
});

test('in a recording that was cut off, what was in flight makes the rest unknown', () => {
  const context = votes([...ten, fakeOperation({ at_s: 19.9, latency_ms: null })]);
  expect(measured('votes.ok', context)).toEqual(atLeast(8));
  expect(measured('votes.availability', context).is).toBe('unknown');
});

test('in a sliding window only what has ended by its end counts', () => {
  const operations = [
    fakeOperation({ at_s: 12, latency_ms: 10 }),
    fakeOperation({ at_s: 13, latency_ms: 3_000, kind: 'timeout' }),
    fakeOperation({ at_s: 14, latency_ms: null }),
  ];
  const context = fakeContext({ operations: { [key]: operations } }, { sliding: span(10, 15) });
  expect(measured('votes.count', context)).toEqual(value(1));
  expect(measured('votes.availability', context)).toEqual(value(1));
  const later = fakeContext({ operations: { [key]: operations } }, { sliding: span(12, 17) });
  expect(measured('votes.availability', later)).toEqual(value(0.5));
});

test('an outage lasts from the first wish that failed to the next success', () => {
  const context = votes([
    ...fakeLoad({ from_s: 10, to_s: 13, rate_per_s: 10, latency_ms: 10 }),
    ...fakeLoad({ from_s: 13, to_s: 15, rate_per_s: 10, latency_ms: 50, kind: 'refused' }),
    ...fakeLoad({ from_s: 15, to_s: 17, rate_per_s: 10, latency_ms: 10 }),
    ...fakeLoad({ from_s: 17, to_s: 17.5, rate_per_s: 10, latency_ms: 5, kind: 'refused' }),
    ...fakeLoad({ from_s: 17.5, to_s: 20, rate_per_s: 10, latency_ms: 10 }),
  ]);
  expect(measured('votes.longest_outage_s', context)).toEqual(value(2.01));
  expect(measured('votes.outage_s', context)).toEqual(value(2.01));
  expect(measured('votes.run.longest_outage_s', context)).toEqual(value(2.01));
});

test('a freeze without any failure is an outage, ordinary waiting is none', () => {
  const frozen = fakeLoad({ from_s: 12, to_s: 14, rate_per_s: 10, latency_ms: 0 }).map((operation) => ({
    ...operation,
    done: 14.005e9,
  }));
  const calm = fakeLoad({ from_s: 10, to_s: 12, rate_per_s: 10, latency_ms: 60 });
  expect(measured('votes.longest_outage_s', votes([...calm, ...frozen]))).toEqual(value(2.005));
  expect(measured('votes.longest_outage_s', votes(calm))).toEqual(value(0));
});

test('an outage is cut at both ends of the window', () => {
  const failing = fakeLoad({ from_s: 8, to_s: 25, rate_per_s: 10, latency_ms: 10, kind: 'refused' });
  expect(measured('votes.longest_outage_s', votes(failing))).toEqual(value(10));
  expect(measured('votes.baseline.outage_s', votes(failing))).toEqual(value(2));
});

test('the first failure may be of an operation that began before the fault', () => {
  const context = votes([fakeOperation({ at_s: 9.5, latency_ms: 1_000, kind: 'reset' }), ...ten]);
  expect(measured('votes.first_failure_after_s', context)).toEqual(value(0.5));
  expect(measured('votes.first_failure_after_s', votes(ten))).toEqual(value(2.009));
  expect(
    measured(
      'votes.first_failure_after_s',
      votes(fakeLoad({ from_s: 0, to_s: 30, rate_per_s: 1, latency_ms: 5 })),
    ),
  ).toEqual(censored(20));
});

test('a gap before the first failure bounds it; a jump makes it unknown; without it, it is censored', () => {
  const gaps = { gaps: { [key]: [span(11, 11.5)] } };
  expect(measured('votes.first_failure_after_s', votes(ten, gaps))).toEqual(bounded(1, 2.009));
  expect(measured('votes.first_failure_after_s', votes([], { gaps: { [key]: [span(14, 15)] } }))).toEqual(
    censored(4),
  );
  expect(measured('votes.first_failure_after_s', votes([], { gaps: { [key]: [span(9, 15)] } })).is).toBe(
    'unknown',
  );
});

test('in flight and lost: sent before the act, not ended then, failed', () => {
  const context = votes([
    fakeOperation({ at_s: 9.9, latency_ms: 300, kind: 'reset' }),
    fakeOperation({ at_s: 9.95, latency_ms: 300 }),
    fakeOperation({ at_s: 9.8, latency_ms: 10, kind: 'reset' }),
    fakeOperation({ at_s: 10.1, latency_ms: 300, kind: 'reset' }),
  ]);
  expect(measured('votes.in_flight_lost', context)).toEqual(value(1));
});

test('where nothing was in flight, none lost is not known', () => {
  const why = 'nothing was in flight at the first injection';
  const before = fakeOperation({ at_s: 9.8, latency_ms: 10, kind: 'reset' });
  for (const operations of [[], [before]])
    expect(measured('votes.in_flight_lost', votes(operations))).toEqual(unknown(why));
});

test('in flight is what was sent before the act was over, or had not ended before it began', () => {
  const injection = { ...fakeInjection({ acting: 10, effective: 10.5, undone: 20 }), acted: 10.2e9 };
  const operations = [
    fakeOperation({ at_s: 10.1, latency_ms: 20, kind: 'reset' }),
    fakeOperation({ at_s: 10.19, latency_ms: 500 }),
    fakeOperation({ at_s: 10.21, latency_ms: 20, kind: 'reset' }),
  ];
  const timeline = fakeTimeline({ injections: [injection], end_s: 30 });
  const lost = (gaps: Span[] = []) =>
    measured(
      'votes.in_flight_lost',
      fakeContext({ operations: { [key]: operations }, gaps: { [key]: gaps } }, { timeline }),
    );
  expect(lost()).toEqual(value(1));
  expect(lost([span(12, 13)])).toEqual(atLeast(1));
});

test('nearest rank is exact', () => {
  expect(nearestRank([], 50)).toBeUndefined();
  expect(
    nearestRank(
      Array.from({ length: 1_000 }, (_, index) => index + 1),
      99.9,
    ),
  ).toBe(999);
  expect(
    nearestRank(
      Array.from({ length: 20 }, (_, index) => index + 1),
      95,
    ),
  ).toBe(19);
  fc.assert(
    fc.property(
      fc.array(fc.integer(), { minLength: 1 }),
      fc.integer({ min: 1, max: 100 }),
      (numbers, percent) => {
        const sorted = numbers.toSorted((a, b) => a - b);
        const found = nearestRank(sorted, percent) ?? Number.NaN;
        const notAbove = sorted.filter((one) => one <= found).length;
        const below = sorted.filter((one) => one < found).length;
        expect(notAbove * 100).toBeGreaterThanOrEqual(percent * sorted.length);
        expect(below * 100).toBeLessThan(percent * sorted.length);
      },
    ),
  );
});

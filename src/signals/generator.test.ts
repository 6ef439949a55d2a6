import { expect, test } from 'vitest';
import type { Health } from '../load/messages.ts';
import { generatorHealth } from './generator.ts';
import { fakeSink } from './pods/fake-sink.ts';

const MS = 1e6;

/** Reports every 100 ms whose buckets were late by `errors`, in ms. */
function reports(errors: readonly number[]): Health[] {
  return errors.map((error, at) => ({
    t: (at + 1) * 100 * MS,
    buckets: [{ t: at * 100 * MS, error: error * MS }],
    cpu_us: 10_000,
    over_us: 100_000,
    utilization: 0.1,
  }));
}

test('lateness: one value a second, every one over 5 ms, and the one that ends it', () => {
  const sink = fakeSink();
  const told = generatorHealth(sink);
  const errors = [1, 2, 3, 7, 9, 2, 1, 1, 1, 1, 4, 1];
  for (const report of reports(errors)) told(report);
  const written = sink.points.filter((point) => point.series === 'schedule_error_ms');
  expect(written.map(({ t, value }) => [t / MS, value])).toEqual([
    [0, 1],
    [300, 7],
    [400, 9],
    [500, 2],
    [1_000, 4],
  ]);
});

test('CPU: the mean of each second', () => {
  const sink = fakeSink();
  const told = generatorHealth(sink);
  for (const report of reports(Array.from({ length: 25 }, () => 0))) told(report);
  const written = sink.points.filter((point) => point.series === 'generator_cpu_percent');
  expect(written.map(({ t, value }) => [t / MS, value])).toEqual([
    [1_000, 10],
    [2_000, 10],
  ]);
});

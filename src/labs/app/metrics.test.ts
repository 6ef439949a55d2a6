import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMetrics } from './metrics.ts';

test('a counter is there from its first sample on, 0 included', () => {
  const metrics = createMetrics();
  const counter = metrics.counter('retries_total', 'Retries.');
  expect(metrics.text()).not.toMatch(/^retries_total /m);
  counter.add({}, 0);
  expect(metrics.text()).toMatch(/^# TYPE retries_total counter\nretries_total 0$/m);
  counter.add({});
  expect(metrics.text()).toMatch(/^retries_total 1$/m);
});

test('a histogram counts each duration in every bucket that it fits into', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { minLength: 1 }), (durations) => {
      const metrics = createMetrics();
      const histogram = metrics.histogram('took_seconds', 'Time.');
      for (const seconds of durations) histogram.observe({ route: '/' }, seconds);
      const buckets = [...metrics.text().matchAll(/^took_seconds_bucket\{route="\/",le="(.+)"\} (\d+)$/gm)];
      expect(buckets).toHaveLength(14);
      for (const [, bound = '', count] of buckets) {
        const most = bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound);
        expect(Number(count)).toBe(durations.filter((seconds) => seconds <= most).length);
      }
      expect(metrics.text()).toContain(`took_seconds_count{route="/"} ${durations.length}\n`);
    }),
  );
});

test('labels are escaped as the format says', () => {
  const metrics = createMetrics();
  metrics.counter('odd_total', 'Odd.').add({ name: 'a"b\\c\nd' });
  expect(metrics.text()).toContain('odd_total{name="a\\"b\\\\c\\nd"} 1\n');
});

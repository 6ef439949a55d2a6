import { expect, test } from 'vitest';
import type { SignalDescriptor } from '../../model/series.ts';
import { fakeContext, fakeInjection, fakeTimeline } from '../fake-run.ts';
import { fakePoints } from '../fake-samples.ts';
import { gaugeCandidates } from './gauges.ts';
import { proposeAlert } from './propose.ts';
import { trackOf } from './track.ts';

const gauge = { family: 'gauge' as const, summary: '' };
const usage: SignalDescriptor = {
  name: 'usage',
  kind: 'kubernetes.usage',
  version: 1,
  series: ['pods', 'cpu_m', 'memory_mb'].map((name) => ({ ...gauge, name })),
  derived: [],
};
const queue: SignalDescriptor = {
  name: 'app',
  kind: 'metrics',
  version: 1,
  series: [
    { ...gauge, name: 'queue', promql: 'sum(queue_length)' },
    { ...gauge, name: 'errors_total', total: true, promql: 'sum(errors_total)' },
    { ...gauge, name: 'secret' },
  ],
  derived: [],
};

/** 60 s of calm, 40 s of trouble, 40 s of calm. */
const context = fakeContext(
  {
    end: 140e9,
    points: {
      'usage.cpu_m': fakePoints([0, 100], [60, 900], [100, 100]),
      'usage.memory_mb': fakePoints([0, 200], [60, 210], [100, 200]),
      'usage.pods': fakePoints([0, 2], [60, 8], [100, 2]),
      'app.queue': fakePoints([0, 3], [60, 400], [100, 3]),
      'app.errors_total': fakePoints([0, 0], [60, 900]),
      'app.secret': fakePoints([0, 1], [60, 900], [100, 1]),
    },
  },
  {
    signals: [usage, queue],
    timeline: fakeTimeline({
      injections: [fakeInjection({ acting: 60, effective: 60.5, undone: 100, recovered: 100 })],
      end_s: 140,
    }),
  },
);

const candidates = [usage, queue].flatMap((signal) => gaugeCandidates(signal, context, 'shop'));

test('only gauges that Prometheus has too, and no totals or counts of pods', () => {
  expect(candidates.map(({ alert }) => alert)).toEqual([
    'UsageCpuMHigh',
    'UsageMemoryMbHigh',
    'AppQueueHigh',
  ]);
  expect(candidates.map((one) => one.expr(5, 20))).toEqual([
    '(1000 * sum(rate(container_cpu_usage_seconds_total{pod=~"usage-.+",container=~".+"}[20s]))) > 5',
    '(sum(container_memory_working_set_bytes{pod=~"usage-.+",container=~".+"}) / 1e6) > 5',
    'sum(queue_length) > 5',
  ]);
});

test('what is a rate of a counter is its mean over the range, not its last value', () => {
  const [cpu, memory] = candidates.map((one) =>
    trackOf(one, context.windows.run, { interval_s: 15, offset_s: 7, lag_s: 1 }),
  );
  const at = (track: typeof cpu, t: number) => Number(track?.find((one) => one.t === t * 1e9)?.value);
  expect(at(memory, 68)).toBe(210);
  expect(at(cpu, 53)).toBeCloseTo(100);
  // Of the 45 s between its first and last scrape 7 were busy.
  expect(at(cpu, 68)).toBeCloseTo((38 * 100 + 7 * 900) / 45);
});

test('the cause is proposed where users felt nothing, with room to the baseline', () => {
  const found = proposeAlert(context, {
    title: 'Busy',
    impact: 'none',
    detection: [],
    recovered: { is: 'value', value: 41 },
  });
  expect(found).toMatchObject({
    advice: 'ticket',
    rule: { alert: 'AppQueueHigh', expr: 'sum(queue_length) > 20', labels: { severity: 'info' } },
  });
  expect(found?.others.map(({ alert }) => alert)).toEqual(['UsageCpuMHigh']);
});

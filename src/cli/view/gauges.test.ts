import { expect, test } from 'vitest';
import { fakeLoad, fakeSamples } from '../../judge/fake-samples.ts';
import type { SignalDescriptor } from '../../model/series.ts';
import { nowRows } from './gauges.ts';

const votes: SignalDescriptor = {
  name: 'votes',
  kind: 'http',
  version: 1,
  series: [
    { name: 'requests', family: 'operations', summary: '', kinds: ['timeout'] },
    { name: 'schedule_error_ms', family: 'gauge', summary: '', unit: 'ms' },
  ],
  derived: [],
};
const backends: SignalDescriptor = {
  name: 'backends',
  kind: 'kubernetes.pods',
  version: 1,
  series: [
    { name: 'ready', family: 'gauge', summary: '', unit: '1' },
    { name: 'pending', family: 'gauge', summary: '', unit: '1' },
    { name: 'transitions', family: 'events', summary: '', types: ['container'] },
  ],
  derived: [],
};

const load = (kind: string, from_s: number, to_s: number) =>
  fakeLoad({ from_s, to_s, rate_per_s: 10, latency_ms: 20, kind });

const samples = fakeSamples({
  end: 60e9,
  operations: { 'votes.requests': [...load('ok', 40, 58), ...load('timeout', 58, 60)] },
  points: { 'backends.ready': [{ t: 1e9, value: 2 }] },
  events: {
    'backends.transitions': [
      { t: 55e9, type: 'container', subject: 'pod/web-1', detail: { state: 'waiting', reason: 'ImagePull' } },
    ],
  },
});

test('each signal has a row: rate, latency and errors of a load, states, and the latest event', () => {
  const [first, second, third, ...none] = nowRows([votes, backends], samples, 60e9);
  expect(first?.name).toBe('votes');
  // Of the last whole two seconds, 57 to 59, one second failed; the load's own gauges are left out.
  expect(first?.text).toMatch(/^10\.0\/s {2}p95 20 ms {2}errors 50\.0 % {2} {10}█{20}$/);
  expect(second).toEqual({ name: 'backends', text: 'ready 2  pending ?' });
  expect(third).toEqual({ name: '', text: 'pod/web-1 container waiting ImagePull, 5 s ago' });
  expect(none).toEqual([]);
});

test('before the first answer, and long after an event', () => {
  expect(nowRows([votes], samples, 20e9)).toEqual([{ name: 'votes', text: 'no answers yet' }]);
  expect(nowRows([backends], samples, 70e9)).toEqual([{ name: 'backends', text: 'ready 2  pending ?' }]);
});

test('numbers are written with their units', () => {
  const app: SignalDescriptor = {
    name: 'app',
    kind: 'metrics',
    version: 1,
    series: [{ name: 'memory', family: 'gauge', summary: '', unit: 'By' }],
    derived: [],
  };
  const points = { 'app.memory': [{ t: 1e9, value: 74_186_752 }] };
  expect(nowRows([app], fakeSamples({ end: 60e9, points }), 60e9)).toEqual([
    { name: 'app', text: 'memory 70.8 MiB' },
  ]);
});

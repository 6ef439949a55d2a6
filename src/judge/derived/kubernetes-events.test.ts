import { expect, test } from 'vitest';
import { bounded, censored, value } from '../../model/measure.ts';
import type { Occurrence } from '../../model/series.ts';
import { kubernetesEvents } from '../../signals/kubernetes-events.ts';
import { fakeContext, measured, span } from '../fake-run.ts';
import { atLeast } from '../words.ts';

const signals = [kubernetesEvents.describe('cluster', {})];

const happened = (at_s: number, reason: string, type: 'Normal' | 'Warning'): Occurrence => ({
  t: at_s * 1e9,
  type: reason,
  subject: 'pod/a',
  detail: { type },
});

const events = [
  happened(5, 'Unhealthy', 'Warning'),
  happened(11, 'Pulled', 'Normal'),
  happened(12, 'BackOff', 'Warning'),
  happened(13, 'Unhealthy', 'Warning'),
];

/** One fault, held from 10 s to 20 s of 30. */
const run = (of: readonly Occurrence[], gap?: [number, number], sliding?: [number, number]) =>
  fakeContext(
    {
      events: { 'cluster.events': of },
      ...(gap === undefined ? {} : { gaps: { 'cluster.events': [span(...gap)] } }),
    },
    { signals, ...(sliding === undefined ? {} : { sliding: span(...sliding) }) },
  );

test('warnings of all reasons, from the first injection on', () => {
  expect(measured('cluster.warnings.count', run(events))).toEqual(value(2));
  expect(measured('cluster.warnings.first_after_s', run(events))).toEqual(value(2));
  expect(measured('cluster.events.Unhealthy.count', run(events))).toEqual(value(1));
});

test('none, and none that was seen', () => {
  expect(measured('cluster.warnings.count', run([]))).toEqual(value(0));
  expect(measured('cluster.warnings.first_after_s', run([]))).toEqual(censored(20));
  expect(measured('cluster.warnings.count', run([], [14, 16]))).toEqual(atLeast(0));
  expect(
    measured('cluster.warnings.first_after_s', run([happened(16, 'BackOff', 'Warning')], [14, 16])),
  ).toEqual(bounded(4, 6));
});

test('in the sliding window, as conditions ask for it', () => {
  expect(measured('cluster.warnings.count', run(events, undefined, [12.5, 17.5]))).toEqual(value(1));
});

import { expect, test } from 'vitest';
import { familyMeasures, runMeasures } from '../../model/families.ts';
import { bounded, censored, type Measured, value } from '../../model/measure.ts';
import type { Occurrence, Point } from '../../model/series.ts';
import { fakeContext, fakeInjection, fakeTimeline, measured, span } from '../fake-run.ts';
import { fakePoints } from '../fake-samples.ts';
import { measureTables } from '../measure.ts';
import { atLeast, NO_UPPER_BOUND } from '../words.ts';
import { runRules } from './run.ts';

const leader = (points: readonly Point[], gaps: readonly [number, number][] = []) =>
  fakeContext({
    points: { 'cluster.leader': points },
    gaps: { 'cluster.leader': gaps.map(([from, to]) => span(from, to)) },
  });
const ready = (points: readonly Point[], gaps: readonly [number, number][] = []) =>
  fakeContext({
    points: { 'backends.ready': points },
    gaps: { 'backends.ready': gaps.map(([from, to]) => span(from, to)) },
  });
const isUnknown = (of: Measured): void => expect(of.is).toBe('unknown');

test('every measure that a family promises has a rule, and every rule is promised', () => {
  for (const [family, measures] of Object.entries(familyMeasures)) {
    expect(Object.keys(measureTables[family as keyof typeof measureTables])).toEqual(Object.keys(measures));
  }
  expect(Object.keys(runRules)).toEqual(Object.keys(runMeasures));
});

test('a failover: no leader for 5 s, then another', () => {
  const context = leader(fakePoints([2, 'p1'], [12, null], [17, 'p2'], [24, 'p1']));
  expect(measured('cluster.leader.changed_after_s', context)).toEqual(value(7));
  expect(measured('cluster.leader.changes', context)).toEqual(value(2));
  expect(measured('cluster.fault.leader.changes', context)).toEqual(value(1));
  expect(measured('cluster.leader.without_value_s', context)).toEqual(value(5));
  expect(measured('cluster.leader.values', context)).toEqual(value(2));
  expect(measured('cluster.leader.last', context)).toEqual(value('p1'));
  expect(measured('cluster.fault.leader.last', context)).toEqual(value('p2'));
  expect(measured('cluster.fault.changed_after_s', context)).toEqual(value(7));
  expect(measured('cluster.recovery.changed_after_s', context)).toEqual(value(4));
});

test('losing the leader and getting the same back is no change', () => {
  const context = leader(fakePoints([2, 'p1'], [12, null], [17, 'p1']));
  expect(measured('cluster.changed_after_s', context)).toEqual(censored(20));
  expect(measured('cluster.changes', context)).toEqual(value(0));
});

test('a poll bounds the time of a change; so does a gap before it', () => {
  const polled: Point[] = [...fakePoints([2, 'p1']), { t: 17e9, since: 16e9, value: 'p2' }];
  expect(measured('cluster.changed_after_s', leader(polled))).toEqual(bounded(6, 7));
  expect(measured('cluster.changed_after_s', leader(polled, [[13, 14]]))).toEqual(bounded(3, 7));
  expect(measured('cluster.changed_after_s', leader(fakePoints([2, 'p1']), [[13, 14]]))).toEqual(censored(3));
  isUnknown(measured('cluster.changed_after_s', leader(polled, [[9, 11]])));
  isUnknown(measured('cluster.changed_after_s', leader(fakePoints([12, 'p1']))));
});

test('a clock jump before the change makes its time unknown', () => {
  const timeline = fakeTimeline({
    injections: [fakeInjection({ acting: 10, effective: 10, undone: 20, recovered: 20 })],
    end_s: 30,
    jumps: [span(12, 14)],
  });
  const context = fakeContext(
    { points: { 'cluster.leader': fakePoints([2, 'p1'], [17, 'p2']) } },
    { timeline },
  );
  isUnknown(measured('cluster.changed_after_s', context));
});

test('gaps in a state: bounds, and no last value behind one', () => {
  const context = leader(fakePoints([2, 'p1'], [12, null], [17, 'p2']), [
    [14, 15],
    [28, 30],
  ]);
  expect(measured('cluster.leader.changes', context)).toEqual(atLeast(1));
  expect(measured('cluster.leader.values', context)).toEqual(atLeast(2));
  expect(measured('cluster.leader.without_value_s', context)).toEqual(bounded(4, 7));
  isUnknown(measured('cluster.leader.last', context));
  expect(measured('cluster.fault.last', context)).toEqual(value('p2'));
  isUnknown(measured('cluster.leader.last', leader([])));
  isUnknown(measured('cluster.leader.last', leader(fakePoints([1, 'p1'], [29, null]))));
});

test('a gauge: time-weighted, held until the next point', () => {
  const context = ready(fakePoints([0, 2], [12, 1], [16, 2], [25, 0]));
  expect(measured('backends.ready.mean', context)).toEqual(value(1.6));
  expect(measured('backends.ready.min', context)).toEqual(value(1));
  expect(measured('backends.ready.max', context)).toEqual(value(2));
  expect(measured('backends.ready.last', context)).toEqual(value(2));
  expect(measured('backends.ready.below_s(2)', context)).toEqual(value(4));
  expect(measured('backends.ready.above_s(1)', context)).toEqual(value(6));
  expect(measured('backends.baseline.ready.min', context)).toEqual(value(2));
  expect(measured('backends.recovery.ready.mean', context)).toEqual(value(1));
  expect(measured('backends.recovery.ready.last', context)).toEqual(value(0));
});

test('a gap in a gauge: what was seen bounds it', () => {
  const context = ready(fakePoints([0, 2], [12, 1], [16, 2]), [[13, 15]]);
  expect(measured('backends.ready.min', context)).toEqual(bounded(-NO_UPPER_BOUND, 1));
  expect(measured('backends.ready.max', context)).toEqual(atLeast(2));
  isUnknown(measured('backends.ready.mean', context));
  expect(measured('backends.ready.below_s(2)', context)).toEqual(bounded(2, 4));
  expect(measured('backends.ready.last', context)).toEqual(value(2));
  isUnknown(measured('backends.ready.last', ready(fakePoints([0, 2]), [[19, 20]])));
  isUnknown(measured('backends.ready.max', ready([])));
  isUnknown(measured('backends.ready.last', ready(fakePoints([0, 2], [15, null]))));
  expect(measured('backends.ready.max', ready(fakePoints([0, 2], [15, null])))).toEqual(atLeast(2));
});

test('a sampled signal that falls silent did not observe', () => {
  const signals = [
    {
      name: 'host',
      kind: 'host',
      version: 1,
      interval_s: 1,
      derived: [],
      series: [{ name: 'load', family: 'gauge' as const, summary: '' }],
    },
  ];
  const every = Array.from({ length: 12 }, (_, index) => [index, 1] as const);
  const context = fakeContext(
    { points: { 'host.load': fakePoints(...every, [18, 5], [19, 5]) } },
    { signals },
  );
  isUnknown(measured('host.mean', context));
  expect(measured('host.max', context)).toEqual(atLeast(5));
  expect(measured('host.baseline.mean', context)).toEqual(value(1));
  expect(measured('host.last', context)).toEqual(value(5));
  isUnknown(measured('host.recovery.last', context));
});

const deleted = (at_s: number, since_s?: number): Occurrence => ({
  t: at_s * 1e9,
  type: 'deleted',
  subject: 'pod/one',
  detail: {},
  ...(since_s === undefined ? {} : { since: since_s * 1e9 }),
});

test('events: counted from the first injection to the end, first by time', () => {
  const events = { 'backends.transitions': [deleted(5), deleted(11.5), deleted(25)] };
  const context = fakeContext({ events });
  expect(measured('backends.transitions.deleted.count', context)).toEqual(value(2));
  expect(measured('backends.fault.transitions.deleted.count', context)).toEqual(value(1));
  expect(measured('backends.transitions.deleted.first_after_s', context)).toEqual(value(1.5));
  expect(measured('backends.transitions.added.first_after_s', context)).toEqual(censored(20));
  expect(measured('backends.transitions.added.count', context)).toEqual(value(0));
});

test('inferred events are bounded; gaps leave a lower bound', () => {
  const gaps = { 'backends.transitions': [span(14, 18)] };
  const context = fakeContext({ events: { 'backends.transitions': [deleted(18, 14)] }, gaps });
  expect(measured('backends.transitions.deleted.first_after_s', context)).toEqual(bounded(4, 8));
  expect(measured('backends.transitions.deleted.count', context)).toEqual(atLeast(1));
  expect(measured('backends.transitions.added.first_after_s', context)).toEqual(censored(4));
});

test('measures of the run', () => {
  const lag = Array.from({ length: 100 }, (_, index) => [index / 4, index + 1] as const);
  const context = fakeContext({ points: { 'observer.lag_ms': fakePoints(...lag) } });
  expect(measured('undone_after_s', context)).toEqual(value(10));
  expect(measured('observer.lag_p99_ms', context)).toEqual(value(99));
  isUnknown(measured('monitoring.blind_s', context));
  isUnknown(measured('recovered_after_s', context));
  const open = fakeTimeline({ injections: [fakeInjection({ acting: 10, effective: 11 })], end_s: 30 });
  expect(measured('undone_after_s', fakeContext({}, { timeline: open }))).toEqual(censored(20));
  isUnknown(measured('undone_after_s', fakeContext({}, { timeline: fakeTimeline({ end_s: 30 }) })));
});

test('a crash in a measure is unknown, never a value', () => {
  const context = fakeContext({});
  const samples = {
    ...context.samples,
    points: () => {
      throw new TypeError('broken');
    },
  };
  const found = measured('backends.ready.max', { ...context, samples });
  expect(found).toEqual({ is: 'unknown', why: 'it could not be computed: broken' });
});

test('a gauge of a day at ten a second has its extremes like any other', () => {
  const many = Array.from({ length: 250_000 }, (_, at) => ({ t: at * 8e4, value: at }));
  expect(measured('backends.run.ready.max', ready(many))).toEqual(value(249_999));
  expect(measured('backends.run.ready.min', ready(many))).toEqual(value(0));
});

import { expect, test } from 'vitest';
import type { Occurrence, Operation, SignalDescriptor } from '../../model/series.ts';
import type { InjectionRecord } from '../../model/timeline.ts';
import { fakeContext, fakeInjection, fakeTimeline, span } from '../fake-run.ts';
import { type FakeRecording, fakeLoad, fakePoints } from '../fake-samples.ts';
import { causesOf } from './causes.ts';
import { detectionsOf } from './detection.ts';
import { feltText } from './felt.ts';
import { impactOf } from './impact.ts';
import { observerHealth } from './observer.ts';

/** 20 votes a second over 30 s, with a slight unrest; the fault lasts from 10 s to 20 s. */
function load(change: (operation: Operation, at_s: number) => Partial<Operation>): Operation[] {
  return fakeLoad({ from_s: 0, to_s: 30, rate_per_s: 20, latency_ms: 5 }).map((operation, index) => {
    const calm = { ...operation, done: operation.intended + (5 + (index % 3)) * 1e6 };
    return { ...calm, ...change(calm, operation.intended / 1e9) };
  });
}

const context = (
  operations: readonly Operation[],
  more: Partial<FakeRecording> = {},
  injection?: InjectionRecord,
) =>
  fakeContext(
    { operations: { 'votes.requests': operations }, ...more },
    injection === undefined ? {} : { timeline: fakeTimeline({ injections: [injection], end_s: 30 }) },
  );

const calm = load(() => ({}));
const slow = load(({ intended }, at) => (at >= 12 && at < 18 ? { done: intended + 500e6 } : {}));
const failing = load((_, at) => (at >= 11 && at < 13 ? { kind: 'refused' } : {}));
const both = load(({ intended }, at) =>
  at >= 11 && at < 15 ? { done: intended + 2e9, kind: 'timeout' } : {},
);

test('impact: none, slow, failing, both, unknown', () => {
  expect(impactOf(context(calm))).toBe('none');
  expect(impactOf(context(slow))).toBe('slow');
  expect(impactOf(context(failing))).toBe('failing');
  expect(impactOf(context(both))).toBe('both');
  expect(impactOf(context([]))).toBe('unknown');
  expect(impactOf(context(calm, { gaps: { 'votes.requests': [span(12, 20)] } }))).toBe('unknown');
});

test('probes alone say what they met, and nothing of users who were not there', () => {
  const probe: SignalDescriptor = {
    name: 'votes',
    kind: 'ping',
    version: 1,
    main: 'requests',
    probe: true,
    series: [{ name: 'requests', family: 'operations', summary: 'Echoes.' }],
    derived: [],
  };
  const of = (operations: Operation[]) => ({ ...context(operations), signals: [probe] });
  expect(impactOf(of(calm))).toBe('unknown');
  expect(impactOf(of(failing))).toBe('failing');
  const felt = (impact: 'unknown' | 'failing') => feltText({ impact, measures: [], signals: [probe] });
  expect(felt('unknown')).toContain('no load stood for them');
  expect(felt('failing')).toBe('Probes saw errors');
});

test('one failure is no impact', () => {
  expect(
    impactOf(context(calm.map((one, index) => (index === 300 ? { ...one, kind: 'refused' } : one)))),
  ).toBe('none');
});

test('a calm run shows nothing', () => {
  const points = { 'backends.ready': fakePoints([0, 2]), 'cluster.leader': fakePoints([0, 'p1']) };
  expect(detectionsOf(context(calm, { points }))).toEqual([]);
});

test('what left its baseline, in the order in which it did, and how far', () => {
  const points = {
    'backends.ready': fakePoints([0, 2], [10.4, 1], [20, 2]),
    'cluster.leader': fakePoints([0, 'p1'], [14, null], [15, 'p2']),
  };
  const found = detectionsOf(context(slow, { points }));
  expect(found.map(({ text }) => text)).toEqual(['backends.ready', 'votes.p95_ms', 'cluster.leader']);
  expect(found.map(({ after_s }) => after_s)).toEqual([
    expect.closeTo(0.4, 3),
    expect.closeTo(2.5, 3),
    expect.closeTo(4, 3),
  ]);
  expect(found[0]?.words).toBe('backends.ready fell from 2 to 1, first 0.4 s after the first injection');
  expect(found[1]?.words).toContain('votes.p95_ms rose from 7 ms to 500 ms');
  expect(found[2]?.words).toContain('cluster.leader changed from p1 to nothing');
});

test('a short change of a gauge that never moved before is seen, however short', () => {
  const [found] = detectionsOf(
    context(calm, { points: { 'backends.ready': fakePoints([0, 2], [10.9, 1], [11.1, 2]) } }),
  );
  expect(found).toMatchObject({
    text: 'backends.ready',
    words: 'backends.ready fell from 2 to 1, first 0.9 s after the first injection',
  });
});

test('moves of a gauge below the noise that its signal states are chance', () => {
  const points = { 'vm.cpu': fakePoints([0, 1], [9, 2], [10.4, 4.5], [20, 2]) };
  const cpu = (noise: number): SignalDescriptor => ({
    name: 'vm',
    kind: 'host',
    version: 1,
    series: [{ name: 'cpu', family: 'gauge', unit: '%', summary: 'Load.', noise }],
    derived: [],
  });
  const found = (noise: number) => detectionsOf({ ...context(calm, { points }), signals: [cpu(noise)] });
  expect(found(5)).toEqual([]);
  expect(found(3)).toMatchObject([{ text: 'vm.cpu' }]);
});

test('errors are seen when the first one is, and a gap shows nothing', () => {
  const [first] = detectionsOf(context(failing));
  expect(first).toMatchObject({ text: 'votes.error_rate', strength: 100 });
  expect(first?.after_s).toBeCloseTo(1.006, 2);
  expect(detectionsOf(context(failing, { gaps: { 'votes.requests': [span(10, 14)] } }))).toEqual([]);
});

test('without enough baseline nothing can be said', () => {
  const early = fakeInjection({ acting: 3, effective: 3, undone: 20, recovered: 21 });
  expect(detectionsOf(context(slow, {}, early))).toEqual([]);
});

const pod = (at_s: number, type: string): Occurrence => ({
  t: at_s * 1e9,
  type,
  subject: 'pod/one',
  detail: { uid: 'one' },
});
const ids = (of: ReturnType<typeof causesOf>): string[] =>
  of.map(({ id, likelihood }) => `${id} ${likelihood}`);

test('cause: connections to a deleted pod, and fewer pods ready meanwhile', () => {
  const more = {
    events: { 'backends.transitions': [pod(10.9, 'deleting'), pod(12, 'deleted'), pod(12.1, 'added')] },
    points: { 'backends.ready': fakePoints([0, 2], [10.9, 1], [13, 2]) },
  };
  const found = causesOf(context(failing, more));
  expect(ids(found)).toEqual(['pod-deleted likely', 'readiness-gap likely']);
  expect(found[0]?.because[0]).toContain('pod/one was told to go after 0.9 s; 40 connections broke');
});

test('cause: only the path broke, when connections are refused and all pods stay ready', () => {
  const still = { points: { 'backends.ready': fakePoints([0, 2]) } };
  expect(ids(causesOf(context(failing, still)))).toEqual(['only-the-path-broke likely']);
  const restless = { ...still, events: { 'backends.transitions': [pod(11, 'ready')] } };
  expect(ids(causesOf(context(failing, restless)))).toEqual(['only-the-path-broke possible']);
  expect(causesOf(context(calm, still))).toEqual([]);
});

test('cause: the delay that was injected', () => {
  const with500 = fakeInjection({
    fault: 'kubernetes.deployment.env',
    params: { set: { ARTIFICIAL_DELAY_MS: '500' } },
    acting: 10,
    effective: 11,
    undone: 20,
    recovered: 22,
  });
  const delayed = load(({ intended }, at) => (at >= 11 && at < 20 ? { done: intended + 510e6 } : {}));
  const found = causesOf(context(delayed, {}, with500));
  expect(ids(found)).toEqual(['injected-latency likely']);
  const tripled = load(({ intended }, at) => (at >= 11 && at < 20 ? { done: intended + 1_500e6 } : {}));
  expect(ids(causesOf(context(tripled, {}, with500)))).toEqual(['injected-latency possible']);
  expect(causesOf(context(calm, {}, with500))).toEqual([]);
});

test('cause: the errors that were injected', () => {
  const fifth = fakeInjection({
    fault: 'kubernetes.deployment.env',
    params: { set: { ERROR_RATE: '0.2' } },
    acting: 10,
    effective: 11,
    undone: 20,
    recovered: 22,
  });
  const some = calm.map((one, index) =>
    one.intended >= 11e9 && one.intended < 20e9 && index % 5 === 0 ? { ...one, kind: 'status' } : one,
  );
  const added = {
    events: { 'backends.transitions': [pod(10.5, 'added')] },
    points: { 'backends.ready': fakePoints([0, 2]) },
  };
  expect(ids(causesOf(context(some, added, fifth)))).toEqual(['rollout likely', 'injected-errors likely']);
});

test('cause: half of the capacity', () => {
  const points = { 'backends.ready': fakePoints([0, 2], [10.5, 1], [20, 2]) };
  const slower = load(({ intended }, at) => (at >= 10.5 && at < 20 ? { done: intended + 60e6 } : {}));
  expect(ids(causesOf(context(slower, { points })))).toEqual(['capacity likely']);
  expect(causesOf(context(calm, { points }))).toEqual([]);
});

test('the observer says where it was blind, late or slow', () => {
  const lag = fakePoints(...Array.from({ length: 60 }, (_, index) => [index / 2, 3] as const));
  const points = { 'observer.lag_ms': lag };
  expect(observerHealth(context(calm, { points }))).toEqual({ ok: true, words: [] });
  const blind = observerHealth(context(calm, { points, gaps: { 'backends.ready': [span(12, 14)] } }));
  expect(blind).toEqual({ ok: true, words: ['backends was not observed for 2 s of 30 s.'] });
  const late = observerHealth(
    context(calm, { points: { ...points, 'votes.schedule_error_ms': fakePoints([0, 1], [5, 20], [15, 1]) } }),
  );
  expect(late.ok).toBe(true);
  expect(late.words[0]).toContain('over 5 ms late for 10 s');
  const busy = fakePoints(...Array.from({ length: 60 }, (_, index) => [index / 2, 900] as const));
  expect(observerHealth(context(calm, { points: { 'observer.lag_ms': busy } }))).toMatchObject({
    ok: true,
    words: [expect.stringContaining('900 ms')],
  });
});

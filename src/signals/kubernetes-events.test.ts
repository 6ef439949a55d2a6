import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { environmentOf } from '../judge/expression/environment.ts';
import type { RunningSignal } from '../model/contracts/signal.ts';
import { startClock } from '../reach/clock.ts';
import { type FakeCluster, startFakeCluster } from '../reach/kubernetes/fake-cluster.ts';
import { contextOf } from './fake-context.ts';
import { kubernetesEvents } from './kubernetes-events.ts';
import { type FakeSink, fakeSink } from './pods/fake-sink.ts';

let cluster: FakeCluster;
let sink: FakeSink;
let running: RunningSignal | undefined;
const clock = startClock();
const within = { timeout: 20_000, interval: 20 };

beforeEach(async () => {
  cluster = await startFakeCluster();
  sink = fakeSink();
});

afterEach(async () => {
  await running?.stop();
  running = undefined;
  await cluster.stop();
});

async function watchEvents(config: object = {}): Promise<void> {
  const context = { ...contextOf(sink), name: 'cluster', world: cluster.world, clock };
  const started = await kubernetesEvents.start(context, kubernetesEvents.config.parse(config));
  if (!started.ok) throw new Error(JSON.stringify(started.problem));
  running = started.value;
}

const event = (name: string, fields: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name },
  involvedObject: { kind: 'Pod', name: 'web-1', fieldPath: 'spec.containers{web}' },
  reason: 'BackOff',
  message: 'Back-off restarting failed container web in pod web-1',
  type: 'Warning',
  count: 1,
  source: { component: 'kubelet' },
  lastTimestamp: '2026-01-01T00:00:05Z',
  ...fields,
});

const put = (name: string, fields: object = {}): void => void cluster.put('events', event(name, fields));

const change = (name: string, fields: object): void =>
  void cluster.edit('events', name, (one) => {
    Object.assign(one, fields);
  });

const told = (): string[] =>
  sink.events.map(({ type, subject, detail }) => `${type} ${subject} ${detail['times'] ?? 1}`);

test('each new occurrence is told, with its words and the time of the API; what happened before is not', async () => {
  put('old', { reason: 'Scheduled', type: 'Normal' });
  await watchEvents();
  put('a');
  await vi.waitFor(() => expect(sink.events).toHaveLength(1), within);
  expect(sink.events[0]).toEqual({
    t: expect.any(Number),
    type: 'BackOff',
    subject: 'pod/web-1',
    detail: {
      message: 'Back-off restarting failed container web in pod web-1',
      type: 'Warning',
      container: 'web',
      from: 'kubelet',
    },
    foreign_t: Date.parse('2026-01-01T00:00:05Z') / 1_000,
    foreign_error_s: 1,
  });
  expect(sink.said).toEqual([{ is: 'observing' }]);
});

test('a count that rises is told once for each; a change without one is not', async () => {
  put('a');
  await watchEvents();
  change('a', { count: 2 });
  change('a', { message: 'the same in other words' });
  change('a', { count: 5 });
  await vi.waitFor(() => expect(sink.events).toHaveLength(4), within);
  expect(told()).toEqual([2, 3, 4, 5].map((nth) => `BackOff pod/web-1 ${nth}`));
  expect(sink.events.map(({ since, foreign_t }) => [since !== undefined, foreign_t !== undefined])).toEqual([
    [false, true],
    [true, false],
    [true, false],
    [false, true],
  ]);
});

test('an event of the new API: series and eventTime', async () => {
  await watchEvents();
  put('a', {
    count: undefined,
    lastTimestamp: null,
    eventTime: '2026-01-01T00:00:05.250000Z',
    source: {},
    reportingComponent: 'default-scheduler',
    reason: 'FailedScheduling',
  });
  await vi.waitFor(() => expect(sink.events).toHaveLength(1), within);
  change('a', { series: { count: 3, lastObservedTime: '2026-01-01T00:00:09.000000Z' } });
  await vi.waitFor(() => expect(sink.events).toHaveLength(3), within);
  expect(told()).toEqual([1, 2, 3].map((nth) => `FailedScheduling pod/web-1 ${nth}`));
  expect(sink.events.map(({ foreign_t }) => foreign_t)).toEqual([1767225605.25, undefined, 1767225609]);
  expect(sink.events[0]?.detail['from']).toBe('default-scheduler');
});

test('what is not wanted is left out: by kind, by the beginning of the name, by type', async () => {
  await watchEvents({ kind: 'Pod', name: 'web', types: ['Warning'], reasons: ['CertificateExpired'] });
  put('normal', { type: 'Normal', reason: 'Pulled' });
  put('other-kind', { involvedObject: { kind: 'ReplicaSet', name: 'web-1' } });
  put('other-name', { involvedObject: { kind: 'Pod', name: 'db-1' } });
  put('mine', { reason: 'CertificateExpired' });
  put('unknown', { reason: 'SomethingElse' });
  await vi.waitFor(() => expect(sink.events).toHaveLength(2), within);
  expect(told()).toEqual(['CertificateExpired pod/web-1 1', 'other pod/web-1 1']);
  expect(sink.events[1]?.detail['reason']).toBe('SomethingElse');
});

test('what happened while the API was away and its history is forgotten is inferred; what it forgot is not', async () => {
  put('counts');
  put('expires');
  await watchEvents();
  const before = clock.now();
  await cluster.pause();
  change('counts', { count: 2 });
  cluster.remove('events', 'expires');
  put('fresh', { reason: 'Killing', type: 'Normal' });
  cluster.store.compact();
  await delay(3_000);
  await cluster.resume();
  await vi.waitFor(() => expect(sink.events).toHaveLength(2), within);
  await vi.waitFor(
    () => expect(sink.said.map(({ is }) => is)).toEqual(['observing', 'blind', 'observing']),
    within,
  );
  expect(told().sort()).toEqual(['BackOff pod/web-1 2', 'Killing pod/web-1 1']);
  for (const { t, since } of sink.events) {
    expect(since).toBeLessThan(before + 1e9);
    expect(t).toBeGreaterThan(before + 2.9e9);
  }
});

test('every type and the warnings can be named in an expression', () => {
  const descriptor = kubernetesEvents.describe('cluster', { reasons: ['CertificateExpired'] });
  const environment = environmentOf([descriptor]);
  const members = environment.names.members.get('cluster');
  expect(members?.is === 'group' ? [...members.members.keys()] : []).toEqual(
    expect.arrayContaining(['events', 'warnings', 'BackOff']),
  );
  for (const type of descriptor.series[0]?.types ?? []) {
    expect(environment.cel.check(`cluster.events.${type}.count >= 1.0`)).toMatchObject({ valid: true });
  }
  expect(
    environment.cel.check('cluster.warnings.count >= 1.0 && cluster.warnings.first_after_s < 5.0'),
  ).toMatchObject({ valid: true });
});

test('check: rights and namespace; the config', async () => {
  const signal = new AbortController().signal;
  const check = (config: object) => kubernetesEvents.check?.(cluster.viewerWorld, config, signal);
  expect(await check({})).toEqual({ ok: true, value: undefined });
  expect(await check({ namespace: 'nowhere' })).toMatchObject({ problem: { code: 'target-missing' } });
  for (const wrong of [
    { kind: 'pod' },
    { types: [] },
    { types: ['Error'] },
    { reasons: ['a b'] },
    { nope: 1 },
  ]) {
    expect(kubernetesEvents.config.safeParse(wrong).success).toBe(false);
  }
});

test('of more occurrences at once than are told, the stretch counts as not observed', async () => {
  put('a');
  await watchEvents();
  change('a', { count: 500 });
  await vi.waitFor(() => expect(sink.events).toHaveLength(100), within);
  expect(sink.said.slice(-2)).toMatchObject([
    { is: 'blind', why: '499 events at once; the last 100 are told' },
    { is: 'observing' },
  ]);
});

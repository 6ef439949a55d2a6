import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { KubeObject } from '../labs/api/objects.ts';
import type { RunningSignal } from '../model/contracts/signal.ts';
import type { KubernetesApi, WatchEnd, WatchEvent, World } from '../model/contracts/world.ts';
import { ok } from '../model/result.ts';
import type { Occurrence } from '../model/series.ts';
import { startClock } from '../reach/clock.ts';
import { type FakeCluster, startFakeCluster } from '../reach/kubernetes/fake-cluster.ts';
import { worldOf } from '../reach/world.ts';
import { contextOf } from './fake-context.ts';
import { kubernetesPods } from './kubernetes-pods.ts';
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

/** What was told of the pods that were there at the start; the rest is what happened since. */
let there: Occurrence[] = [];

async function watchPods(world: World = cluster.world): Promise<void> {
  const context = { ...contextOf(sink), name: 'backends', world, clock };
  const started = await kubernetesPods.start(context, { selector: 'app=web' });
  if (!started.ok) throw new Error(JSON.stringify(started.problem));
  running = started.value;
  there = sink.events.splice(0);
}

const addPod = (name: string): KubeObject =>
  cluster.put('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: 'web' } },
    spec: { containers: [{ name: 'web', image: 'web' }] },
    status: { phase: 'Pending' },
  });

const setState = (name: string, state: object, more: object = {}): KubeObject =>
  cluster.edit('pods', name, (pod) => {
    const status = { name: 'web', restartCount: 0, ready: false, image: '', imageID: '', state, ...more };
    pod['status'] = { ...(pod['status'] as object), containerStatuses: [status] };
  });

const runPod = (name: string, id: string, restartCount = 0): KubeObject => {
  setState(name, { running: { startedAt: '2026-01-01T00:00:00Z' } }, { containerID: id, restartCount });
  return cluster.edit('pods', name, (pod) => {
    const conditions = [{ type: 'Ready', status: 'True' }];
    pod['status'] = { ...(pod['status'] as object), phase: 'Running', conditions };
  });
};

const creating = { waiting: { reason: 'ContainerCreating' } };

test('pods that are there are counted and told as present; a ContainerCreating of 100 ms is seen', async () => {
  addPod('old');
  runPod('old', 'c0');
  await watchPods();
  expect(there).toMatchObject([
    { type: 'present', subject: 'pod/old', detail: { phase: 'Running', ready: true, restartCount: 0 } },
  ]);
  expect(sink.last('ready')).toBe(1);
  addPod('new');
  setState('new', creating);
  await delay(100);
  runPod('new', 'c1');
  await vi.waitFor(() => expect(sink.last('ready')).toBe(2), within);
  expect(sink.story()).toEqual([
    'added pod/new',
    'container pod/new waiting ContainerCreating',
    'container pod/new running',
    'phase pod/new',
    'ready pod/new',
  ]);
  expect(sink.events.every(({ since }) => since === undefined)).toBe(true);
  expect(sink.said).toEqual([{ is: 'observing' }]);
});

test('states that last no time at all are seen, all of them, in order', async () => {
  await watchPods();
  for (let n = 0; n < 50; n += 1) {
    addPod(`p${n}`);
    setState(`p${n}`, creating);
    runPod(`p${n}`, `c${n}`);
    cluster.remove('pods', `p${n}`);
  }
  await vi.waitFor(
    () => expect(sink.events.filter(({ type }) => type === 'deleted')).toHaveLength(50),
    within,
  );
  const creations = sink.events.filter(({ detail }) => detail['reason'] === 'ContainerCreating');
  expect(creations).toHaveLength(50);
  expect(sink.last('ready')).toBe(0);
});

test('what happened while the API was away and its history is forgotten is inferred, not invented', async () => {
  addPod('stays');
  runPod('stays', 'c0');
  addPod('goes');
  await watchPods();
  const before = clock.now();
  await cluster.pause();
  cluster.remove('pods', 'goes');
  addPod('comes');
  runPod('stays', 'c1', 1);
  cluster.store.compact();
  await delay(3_000);
  await cluster.resume();
  await vi.waitFor(() => expect(sink.events.length).toBeGreaterThanOrEqual(4), within);
  await vi.waitFor(
    () => expect(sink.said.map(({ is }) => is)).toEqual(['observing', 'blind', 'observing']),
    within,
  );
  expect(sink.story().sort()).toEqual([
    'added pod/comes',
    'container pod/stays running',
    'deleted pod/goes',
    'restarted pod/stays running',
  ]);
  for (const { t, since } of sink.events) {
    expect(since).toBeLessThan(before + 1e9);
    expect(t).toBeGreaterThan(before + 2.9e9);
  }
});

test('a stream that is cut goes on where it was and misses nothing', async () => {
  addPod('a');
  await watchPods();
  await cluster.pause();
  setState('a', creating);
  setState('a', { running: {} }, { containerID: 'c1' });
  setState('a', { terminated: { exitCode: 1 } }, { containerID: 'c1' });
  await cluster.resume();
  await vi.waitFor(() => expect(sink.story()).toHaveLength(3), within);
  expect(sink.story()).toEqual([
    'container pod/a waiting ContainerCreating',
    'container pod/a running',
    'container pod/a terminated',
  ]);
  expect(sink.events.every(({ since, t }) => since !== undefined && since <= t)).toBe(true);
  addPod('b');
  await vi.waitFor(
    () => expect(sink.events.find(({ subject }) => subject === 'pod/b')?.since).toBeUndefined(),
    within,
  );
});

interface Silent {
  api: KubernetesApi;
  /** Reads fail. */
  hang: boolean;
  /** Streams that were opened before say nothing more. */
  deafen(): void;
}

/** A cluster whose watch stays open and silent: as when etcd hangs, or the network forgot the connection. */
function silentApi(real: KubernetesApi): Silent {
  const failure = { status: 0, reason: 'timeout', text: 'no answer within the deadline', uncertain: false };
  let age = 0;
  const silent: Silent = {
    hang: false,
    deafen: () => {
      age += 1;
    },
    api: {
      ...real,
      request: async (request, signal) =>
        silent.hang ? { ok: false, problem: failure } : real.request(request, signal),
      watch: (request, onEvent, signal): Promise<WatchEnd> => {
        const born = age;
        const hear = (event: WatchEvent): void => {
          if (age === born) onEvent(event);
        };
        return real.watch(request, hear, signal);
      },
    },
  };
  return silent;
}

test('a silent watch is not a calm cluster: blind while the truth cannot be read', async () => {
  const silent = silentApi(cluster.api);
  await watchPods(worldOf({ kubernetes: () => ok(silent.api) }));
  silent.deafen();
  silent.hang = true;
  const blind = { is: 'blind', why: 'no answer within the deadline' };
  await vi.waitFor(() => expect(sink.said.at(-1)).toMatchObject(blind), within);
  silent.hang = false;
  await vi.waitFor(() => expect(sink.said.at(-1)).toEqual({ is: 'observing' }), within);
});

test('a watch that is open but brings nothing is found out and opened again', async () => {
  addPod('a');
  const silent = silentApi(cluster.api);
  await watchPods(worldOf({ kubernetes: () => ok(silent.api) }));
  silent.deafen();
  setState('a', creating);
  runPod('a', 'c1');
  await vi.waitFor(() => expect(sink.last('ready')).toBe(1), within);
  expect(sink.story()).toContain('container pod/a waiting ContainerCreating');
  expect(sink.events.every(({ since }) => since !== undefined)).toBe(true);
});

test('an API that is away at the start is a Problem', async () => {
  await cluster.pause();
  await expect(watchPods()).rejects.toThrow('signal-failed');
});

test('check: rights, namespace, deployment, a selector that matches nothing', async () => {
  const signal = new AbortController().signal;
  const check = (config: object) => kubernetesPods.check?.(cluster.viewerWorld, config, signal);
  expect(await check({ selector: 'app=web' })).toMatchObject({
    problem: { code: 'target-missing', found: 'app=web' },
  });
  addPod('web');
  expect(await check({ selector: 'app=web' })).toEqual({ ok: true, value: undefined });
  expect(await check({ selector: 'app=none' })).toMatchObject({ problem: { code: 'target-missing' } });
  expect(await check({ namespace: 'nowhere' })).toMatchObject({ problem: { code: 'target-missing' } });
  expect(await check({ deployment: 'none' })).toMatchObject({ problem: { code: 'target-missing' } });
  expect(kubernetesPods.config.safeParse({ selector: 'app in' }).success).toBe(false);
  expect(kubernetesPods.config.safeParse({ selector: 'a=b', deployment: 'c' }).success).toBe(false);
  expect(kubernetesPods.config.safeParse({ selektor: 'a=b' }).success).toBe(false);
});

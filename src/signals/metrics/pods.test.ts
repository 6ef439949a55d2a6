import { afterEach, beforeEach, expect, test } from 'vitest';
import { serveHttp } from '../../load/fake-servers.ts';
import type { KubernetesApi } from '../../model/contracts/world.ts';
import { ok } from '../../model/result.ts';
import { startClock } from '../../reach/clock.ts';
import { type FakeCluster, startFakeCluster } from '../../reach/kubernetes/fake-cluster.ts';
import { contextOf } from '../fake-context.ts';
import { metrics } from '../metrics.ts';
import { fakeSink } from '../pods/fake-sink.ts';
import { PodSource } from './pods.ts';

const never = new AbortController().signal;
let cluster: FakeCluster;
beforeEach(async () => {
  cluster = await startFakeCluster();
});
afterEach(() => cluster.stop());

const source = (port: number | string = 'http'): PodSource =>
  new PodSource({ api: cluster.api, clock: startClock(), wanted: { selector: 'app=web', port } });

const status = (of: { ready?: boolean; id?: string; state?: object }): object => ({
  phase: 'Running',
  podIP: '127.0.0.1',
  conditions: [{ type: 'Ready', status: of.ready === false ? 'False' : 'True' }],
  containerStatuses: [
    {
      name: 'web',
      restartCount: 0,
      ready: true,
      image: '',
      imageID: '',
      containerID: of.id ?? 'c1',
      state: of.state ?? { running: {} },
    },
  ],
});

function put(name: string, port: number, of: Parameters<typeof status>[0] = {}): void {
  cluster.put('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: 'web' } },
    spec: {
      containers: [
        { name: 'sidecar', image: 'x' },
        { name: 'web', image: 'web', ports: [{ name: 'http', containerPort: port }] },
      ],
    },
    status: status(of),
  });
}

const set = (name: string, of: Parameters<typeof status>[0]): void =>
  void cluster.edit('pods', name, (pod) => {
    Object.assign(pod, { status: status(of) });
  });

/** A pod's program: counts its readers. */
async function program(): Promise<AsyncDisposable & { port: number; paths: string[] }> {
  const paths: string[] = [];
  const served = await serveHttp((request, response) => {
    paths.push(request.url ?? '');
    response.end(`reads_total ${paths.length}\n`);
  });
  return Object.assign(served, { port: Number(new URL(served.url).port), paths });
}

/** A port on which nobody listens. */
const NOBODY = 31_398;

const readsOf = async (from: PodSource): Promise<unknown> => {
  const scrape = await from.scrape(5_000, never);
  if (!scrape.ok) return scrape.problem;
  return Object.fromEntries(
    scrape.value.instances.map(({ subject, page }) => [subject, page.samples[0]?.value]),
  );
};

test('each pod is read by itself, by the name of its port', async () => {
  await using a = await program();
  await using b = await program();
  put('a', a.port);
  put('b', b.port);
  const pods = source();
  expect(await readsOf(pods)).toEqual({ 'pod/a': 1, 'pod/b': 1 });
  expect(await readsOf(pods)).toEqual({ 'pod/a': 2, 'pod/b': 2 });
  expect(a.paths).toEqual(['/metrics', '/metrics']);
});

test('a pod that serves and does not answer makes all of it unknown', async () => {
  await using a = await program();
  put('a', a.port);
  put('b', NOBODY);
  expect(await readsOf(source())).toMatch(/^pod\/b: HTTP 503: error trying to reach service: .*refused/);
});

test('a pod that starts up, goes or stands still between two lives is left out', async () => {
  await using a = await program();
  put('a', a.port);
  put('starts', NOBODY, { ready: false });
  put('waits', NOBODY, { state: { waiting: { reason: 'CrashLoopBackOff' } } });
  put('goes', NOBODY);
  cluster.edit('pods', 'goes', ({ metadata }) => {
    metadata.deletionTimestamp = new Date().toISOString();
  });
  expect(await readsOf(source())).toEqual({ 'pod/a': 1 });
});

test('a pod that has answered must answer until it ends, ready or not; a restart is another life', async () => {
  const a = await program();
  await using b = await program();
  put('a', a.port);
  put('b', b.port);
  const pods = source();
  expect(await readsOf(pods)).toEqual({ 'pod/a': 1, 'pod/b': 1 });
  await a[Symbol.asyncDispose]();
  set('a', { ready: false });
  expect(await readsOf(pods)).toMatch(/^pod\/a: /);
  set('a', { ready: false, id: 'c2' });
  expect(await readsOf(pods)).toEqual({ 'pod/b': 3 });
});

test('a pod that goes while it is asked is no trouble', async () => {
  await using b = await program();
  await using a = await serveHttp((request) => {
    cluster.remove('pods', 'a');
    request.socket.destroy();
  });
  put('a', Number(new URL(a.url).port));
  put('b', b.port);
  expect(await readsOf(source())).toEqual({ 'pod/b': 1 });
});

test('a pod is born if it came after the first look', async () => {
  await using a = await program();
  await using b = await program();
  put('old', a.port);
  const pods = source();
  await pods.scrape(5_000, never);
  put('new', b.port);
  const scrape = await pods.scrape(5_000, never);
  expect(scrape.ok && scrape.value.instances.map(({ subject, born }) => [subject, born])).toEqual([
    ['pod/new', true],
    ['pod/old', false],
  ]);
});

test('no pods, no API, no such port', async () => {
  expect(await readsOf(source())).toBe('no pod of app=web has answered: 0 run');
  put('a', NOBODY);
  expect(await readsOf(source('metrics'))).toBe('no pod of app=web has answered: 0 run');
  expect(await readsOf(source(NOBODY))).toContain('pod/a: ');
  await cluster.pause();
  expect(await readsOf(source())).toMatch(/^the pods cannot be listed: /);
});

test('the check: rights, pods, metrics', async () => {
  await using a = await program();
  const check = (world: FakeCluster['world'], selector = 'app=web') =>
    metrics.check?.(
      world,
      metrics.config.parse({ pods: { selector, port: 'http' }, series: { reads: 'reads_total' } }),
      never,
    );
  expect(await check(cluster.world)).toMatchObject({ problem: { code: 'target-missing' } });
  put('a', a.port);
  expect(await check(cluster.world)).toEqual({ ok: true, value: undefined });
  const refused: KubernetesApi = {
    ...cluster.api,
    request: async (request, signal) =>
      request.path.includes('accessreviews')
        ? ok({ status: { allowed: false } })
        : cluster.api.request(request, signal),
  };
  expect(await check({ ...cluster.world, kubernetes: () => ok(refused) })).toMatchObject({
    problem: { code: 'rights-missing', fix: expect.stringContaining('"pods/proxy"') },
  });
  const there = contextOf(fakeSink()).world;
  expect(await check(there)).toMatchObject({ problem: { code: 'system-unreachable' } });
});

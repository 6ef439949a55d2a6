import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FakeCluster, startFakeCluster } from '../../reach/kubernetes/fake-cluster.ts';
import { intend, putPod, putWorkload, unwrap } from './fake-objects.ts';
import { podDelete } from './pod-delete.ts';

let cluster: FakeCluster;
const never = new AbortController().signal;

beforeEach(async () => {
  cluster = await startFakeCluster();
  putWorkload(cluster, 'web');
});

afterEach(() => cluster.stop());

const resolve = (target: object, world = cluster.world) =>
  podDelete.resolve(world, { target: podDelete.target.parse(target), params: {} }, never);

test('finds the running pods of a deployment, and of nothing else', async () => {
  putWorkload(cluster, 'web-api', { replicas: 1 });
  cluster.edit('pods', 'web-1-1', (pod) => {
    pod['status'] = { phase: 'Pending' };
  });
  const { found, set } = unwrap(await resolve({ deployment: 'web' }));
  expect(found.map(({ name, namespace }) => [name, namespace])).toEqual([['pod/web-1-0', 'shop']]);
  expect(set).toEqual({ name: 'pods of deployment/web', size: 1, takenEach: 1 });
  expect(unwrap(await resolve({ selector: 'app in (web, web-api)' })).found).toHaveLength(2);
  expect(unwrap(await resolve({ pod: 'web-1-0' })).found).toHaveLength(1);
});

test('missing targets say what there is', async () => {
  expect(await resolve({ deployment: 'wep' })).toMatchObject({
    problem: { code: 'target-missing', found: 'wep', expected: 'web' },
  });
  expect(await resolve({ selector: 'app=none' })).toMatchObject({ problem: { code: 'target-missing' } });
});

test('pods that nothing would replace are refused with the reason', async () => {
  putPod(cluster, 'bare', { app: 'bare' });
  putPod(cluster, 'once', { app: 'once', owner: { name: 'job', uid: 'j' }, kind: 'Job' });
  const bare = await resolve({ pod: 'bare' });
  const once = await resolve({ selector: 'app=once' });
  expect(bare).toMatchObject({ problem: { code: 'target-unsuitable' } });
  expect(bare.ok ? '' : bare.problem.message).toContain('no controller');
  expect(once).toMatchObject({ problem: { code: 'target-unsuitable' } });
});

test('who may only read is told the rule to add, and nothing is touched', async () => {
  const [target] = unwrap(await resolve({ pod: 'web-1-0' })).found;
  if (target === undefined) throw new Error('no target');
  const prepared = await podDelete.prepare(cluster.viewerWorld, { target, params: {} }, never);
  expect(prepared).toMatchObject({ ok: false, problem: { code: 'rights-missing' } });
  expect(prepared.ok ? '' : prepared.problem.fix).toContain('resources: ["pods"], verbs: ["delete"]');
  expect(cluster.get('pods', 'web-1-0')?.metadata.deletionTimestamp).toBeUndefined();
});

test('deletes with its uid, sees the effect, and recovery only when as many others are ready', async () => {
  const injection = await intend(podDelete, cluster.world, {
    target: { pod: 'web-1-0' },
    params: { grace: '5s' },
  });
  expect((await podDelete.effect(cluster.world, injection, never)).is).toBe('no');
  unwrap(await podDelete.act(cluster.world, injection, never));
  expect(cluster.get('pods', 'web-1-0')?.metadata.deletionGracePeriodSeconds).toBe(5);
  expect((await podDelete.effect(cluster.world, injection, never)).is).toBe('yes');
  // The deployment's status still says two are ready; the pods do not.
  expect(await podDelete.recovered(cluster.world, injection, never)).toMatchObject({
    is: 'no',
    evidence: 'deployment/web: 1 of 2 pods ready',
  });
  cluster.remove('pods', 'web-1-0');
  expect((await podDelete.effect(cluster.world, injection, never)).is).toBe('yes');
  unwrap(await podDelete.act(cluster.world, injection, never));
  const set = cluster.get('replicasets', 'web-1');
  if (set === undefined) throw new Error('no replica set');
  putPod(cluster, 'web-1-new', { app: 'web', owner: set.metadata });
  expect((await podDelete.recovered(cluster.world, injection, never)).is).toBe('yes');
  unwrap(await podDelete.undo(cluster.world, injection, never));
});

test('a pod that was never deleted, because the run was killed before, is as before', async () => {
  const injection = await intend(podDelete, cluster.world, { target: { pod: 'web-1-0' }, params: {} });
  expect((await podDelete.recovered(cluster.world, injection, never)).is).toBe('yes');
});

test('a new pod of the same name is never hit', async () => {
  const injection = await intend(podDelete, cluster.world, { target: { pod: 'web-1-0' }, params: {} });
  const set = cluster.get('replicasets', 'web-1');
  if (set === undefined) throw new Error('no replica set');
  cluster.remove('pods', 'web-1-0');
  putPod(cluster, 'web-1-0', { app: 'web', owner: set.metadata });
  unwrap(await podDelete.act(cluster.world, injection, never));
  expect(cluster.get('pods', 'web-1-0')?.metadata.deletionTimestamp).toBeUndefined();
  expect((await podDelete.effect(cluster.world, injection, never)).is).toBe('yes');
});

test('an API that is away makes a Problem of a step and an unsure look, never an exception', async () => {
  const injection = await intend(podDelete, cluster.world, { target: { pod: 'web-1-0' }, params: {} });
  await cluster.pause();
  expect(await podDelete.act(cluster.world, injection, never)).toMatchObject({
    ok: false,
    problem: { code: 'inject-failed' },
  });
  expect((await podDelete.effect(cluster.world, injection, never)).is).toBe('unsure');
  expect((await podDelete.recovered(cluster.world, injection, never)).is).toBe('unsure');
});

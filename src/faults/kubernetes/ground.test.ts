import { afterEach, beforeEach, expect, test } from 'vitest';
import type { KubernetesApi, World } from '../../model/contracts/world.ts';
import { ok } from '../../model/result.ts';
import { type FakeCluster, startFakeCluster } from '../../reach/kubernetes/fake-cluster.ts';
import { worldOf } from '../../reach/world.ts';
import { deploymentEnv } from './deployment-env.ts';
import { intend, putWorkload, unwrap } from './fake-objects.ts';
import { kubernetesGround as ground } from './ground.ts';
import { LABEL } from './mark.ts';

let cluster: FakeCluster;
const never = new AbortController().signal;
const ours = { run: 'run-1', lease_s: 30 };
const theirs = { run: 'run-2', lease_s: 30 };

beforeEach(async () => {
  cluster = await startFakeCluster();
});

afterEach(() => cluster.stop());

/** The same cluster seen when its own clock is further on. */
const later = (s: number): World => {
  const api: KubernetesApi = { ...cluster.api, serverTime: () => cluster.api.serverTime() + s * 1_000 };
  return worldOf({ kubernetes: () => ok(api) });
};

const lease = () => cluster.get('leases', 'aftershock');

test('one run at a time: the second is told who holds the lock and how to end it', async () => {
  unwrap(await ground.lock(cluster.world, ours, never));
  unwrap(await ground.lock(cluster.world, ours, never));
  const second = await ground.lock(cluster.world, theirs, never);
  expect(second).toMatchObject({ ok: false, problem: { code: 'locked' } });
  expect(second.ok ? '' : second.problem.message).toContain('run-1');
  expect(second.ok ? '' : second.problem.fix).toContain('aftershock stop run-1');
  unwrap(await ground.unlock(cluster.world, theirs, never));
  expect(lease()).toBeDefined();
  unwrap(await ground.unlock(cluster.world, ours, never));
  expect(lease()).toBeUndefined();
  unwrap(await ground.unlock(cluster.world, ours, never));
  unwrap(await ground.lock(cluster.world, theirs, never));
});

test('of ten takers at once exactly one gets it', async () => {
  const takers = Array.from({ length: 10 }, (_, n) => ({ run: `run-${n}`, lease_s: 30 }));
  const taken = await Promise.all(takers.map((holder) => ground.lock(cluster.world, holder, never)));
  expect(taken.filter((result) => result.ok)).toHaveLength(1);
  expect(taken.filter((result) => !result.ok && result.problem.code === 'locked')).toHaveLength(9);
});

test('a lock that is not renewed may be taken over; its old holder is told', async () => {
  unwrap(await ground.lock(cluster.world, ours, never));
  expect((await ground.lock(later(25), theirs, never)).ok).toBe(false);
  unwrap(await ground.renew(later(25), ours, never));
  expect((await ground.lock(later(50), theirs, never)).ok).toBe(false);
  unwrap(await ground.lock(later(60), theirs, never));
  expect(await ground.renew(cluster.world, ours, never)).toMatchObject({ problem: { code: 'locked' } });
  expect(lease()?.['spec']).toMatchObject({ holderIdentity: 'run-2', leaseTransitions: 2 });
});

test('times in the lease have the six digits that the API wants', async () => {
  unwrap(await ground.lock(cluster.world, ours, never));
  const renewTime = expect.stringMatching(/T\d\d:\d\d:\d\d\.\d{6}Z$/);
  expect(lease()?.['spec']).toMatchObject({ renewTime });
});

test('without rights to leases the Problem names the rule to add', async () => {
  const locked = await ground.lock(cluster.viewerWorld, ours, never);
  expect(locked).toMatchObject({ problem: { code: 'rights-missing' } });
  expect(locked.ok ? '' : locked.problem.fix).toContain('coordination.k8s.io');
});

test('an API that is away is a Problem', async () => {
  await cluster.pause();
  for (const result of [
    await ground.lock(cluster.world, ours, never),
    await ground.renew(cluster.world, ours, never),
    await ground.unlock(cluster.world, ours, never),
    await ground.leftovers(cluster.world, never),
  ]) {
    expect(result).toMatchObject({ ok: false, problem: { code: 'system-unreachable' } });
  }
});

test('what a living run has changed is fresh; a forged or broken mark is no order to us', async () => {
  putWorkload(cluster, 'web');
  putWorkload(cluster, 'other');
  const params = { set: { A: '1' } };
  const injection = await intend(deploymentEnv, cluster.world, { target: { deployment: 'web' }, params });
  unwrap((await deploymentEnv.arm?.(cluster.world, injection, never)) ?? ok(undefined));
  unwrap(await ground.lock(cluster.world, ours, never));
  const [held] = unwrap(await ground.leftovers(later(10), never)).found;
  expect(held).toMatchObject({ injection, fresh: true });
  // The API tells its time in whole seconds.
  expect(Math.abs((held?.lock?.renewedAgo_s ?? 0) - 10)).toBeLessThan(5);
  expect(Math.abs((held?.lock?.freeIn_s ?? 0) - 22)).toBeLessThan(5);
  expect(unwrap(await ground.leftovers(later(60), never)).found).toEqual([{ injection, fresh: false }]);
  const annotations = cluster.get('deployments', 'web')?.metadata.annotations ?? {};
  cluster.edit('deployments', 'other', (object) => {
    object.metadata.annotations = annotations;
    object.metadata.labels = { ...object.metadata.labels, [LABEL]: 'x' };
  });
  expect(unwrap(await ground.leftovers(cluster.world, never)).found).toHaveLength(1);
  unwrap((await deploymentEnv.disarm?.(cluster.world, injection, never)) ?? ok(undefined));
  expect(unwrap(await ground.leftovers(cluster.world, never))).toMatchObject({
    found: [],
    unreadable: [{ code: 'undo-failed' }],
  });
});

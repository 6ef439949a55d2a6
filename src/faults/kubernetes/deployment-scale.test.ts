import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Injection } from '../../model/injection.ts';
import { ok } from '../../model/result.ts';
import { type FakeCluster, startFakeCluster } from '../../reach/kubernetes/fake-cluster.ts';
import { worldOf } from '../../reach/world.ts';
import { deploymentScale } from './deployment-scale.ts';
import { intend, putWorkload, settle, unwrap } from './fake-objects.ts';
import { kubernetesGround } from './ground.ts';
import { ANNOTATION } from './mark.ts';

let cluster: FakeCluster;
const never = new AbortController().signal;

beforeEach(async () => {
  cluster = await startFakeCluster();
  putWorkload(cluster, 'web');
});

afterEach(() => cluster.stop());

const replicas = (): unknown => {
  const spec = cluster.get('deployments', 'web')?.['spec'] as { replicas: number } | undefined;
  return spec?.replicas;
};
const target = { deployment: 'web' };
const intendScale = (to: number): Promise<Injection> =>
  intend(deploymentScale, cluster.world, { target, params: { replicas: to } });
const step = async (name: 'arm' | 'act' | 'undo' | 'disarm', injection: Injection): Promise<void> =>
  unwrap(await (deploymentScale[name]?.(cluster.world, injection, never) ?? ok(undefined)));
const look = async (name: 'effect' | 'recovered', injection: Injection): Promise<string> =>
  (await deploymentScale[name](cluster.world, injection, never)).is;

test('how much is taken away depends on the number wanted', async () => {
  const taken = async (to: number) =>
    unwrap(await deploymentScale.resolve(cluster.world, { target, params: { replicas: to } }, never)).set;
  expect(await taken(1)).toEqual({ name: 'pods of deployment/web', size: 2, takenEach: 1 });
  expect(await taken(0)).toMatchObject({ takenEach: 2 });
  expect(await taken(5)).toBeUndefined();
});

test('the whole way down and back, every step twice', async () => {
  const injection = await intendScale(1);
  for (const name of ['arm', 'act', 'act'] as const) await step(name, injection);
  expect(replicas()).toBe(1);
  expect(await look('effect', injection)).toBe('no');
  settle(cluster, 'web');
  expect(await look('effect', injection)).toBe('yes');
  expect(await look('recovered', injection)).toBe('no');
  for (const name of ['undo', 'undo'] as const) await step(name, injection);
  expect(replicas()).toBe(2);
  settle(cluster, 'web');
  expect(await look('recovered', injection)).toBe('yes');
  for (const name of ['disarm', 'disarm'] as const) await step(name, injection);
  expect(cluster.get('deployments', 'web')?.metadata.annotations?.[ANNOTATION]).toBeUndefined();
});

test('what is left behind is found and undone with no local state', async () => {
  const injection = await intendScale(1);
  await step('arm', injection);
  await step('act', injection);
  const [left] = unwrap(await kubernetesGround.leftovers(cluster.world, never)).found;
  expect(left).toEqual({ injection, fresh: false });
  if (left === undefined) throw new Error('nothing found');
  await step('undo', left.injection);
  await step('disarm', left.injection);
  expect(replicas()).toBe(2);
  expect(unwrap(await kubernetesGround.leftovers(cluster.world, never)).found).toEqual([]);
});

test('an autoscaled deployment, the number it has, and missing rights are refused', async () => {
  await expect(intendScale(2)).rejects.toThrow('2 replicas already');
  const viewer = intend(deploymentScale, cluster.viewerWorld, { target, params: { replicas: 1 } });
  await expect(viewer).rejects.toThrow('deployments/scale');
  const scaler = {
    metadata: { name: 'auto' },
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' } },
  };
  const world = worldOf({
    kubernetes: () =>
      ok({
        ...cluster.api,
        request: async (...args: Parameters<typeof cluster.api.request>) =>
          args[0].path.endsWith('/horizontalpodautoscalers')
            ? ok({ items: [scaler] })
            : cluster.api.request(...args),
      }),
  });
  const autoscaled = intend(deploymentScale, world, { target, params: { replicas: 1 } });
  await expect(autoscaled).rejects.toThrow('horizontalpodautoscaler/auto');
  expect(deploymentScale.params.safeParse({ replicas: -1 }).success).toBe(false);
});

test('an act that comes after its undo was taken off is refused', async () => {
  const injection = await intendScale(1);
  for (const name of ['arm', 'undo', 'disarm'] as const) await step(name, injection);
  await expect(step('act', injection)).rejects.toThrow('undone meanwhile');
  expect(replicas()).toBe(2);
});

test('a lost race is run again', async () => {
  const injection = await intendScale(1);
  await step('arm', injection);
  let races = 2;
  const world = worldOf({
    kubernetes: () =>
      ok({
        ...cluster.api,
        request: async (...args: Parameters<typeof cluster.api.request>) => {
          if (args[0].method === 'PUT' && races > 0) {
            races -= 1;
            cluster.edit('deployments', 'web', (object) => {
              object.metadata.annotations = { ...object.metadata.annotations, race: String(races) };
            });
          }
          return cluster.api.request(...args);
        },
      }),
  });
  unwrap(await deploymentScale.act(world, injection, never));
  expect([races, replicas()]).toEqual([0, 1]);
});

test('a late undo leaves another run’s fault alone, and what others have set since', async () => {
  const first = await intendScale(1);
  for (const name of ['arm', 'act', 'undo', 'disarm'] as const) await step(name, first);
  const second = { ...(await intendScale(1)), id: 'second' };
  for (const name of ['arm', 'act'] as const) await step(name, second);
  await step('undo', first);
  await step('disarm', first);
  expect(replicas()).toBe(1);
  expect(cluster.get('deployments', 'web')?.metadata.annotations?.[ANNOTATION]).toContain('second');
  expect(await look('recovered', first)).toBe('yes');
  for (const name of ['undo', 'disarm'] as const) await step(name, second);
  cluster.edit('deployments', 'web', (object) => {
    object['spec'] = { ...(object['spec'] as object), replicas: 7 };
  });
  await step('undo', first);
  expect(replicas()).toBe(7);
});

import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Injection } from '../../model/injection.ts';
import type { JsonObject } from '../../model/json.ts';
import { ok } from '../../model/result.ts';
import { type FakeCluster, startFakeCluster } from '../../reach/kubernetes/fake-cluster.ts';
import { worldOf } from '../../reach/world.ts';
import { deploymentEnv } from './deployment-env.ts';
import { intend, putWorkload, settle, stall, unwrap } from './fake-objects.ts';
import { ANNOTATION, LABEL } from './mark.ts';

let cluster: FakeCluster;
const never = new AbortController().signal;
const secret = { name: 'KEY', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } };
const before = [{ name: 'A', value: '1' }, secret, { name: 'DELAY', value: '7' }, { name: 'Z', value: '9' }];

beforeEach(async () => {
  cluster = await startFakeCluster();
  putWorkload(cluster, 'web', { container: { env: before } });
  putWorkload(cluster, 'plain');
});

afterEach(() => cluster.stop());

const containerOf = (name: string): JsonObject => {
  const spec = cluster.get('deployments', name)?.['spec'] as {
    template: { spec: { containers: JsonObject[] } };
  };
  return spec.template.spec.containers[0] ?? {};
};

const change = { set: { DELAY: '500', NEW: 'x' }, remove: ['KEY'] };

const intendEnv = (deployment: string, params: JsonObject = change): Promise<Injection> =>
  intend(deploymentEnv, cluster.world, { target: { deployment }, params });

const step = async (name: 'arm' | 'act' | 'undo' | 'disarm', injection: Injection): Promise<void> =>
  unwrap(await (deploymentEnv[name]?.(cluster.world, injection, never) ?? ok(undefined)));

const marks = (name: string): unknown[] => {
  const meta = cluster.get('deployments', name)?.metadata;
  return [meta?.annotations?.[ANNOTATION], meta?.labels?.[LABEL]];
};

test('the whole way: armed first, changed, effective, undone exactly, unmarked', async () => {
  const injection = await intendEnv('web');
  // One write fills in the defaults of an object that was put there by hand.
  await step('arm', injection);
  await step('disarm', injection);
  const template = containerOf('web');
  await step('arm', injection);
  expect(JSON.parse(String(marks('web')[0]))).toEqual(injection);
  // The mark is metadata alone: it starts no rollout.
  expect(containerOf('web')).toEqual(template);
  await step('act', injection);
  expect(containerOf('web')['env']).toEqual([
    { name: 'A', value: '1' },
    { name: 'DELAY', value: '500' },
    { name: 'Z', value: '9' },
    { name: 'NEW', value: 'x' },
  ]);
  expect((await deploymentEnv.effect(cluster.world, injection, never)).is).toBe('no');
  settle(cluster, 'web');
  expect((await deploymentEnv.effect(cluster.world, injection, never)).is).toBe('yes');
  expect((await deploymentEnv.recovered(cluster.world, injection, never)).is).toBe('no');
  await step('undo', injection);
  expect(containerOf('web')['env']).toEqual(before);
  expect((await deploymentEnv.recovered(cluster.world, injection, never)).is).toBe('no');
  settle(cluster, 'web');
  expect((await deploymentEnv.recovered(cluster.world, injection, never)).is).toBe('yes');
  await step('disarm', injection);
  expect(marks('web')).toEqual([undefined, undefined]);
});

test('a rollout that is meant to stall is effective with its first new pod; its undo still waits for all', async () => {
  const injection = await intendEnv('web', { set: { NEW: 'x' }, rollout: 'begun' });
  await step('arm', injection);
  await step('act', injection);
  expect((await deploymentEnv.effect(cluster.world, injection, never)).is).toBe('no');
  stall(cluster, 'web');
  expect((await deploymentEnv.effect(cluster.world, injection, never)).is).toBe('yes');
  const patient = { ...injection, params: { set: { NEW: 'x' } } };
  expect((await deploymentEnv.effect(cluster.world, patient, never)).is).toBe('no');
  await step('undo', injection);
  stall(cluster, 'web');
  expect((await deploymentEnv.recovered(cluster.world, injection, never)).is).toBe('no');
});

test('an env that was absent is absent again', async () => {
  const injection = await intendEnv('plain', { set: { DELAY: '500' } });
  await step('arm', injection);
  await step('act', injection);
  await step('act', injection);
  expect(containerOf('plain')['env']).toEqual([{ name: 'DELAY', value: '500' }]);
  await step('undo', injection);
  await step('undo', injection);
  expect(containerOf('plain')).not.toHaveProperty('env');
});

test('the undo of an act that never was, or whose mark is gone, leaves all as it is', async () => {
  const injection = await intendEnv('web');
  const object = cluster.get('deployments', 'web');
  await step('undo', injection);
  await step('disarm', injection);
  expect(cluster.get('deployments', 'web')).toEqual(object);
});

test('other people’s changes meanwhile are kept', async () => {
  const injection = await intendEnv('web');
  await step('arm', injection);
  await step('act', injection);
  cluster.edit('deployments', 'web', (object) => {
    const spec = object['spec'] as { template: { spec: { containers: { env: object[]; image: string }[] } } };
    const [container] = spec.template.spec.containers;
    if (container === undefined) throw new Error('no container');
    container.env.unshift({ name: 'THEIRS', value: 'yes' });
    container.image = 'web:2';
  });
  await step('undo', injection);
  expect(containerOf('web')['env']).toEqual([{ name: 'THEIRS', value: 'yes' }, ...before]);
  expect(containerOf('web')['image']).toBe('web:2');
});

test('a lost race is run again', async () => {
  const injection = await intendEnv('web');
  await step('arm', injection);
  let races = 3;
  const world = worldOf({
    kubernetes: () =>
      ok({
        ...cluster.api,
        request: async (...args: Parameters<typeof cluster.api.request>) => {
          if (args[0].method === 'PATCH' && races > 0) {
            races -= 1;
            cluster.edit('deployments', 'web', (object) => {
              object.metadata.annotations = { ...object.metadata.annotations, race: String(races) };
            });
          }
          return cluster.api.request(...args);
        },
      }),
  });
  unwrap(await deploymentEnv.act(world, injection, never));
  expect(races).toBe(0);
  expect(containerOf('web')['env']).toContainEqual({ name: 'DELAY', value: '500' });
  expect(cluster.get('deployments', 'web')?.metadata.annotations).toMatchObject({ race: '0' });
});

test('an act that comes after its undo was taken off is refused', async () => {
  const injection = await intendEnv('web');
  for (const name of ['arm', 'undo', 'disarm'] as const) await step(name, injection);
  await expect(step('act', injection)).rejects.toThrow('undone meanwhile');
  expect(containerOf('web')['env']).not.toContainEqual({ name: 'DELAY', value: '500' });
});

test('a write whose answer is lost is read back', async () => {
  const injection = await intendEnv('web');
  await step('arm', injection);
  let lost = 0;
  const failure = { status: 0, reason: 'timeout', text: 'no answer', uncertain: true };
  const world = worldOf({
    kubernetes: () =>
      ok({
        ...cluster.api,
        request: async (...args: Parameters<typeof cluster.api.request>) => {
          const answer = await cluster.api.request(...args);
          if (args[0].method !== 'PATCH' || lost > 0) return answer;
          lost += 1;
          return { ok: false as const, problem: failure };
        },
      }),
  });
  unwrap(await deploymentEnv.act(world, injection, never));
  expect(lost).toBe(1);
  expect(containerOf('web')['env']).toContainEqual({ name: 'NEW', value: 'x' });
});

test('an object that carries another injection is refused, and its undo is not ours to make', async () => {
  const first = await intendEnv('web');
  await step('arm', first);
  await expect(intendEnv('web')).rejects.toThrow('aftershock stop');
  const other = { ...first, id: 'other' };
  const armed = await deploymentEnv.arm?.(cluster.world, other, never);
  expect(armed).toMatchObject({ problem: { code: 'locked' } });
  await step('act', first);
  await step('undo', other);
  await step('disarm', other);
  expect(containerOf('web')['env']).toContainEqual({ name: 'DELAY', value: '500' });
  expect(marks('web')[0]).toBeDefined();
});

test('a stale copy of our annotation without the label is no mark, and copies on replica sets are cleaned', async () => {
  const injection = await intendEnv('web');
  await step('arm', injection);
  const text = String(marks('web')[0]);
  cluster.edit('replicasets', 'web-1', (set) => {
    set.metadata.annotations = { [ANNOTATION]: text, other: 'stays' };
  });
  await step('disarm', injection);
  expect(cluster.get('replicasets', 'web-1')?.metadata.annotations).toEqual({ other: 'stays' });
  cluster.edit('deployments', 'web', (object) => {
    object.metadata.annotations = { [ANNOTATION]: text };
  });
  await step('arm', { ...injection, id: 'next' });
  await step('disarm', { ...injection, id: 'next' });
  expect(marks('web')).toEqual([undefined, undefined]);
});

test('an act that lands late, after the undo found nothing to do, is undone with the mark', async () => {
  const injection = await intendEnv('web');
  await step('arm', injection);
  await step('undo', injection);
  await step('act', injection);
  await step('disarm', injection);
  expect(containerOf('web')['env']).toEqual(before);
});

test('a deployment that was deleted, or made again, leaves nothing to undo and is not recovered', async () => {
  const injection = await intendEnv('web');
  await step('arm', injection);
  cluster.remove('deployments', 'web');
  putAgain();
  const object = cluster.get('deployments', 'web');
  await step('undo', injection);
  await step('disarm', injection);
  expect(cluster.get('deployments', 'web')).toEqual(object);
  expect((await deploymentEnv.recovered(cluster.world, injection, never)).is).toBe('no');
});

function putAgain(): void {
  cluster.remove('replicasets', 'web-1');
  cluster.remove('pods', 'web-1-0');
  cluster.remove('pods', 'web-1-1');
  putWorkload(cluster, 'web', { container: { env: [{ name: 'DELAY', value: 'theirs' }] } });
}

test('refused: no effect, several containers, a paused rollout, no rights', async () => {
  await expect(intendEnv('web', { set: { A: '1' } })).rejects.toThrow('already');
  const target = { deployment: 'web' };
  const viewer = intend(deploymentEnv, cluster.viewerWorld, { target, params: change });
  await expect(viewer).rejects.toThrow('rights-missing');
  cluster.edit('deployments', 'plain', (object) => {
    const spec = object['spec'] as { template: { spec: { containers: object[] } } };
    spec.template.spec.containers.push({ name: 'side', image: 'side' });
  });
  await expect(intendEnv('plain')).rejects.toThrow('2 containers');
  cluster.edit('deployments', 'plain', (object) => {
    object['spec'] = { ...(object['spec'] as object), paused: true };
  });
  await expect(intendEnv('plain')).rejects.toThrow('paused');
  expect(deploymentEnv.params.safeParse({}).success).toBe(false);
  expect(deploymentEnv.params.safeParse({ set: { A: '1' }, remove: ['A'] }).success).toBe(false);
});

test('a former literal is in the undo, never in what is shown', async () => {
  const params = { set: { A: 'new' } };
  const candidates = unwrap(
    await deploymentEnv.resolve(cluster.world, { target: { deployment: 'web' }, params }, never),
  );
  const [target] = candidates.found;
  if (target === undefined) throw new Error('no target');
  cluster.edit('deployments', 'web', (object) => {
    const spec = object['spec'] as { template: { spec: { containers: JsonObject[] } } };
    const [container] = spec.template.spec.containers;
    if (container !== undefined) container['env'] = [{ name: 'A', value: 'canary-7c1' }];
  });
  const { undo, ...shown } = unwrap(await deploymentEnv.prepare(cluster.world, { target, params }, never));
  expect(JSON.stringify(undo)).toContain('canary-7c1');
  expect(JSON.stringify(shown)).not.toContain('canary-7c1');
});

test('a late undo leaves alone what was undone before and changed by others since', async () => {
  const injection = await intendEnv('web', { set: { DELAY: '500' } });
  for (const name of ['arm', 'act', 'undo', 'disarm'] as const) await step(name, injection);
  cluster.edit('deployments', 'web', (object) => {
    const { containers } = (object['spec'] as { template: { spec: { containers: JsonObject[] } } }).template
      .spec;
    for (const container of containers) container['env'] = [{ name: 'DELAY', value: 'operator' }];
  });
  await step('undo', injection);
  await step('disarm', injection);
  expect(containerOf('web')['env']).toEqual([{ name: 'DELAY', value: 'operator' }]);
  const look = await deploymentEnv.recovered(cluster.world, injection, never);
  expect(look).toMatchObject({ is: 'yes', evidence: expect.stringContaining('nothing of ours') });
});

test('a fault whose mark somebody took off is undone all the same', async () => {
  const injection = await intendEnv('web', { set: { DELAY: '500' } });
  for (const name of ['arm', 'act'] as const) await step(name, injection);
  cluster.edit('deployments', 'web', (object) => {
    object.metadata.annotations = {};
    object.metadata.labels = {};
  });
  expect((await deploymentEnv.recovered(cluster.world, injection, never)).is).toBe('no');
  await step('undo', injection);
  expect(containerOf('web')['env']).toEqual(before);
});

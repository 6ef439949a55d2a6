import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Store } from '../../api/store.ts';
import { alter, isReady, isTerminating, readAll } from '../access.ts';
import type { Deployment, Pod, ReplicaSet } from '../shapes.ts';
import { fakeNode, makeDeployment, NAMESPACE, podsIn, setReady, until } from '../test-support.ts';
import type { Controller } from './controller.ts';
import { startDeployments } from './deployment.ts';
import { startGarbageCollector } from './garbage.ts';
import { startReplicaSets } from './replicaset.ts';

const key = { resource: 'deployments', namespace: NAMESPACE, name: 'web' };
let store: Store;
let running: Controller[];

beforeEach(() => {
  store = new Store();
  running = [startDeployments(store), startReplicaSets(store), startGarbageCollector(store)];
});
afterEach(() => {
  for (const one of running) one.stop();
});

const deployment = (): Deployment => store.get(key) as Deployment;
const sets = (): ReplicaSet[] => readAll<ReplicaSet>(store, 'replicasets', NAMESPACE);
const change = (alteration: (spec: Deployment['spec']) => void) =>
  alter<Deployment>(store, { key }, (one) => alteration(one.spec));
const condition = (type: string) => deployment().status?.conditions?.find((one) => one.type === type);
const isComplete = (): boolean => {
  const { status, spec, metadata } = deployment();
  const seen = status?.observedGeneration === metadata.generation;
  return (
    seen &&
    [status?.replicas, status?.updatedReplicas, status?.availableReplicas].every((n) => n === spec.replicas)
  );
};

describe('a Deployment on a node that makes pods ready at once', () => {
  let leave: () => void;
  beforeEach(async () => {
    leave = fakeNode(store);
    store.create(key, makeDeployment('web', { replicas: 2 }));
    await until('complete', isComplete);
  });
  afterEach(() => leave());

  test('has one ReplicaSet with its hash and revision, and says that it is available', () => {
    const [set] = sets();
    expect(set?.metadata.name).toBe(`web-${set?.metadata.labels?.['pod-template-hash']}`);
    expect(set?.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('1');
    expect(podsIn(store).map((pod) => pod.metadata.name)).toEqual([
      expect.stringMatching(new RegExp(`^${set?.metadata.name}-[a-z0-9]{5}$`)),
      expect.stringMatching(new RegExp(`^${set?.metadata.name}-[a-z0-9]{5}$`)),
    ]);
    expect(podsIn(store)[0]?.metadata.ownerReferences).toMatchObject([
      { kind: 'ReplicaSet', controller: true },
    ]);
    expect(condition('Available')).toMatchObject({ status: 'True', reason: 'MinimumReplicasAvailable' });
    expect(condition('Progressing')).toMatchObject({ status: 'True', reason: 'NewReplicaSetAvailable' });
  });

  test('is quiet when nothing changes', async () => {
    const version = store.version;
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    expect(store.version).toBe(version);
  });

  test('rolls a new template out without ever having too few ready pods or too many', async () => {
    const seen: { ready: number; all: number }[] = [];
    const stop = store.subscribe(({ key: { resource } }) => {
      const living = podsIn(store).filter((pod) => !isTerminating(pod));
      if (resource === 'pods') seen.push({ ready: living.filter(isReady).length, all: living.length });
    });
    change(({ template }) => {
      template.spec.containers[0] = { name: 'main', image: 'test/image', env: [{ name: 'A', value: '1' }] };
    });
    await until('rolled out', isComplete);
    stop();
    expect(Math.min(...seen.map((one) => one.ready))).toBe(2);
    expect(Math.max(...seen.map((one) => one.all))).toBe(3);
    expect(
      sets()
        .map((set) => set.spec.replicas)
        .sort(),
    ).toEqual([0, 2]);
    expect(deployment().metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('2');
  });

  test('brings an old ReplicaSet back, under a new revision', async () => {
    const first = structuredClone(deployment().spec.template);
    change(({ template }) => {
      template.metadata = { ...template.metadata, annotations: { again: 'yes' } };
    });
    await until('rolled out', isComplete);
    change((spec) => {
      spec.template = first;
    });
    await until('rolled back', isComplete);
    expect(sets()).toHaveLength(2);
    const current = sets().find((set) => set.spec.replicas === 2);
    expect(current?.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3');
  });

  test('keeps no more old ReplicaSets than its history limit', async () => {
    for (const round of ['1', '2', '3', '4']) {
      change((spec) => {
        spec.revisionHistoryLimit = 2;
        spec.template.metadata = { ...spec.template.metadata, annotations: { round } };
      });
      await until(`round ${round}`, isComplete);
    }
    await until('old ones forgotten', () => sets().length === 3);
  });

  test('scales up and down', async () => {
    change((spec) => {
      spec.replicas = 5;
    });
    await until('five', () => isComplete() && podsIn(store).length === 5);
    change((spec) => {
      spec.replicas = 1;
    });
    await until('one', () => isComplete() && podsIn(store).length === 1);
  });

  test('does nothing about a new template while it is paused', async () => {
    change((spec) => {
      spec.paused = true;
      spec.template.metadata = { ...spec.template.metadata, annotations: { later: 'yes' } };
    });
    await until('seen', () => deployment().status?.observedGeneration === deployment().metadata.generation);
    expect(sets()).toHaveLength(1);
    change((spec) => {
      spec.paused = false;
    });
    await until('rolled out', () => isComplete() && sets().length === 2);
  });

  test('Recreate ends all old pods before it makes a new one', async () => {
    let mixed = false;
    const stop = store.subscribe(() => {
      const hashes = new Set(podsIn(store).map((pod) => pod.metadata.labels?.['pod-template-hash']));
      if (hashes.size > 1) mixed = true;
    });
    change((spec) => {
      spec.strategy = { type: 'Recreate' };
      spec.template.metadata = { ...spec.template.metadata, annotations: { new: 'yes' } };
    });
    await until(
      'recreated',
      () => isComplete() && podsIn(store).every((pod) => pod.metadata.annotations?.['new']),
    );
    stop();
    expect(mixed).toBe(false);
  });

  test('takes everything with it when it is deleted', async () => {
    store.remove(key);
    await until('all gone', () => sets().length === 0 && podsIn(store).length === 0);
  });
});

describe('a Deployment whose pods become ready when told', () => {
  const pods = (): Pod[] => podsIn(store).filter((pod) => !isTerminating(pod));

  test('waits with the next step of a rollout until the new pod is ready', async () => {
    store.create(key, makeDeployment('web', { replicas: 2 }));
    const first = await until('two pods', () => (pods().length === 2 ? pods() : undefined));
    for (const pod of first) setReady(store, pod, true);
    await until('complete', isComplete);
    change(({ template }) => {
      template.metadata = { ...template.metadata, annotations: { new: 'yes' } };
    });
    await until('one new pod', () => pods().length === 3);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(pods()).toHaveLength(3);
    expect(condition('Progressing')).toMatchObject({ reason: 'ReplicaSetUpdated' });
    expect(condition('Available')?.status).toBe('True');
  });

  test('says when it has fewer available pods than it must', async () => {
    store.create(key, makeDeployment('web', { replicas: 2 }));
    await until('two pods', () => pods().length === 2);
    await until('not available', () => condition('Available')?.status === 'False');
    for (const pod of pods()) setReady(store, pod, true);
    await until('available', () => condition('Available')?.status === 'True');
    const [victim] = pods();
    if (victim !== undefined) setReady(store, victim, false);
    await until('not available', () => condition('Available')?.status === 'False');
    expect(condition('Progressing')).toMatchObject({ reason: 'NewReplicaSetAvailable' });
    expect(deployment().status).toMatchObject({ availableReplicas: 1, unavailableReplicas: 1 });
  });

  test('reports a rollout that is stuck beyond its deadline', async () => {
    const stuck = makeDeployment('web', { replicas: 1 });
    store.create(key, { ...stuck, spec: { ...stuck.spec, progressDeadlineSeconds: 1 } });
    await until('overdue', () => condition('Progressing')?.reason === 'ProgressDeadlineExceeded', 20_000);
    expect(condition('Progressing')?.status).toBe('False');
  });
});

import { afterEach, beforeEach, expect, test } from 'vitest';
import { Store } from '../../api/store.ts';
import { alter, isTerminating, keyOf, newMetadata, ownedBy } from '../access.ts';
import type { Pod, ReplicaSet } from '../shapes.ts';
import { makePod, NAMESPACE, podsIn, setReady, until } from '../test-support.ts';
import type { Controller } from './controller.ts';
import { startReplicaSets } from './replicaset.ts';

const key = { resource: 'replicasets', namespace: NAMESPACE, name: 'web' };
let store: Store;
let controller: Controller;

beforeEach(async () => {
  store = new Store();
  controller = startReplicaSets(store);
  const labels = { app: 'web' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'test/image' }] } };
  const set: ReplicaSet = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: newMetadata('web', NAMESPACE),
    spec: { replicas: 2, selector: { matchLabels: labels }, template },
  };
  store.create(key, set);
  await until('two pods', () => podsIn(store).length === 2);
  for (const pod of podsIn(store)) {
    alter<Pod>(store, { key: keyOf('pods', pod) }, (one) => {
      one.spec.nodeName = 'practice-1';
    });
    setReady(store, pod, true);
  }
});
afterEach(() => controller.stop());

const status = () => (store.get(key) as ReplicaSet).status;
const first = (): Pod => podsIn(store)[0] as Pod;

test('counts its pods', async () => {
  await until('ready', () => status()?.readyReplicas === 2);
  expect(status()).toMatchObject({
    replicas: 2,
    availableReplicas: 2,
    fullyLabeledReplicas: 2,
    observedGeneration: 1,
  });
});

test('replaces a pod as soon as it terminates, not when it is gone', async () => {
  const victim = first();
  alter<Pod>(store, { key: keyOf('pods', victim) }, ({ metadata }) => {
    metadata.deletionTimestamp = '2026-01-01T00:00:05Z';
    metadata.deletionGracePeriodSeconds = 5;
  });
  await until('a third pod', () => podsIn(store).length === 3);
  await until('counted', () => status()?.readyReplicas === 1);
  expect(store.get(keyOf('pods', victim))).toBeDefined();
});

test('asks the pods that it gives up to terminate, an unready one first', async () => {
  const victim = first();
  setReady(store, victim, false);
  alter<ReplicaSet>(store, { key }, (one) => {
    one.spec.replicas = 1;
  });
  const terminating = await until('one terminates', () => podsIn(store).find(isTerminating));
  expect(terminating.metadata.name).toBe(victim.metadata.name);
  expect(terminating.metadata.deletionGracePeriodSeconds).toBe(30);
});

test('lets go of a pod whose labels no longer match, and makes another one', async () => {
  const quarantined = first();
  alter<Pod>(store, { key: keyOf('pods', quarantined) }, ({ metadata }) => {
    metadata.labels = { app: 'quarantine' };
  });
  await until('a third pod', () => podsIn(store).length === 3);
  expect((store.get(keyOf('pods', quarantined)) as Pod).metadata.ownerReferences ?? []).toEqual([]);
});

test('adopts an orphan that matches, and so has one too many', async () => {
  const set = store.get(key) as ReplicaSet;
  const orphan = makePod('web', {});
  store.create(keyOf('pods', orphan), orphan);
  await until('back to two', () => podsIn(store).filter((pod) => !isTerminating(pod)).length === 2);
  expect(podsIn(store).every((pod) => ownedBy(pod, set.metadata.uid))).toBe(true);
});

test('waits with "available" for minReadySeconds', async () => {
  alter<ReplicaSet>(store, { key }, (one) => {
    one.spec.minReadySeconds = 2;
  });
  await until('not available yet', () => status()?.availableReplicas === undefined);
  await until('available', () => status()?.availableReplicas === 2);
});

test('tells what it did in events', () => {
  const events = store.list('events', NAMESPACE).map((event) => event['message']);
  expect(events).toEqual(
    expect.arrayContaining(podsIn(store).map((pod) => `Created pod: ${pod.metadata.name}`)),
  );
});

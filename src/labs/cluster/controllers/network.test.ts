import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Store } from '../../api/store.ts';
import { alter, keyOf } from '../access.ts';
import { MOST_PODS, registerNode } from '../node.ts';
import type { Endpoints, Pod } from '../shapes.ts';
import { makePod, makeService, NAMESPACE, podsIn, setReady, until } from '../test-support.ts';
import type { Controller } from './controller.ts';
import { startEndpoints } from './endpoints.ts';
import { startScheduler } from './scheduler.ts';

let store: Store;
let controller: Controller | undefined;
beforeEach(() => {
  store = new Store();
});
afterEach(() => controller?.stop());

function addPod(name: string, ip?: string): Pod {
  const pod = makePod(name, {});
  pod.metadata.labels = { app: 'web' };
  if (ip !== undefined) pod.status = { phase: 'Running', podIP: ip };
  store.create(keyOf('pods', pod), pod);
  return pod;
}

describe('Endpoints', () => {
  const key = { resource: 'endpoints', namespace: NAMESPACE, name: 'web' };
  const ready = () =>
    (store.get(key) as Endpoints | undefined)?.subsets
      ?.flatMap((one) => one.addresses ?? [])
      .map((one) => one.ip);
  beforeEach(() => {
    controller = startEndpoints(store);
    const service = makeService('web', { port: 8080 });
    store.create(keyOf('services', service), service);
  });

  test('hold the pods that are ready, and name the others', async () => {
    const pod = addPod('a', '127.9.0.2');
    addPod('b', '127.9.0.3');
    setReady(store, pod, true);
    await until('one ready', () => ready()?.length === 1);
    expect((store.get(key) as Endpoints).subsets).toMatchObject([
      { addresses: [{ ip: '127.9.0.2' }], notReadyAddresses: [{ ip: '127.9.0.3' }], ports: [{ port: 8080 }] },
    ]);
    setReady(store, pod, false);
    await until('none ready', () => ready()?.length === 0);
  });

  test('lose a pod the moment it is told to end, while its slice says that it still serves', async () => {
    const pod = addPod('a', '127.9.0.2');
    setReady(store, pod, true);
    await until('ready', () => ready()?.length === 1);
    alter<Pod>(store, { key: keyOf('pods', pod) }, ({ metadata }) => {
      metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
    });
    await until('gone', () => store.get(key)?.['subsets'] === undefined);
    expect(store.list('endpointslices')[0]?.['endpoints']).toMatchObject([
      { addresses: ['127.9.0.2'], conditions: { ready: false, serving: true, terminating: true } },
    ]);
  });

  test('go with their Service', async () => {
    await until('there', () => store.get(key));
    store.remove({ ...key, resource: 'services' });
    await until('gone', () => store.get(key) === undefined && store.list('endpointslices').length === 0);
  });
});

describe('the scheduler', () => {
  beforeEach(() => {
    controller = startScheduler(store);
  });
  const placed = () => podsIn(store).filter((pod) => pod.spec.nodeName === 'practice-1').length;

  test('puts pods on the node, and none on a cordoned one until that is open again', async () => {
    registerNode(store, '127.9.0.1');
    const node = { resource: 'nodes', namespace: '', name: 'practice-1' };
    addPod('a');
    await until('placed', () => placed() === 1);
    alter(store, { key: node }, (one) => Object.assign(one, { spec: { unschedulable: true } }));
    addPod('b');
    await until('refused', () =>
      store.list('events').find((event) => event['reason'] === 'FailedScheduling'),
    );
    expect(placed()).toBe(1);
    alter(store, { key: node }, (one) => Object.assign(one, { spec: {} }));
    await until('both placed', () => placed() === 2);
  });

  test('leaves a pod waiting that requests more than is left, until enough is free', async () => {
    registerNode(store, '127.9.0.1');
    alter(store, { key: { resource: 'nodes', namespace: '', name: 'practice-1' } }, (one) =>
      Object.assign(one, { status: { allocatable: { cpu: '1', memory: '1Gi' } } }),
    );
    const resources = { requests: { cpu: '600m', memory: '700Mi' } };
    for (const name of ['a', 'b']) {
      const pod = makePod(name, { resources });
      store.create(keyOf('pods', pod), pod);
    }
    const refused = await until('refused', () =>
      store.list('events').find((event) => event['reason'] === 'FailedScheduling'),
    );
    expect(refused).toMatchObject({
      type: 'Warning',
      reportingComponent: 'default-scheduler',
      involvedObject: { kind: 'Pod', name: 'b' },
      message: expect.stringContaining('1 Insufficient cpu, 1 Insufficient memory. preemption:'),
    });
    store.remove({ resource: 'pods', namespace: NAMESPACE, name: 'a' });
    await until('placed', () => placed() === 1);
  });

  test('places no more pods than a node takes', async () => {
    registerNode(store, '127.9.0.1');
    for (let index = 0; index <= MOST_PODS; index++) addPod(`pod-${index}`);
    await until('full', () => placed() === MOST_PODS);
    const refused = await until('one refused', () =>
      store.list('events').find((event) => event['reason'] === 'FailedScheduling'),
    );
    expect(refused['message']).toBe(
      '0/1 nodes are available: 1 Too many pods. ' +
        'preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
    );
    store.remove(keyOf('pods', podsIn(store).find((pod) => pod.spec.nodeName !== undefined) as Pod));
    await until('the last one placed', () => podsIn(store).every((pod) => pod.spec.nodeName !== undefined));
  });
});

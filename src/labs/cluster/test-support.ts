import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sleep } from '../../reach/clock.ts';
import type { KubeObject } from '../api/objects.ts';
import type { Store } from '../api/store.ts';
import { dig } from '../api/values.ts';
import { alter, keyOf, newMetadata, read, readAll, setCondition } from './access.ts';
import { type Cluster, startCluster } from './cluster.ts';
import type { Container, ContainerStatus, Deployment, Pod, Service } from './shapes.ts';

/** Helpers for the tests of the practice cluster; nothing else uses them. */
export const NAMESPACE = 'test';

/** Waits until `check` gives something; throws with `what` after `ms`. */
export async function until<T>(
  what: string,
  check: () => T | undefined | false | Promise<T | undefined | false>,
  ms = 15_000,
): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    const found = await check();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`not within ${ms} ms: ${what}`);
    await sleep(5);
  }
}

export const podsIn = (store: Store): Pod[] => readAll<Pod>(store, 'pods', NAMESPACE);

export function makeDeployment(
  name: string,
  of: { replicas: number; container?: Partial<Container> },
): Deployment {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: newMetadata(name, NAMESPACE),
    spec: {
      replicas: of.replicas,
      selector: { matchLabels: labels },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 5,
          containers: [{ name: 'main', image: 'test/image', ...of.container }],
        },
      },
    },
  };
}

export function makePod(name: string, container: Partial<Container>, spec: Partial<Pod['spec']> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...newMetadata(name, NAMESPACE), labels: { app: name } },
    spec: {
      terminationGracePeriodSeconds: 5,
      containers: [{ name: 'main', image: 'test/image', ...container }],
      ...spec,
    },
    status: { phase: 'Pending' },
  };
}

export function makeService(name: string, of: { port: number; nodePort?: number }): Service {
  const ports = [
    { port: of.port, protocol: 'TCP', ...(of.nodePort === undefined ? {} : { nodePort: of.nodePort }) },
  ];
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: newMetadata(name, NAMESPACE),
    spec: { type: 'NodePort', selector: { app: name }, ports },
  };
}

/** Says that a pod runs, as its kubelet would. */
export function setReady(store: Store, pod: Pod, ready: boolean): void {
  alter<Pod>(store, { key: keyOf('pods', pod) }, (one) => {
    const conditions = setCondition(one.status?.conditions ?? [], {
      type: 'Ready',
      status: ready ? 'True' : 'False',
    });
    one.status = { ...one.status, phase: 'Running', conditions };
  });
}

/** A node without processes: its pods are ready the next moment, and gone the moment after they are told to end. */
export function fakeNode(store: Store): () => void {
  let address = 1;
  return store.subscribe(({ type, key, object }) => {
    if (key.resource !== 'pods' || type === 'DELETED') return;
    const pod = object as Pod;
    if (pod.metadata.deletionTimestamp !== undefined) setImmediate(() => store.remove(key));
    else if (pod.status?.podIP === undefined) {
      setImmediate(() => {
        address += 1;
        alter<Pod>(store, { key, uid: pod.metadata.uid }, (one) => {
          one.spec.nodeName = 'practice-1';
          one.status = { ...one.status, podIP: `127.9.0.${address}` };
        });
        setReady(store, pod, true);
      });
    }
  });
}

/** A whole cluster for the tests of one file: quick to back off, and gone with all its processes at the end. */
export interface TestCluster {
  readonly cluster: Cluster;
  run(name: string, container: Partial<Container>, spec?: Partial<Pod['spec']>): void;
  pod(name: string): Pod | undefined;
  /** The status of a pod's only container. */
  container(name: string): ContainerStatus | undefined;
  events(about: string, reason?: string): KubeObject[];
  stop(): Promise<void>;
}

export async function startTestCluster(): Promise<TestCluster> {
  const directory = mkdtempSync(join(tmpdir(), 'aftershock-cluster-'));
  const cluster = await startCluster({ directory, timings: { backOff: 400, mostBackOff: 1_600 } });
  const { store } = cluster;
  const pod = (name: string) => read<Pod>(store, { resource: 'pods', namespace: NAMESPACE, name });
  return {
    cluster,
    pod,
    run(name, container, spec) {
      const made = makePod(name, container, spec);
      store.create(keyOf('pods', made), made);
    },
    container: (name) => pod(name)?.status?.containerStatuses?.[0],
    events: (about, reason) =>
      store
        .list('events')
        .filter((one) => dig(one, 'involvedObject', 'name') === about)
        .filter((one) => reason === undefined || one['reason'] === reason),
    async stop() {
      await cluster.stop(1_000);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export const shell = (script: string): Partial<Container> => ({ command: ['sh', '-c', script] });

/** A program that runs this script in Node. */
export const node = (script: string): Partial<Container> => ({ command: ['node', '-e', script] });

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubeObject } from '../../labs/api/objects.ts';
import { startApiServer } from '../../labs/api/server.ts';
import { Store } from '../../labs/api/store.ts';
import type { KubernetesApi, World } from '../../model/contracts/world.ts';
import { ok } from '../../model/result.ts';
import { worldOf } from '../world.ts';
import { connectKubernetes } from './connect.ts';

/** A real API server over an empty cluster without controllers, for tests: they play the controllers themselves. */
export interface FakeCluster {
  store: Store;
  api: KubernetesApi;
  viewer: KubernetesApi;
  world: World;
  /** The world of a user who may only read. */
  viewerWorld: World;
  pause(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
  put(resource: string, object: object): KubeObject;
  edit(resource: string, name: string, change: (object: KubeObject) => void): KubeObject;
  get(resource: string, name: string): KubeObject | undefined;
  remove(resource: string, name: string): void;
}

const namespace = 'shop';

export async function startFakeCluster(options: { bookmarkMs?: number } = {}): Promise<FakeCluster> {
  const directory = await mkdtemp(join(tmpdir(), 'aftershock-fake-cluster-'));
  const store = new Store();
  const server = await startApiServer({ store, port: 0, directory, bookmarkMs: options.bookmarkMs ?? 500 });
  const api = await connectTo(server.kubeconfigPath);
  const viewer = await connectTo(server.viewerKubeconfigPath);
  const key = (resource: string, name: string) => ({
    resource,
    namespace: resource === 'namespaces' ? '' : namespace,
    name,
  });
  const cluster: FakeCluster = {
    store,
    api,
    viewer,
    world: worldOf({ kubernetes: () => ok(api) }),
    viewerWorld: worldOf({ kubernetes: () => ok(viewer) }),
    pause: server.pause,
    resume: server.resume,
    stop: async () => {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
    put: (resource, object) => {
      const given = structuredClone(object) as KubeObject;
      if (resource !== 'namespaces') given.metadata.namespace = namespace;
      const made = store.create(key(resource, given.metadata.name), given);
      if (!made.ok) throw new Error(`internal: ${made.reason}`);
      return made.object;
    },
    edit: (resource, name, change) => {
      const object = store.get(key(resource, name));
      if (object === undefined) throw new Error(`internal: no ${resource}/${name}`);
      change(object);
      const written = store.update(key(resource, name), object);
      if (!written.ok) throw new Error(`internal: ${written.reason}`);
      return written.object;
    },
    get: (resource, name) => store.get(key(resource, name)),
    remove: (resource, name) => void store.remove(key(resource, name)),
  };
  cluster.put('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  return cluster;
}

async function connectTo(kubeconfig: string): Promise<KubernetesApi> {
  const connected = await connectKubernetes({ kubeconfig, namespace });
  if (!connected.ok) throw new Error(`internal: ${JSON.stringify(connected.problem)}`);
  return connected.value;
}

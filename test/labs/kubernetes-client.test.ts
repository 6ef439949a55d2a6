import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ApiException,
  AppsV1Api,
  AuthorizationV1Api,
  CoordinationV1Api,
  CoreV1Api,
  KubeConfig,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  V1MicroTime,
  type V1Pod,
  Watch,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiServer, startApiServer } from '../../src/labs/api/server.ts';
import { Store } from '../../src/labs/api/store.ts';

const store = new Store();
let directory: string;
let server: ApiServer;
let config: KubeConfig;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aftershock-client-'));
  server = await startApiServer({ store, port: 0, directory, bookmarkMs: 100 });
  config = configOf(server.kubeconfigPath);
});

afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true });
});

function configOf(path: string): KubeConfig {
  const one = new KubeConfig();
  one.loadFromFile(path);
  return one;
}

const namespace = 'default';
const containers = [{ name: 'c', image: 'i:1', env: [{ name: 'A', value: '1' }] }];
const labels = { app: 'x' };
const template = { metadata: { labels }, spec: { containers } };
const selector = { matchLabels: labels };

async function failure(call: Promise<unknown>): Promise<{ code: number; body: unknown }> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ApiException) return { code: error.code, body: JSON.parse(error.body) };
    throw error;
  }
  throw new Error('the call should have failed');
}

/** Waits for something that a stream brings. */
async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`did not come: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('typed deployments: create, read, scale, patch in three ways, replace, delete', async () => {
  const apps = config.makeApiClient(AppsV1Api);
  const of = { name: 'd', namespace };
  const made = await apps.createNamespacedDeployment({
    namespace,
    body: { metadata: { name: 'd' }, spec: { selector, template } },
  });
  expect(made.spec?.replicas).toBe(1);
  expect(made.metadata?.creationTimestamp).toBeInstanceOf(Date);
  const scale = await apps.readNamespacedDeploymentScale(of);
  scale.spec = { replicas: 3 };
  expect((await apps.replaceNamespacedDeploymentScale({ ...of, body: scale })).spec?.replicas).toBe(3);
  const json = setHeaderOptions('Content-Type', PatchStrategy.JsonPatch);
  const operations = [
    { op: 'test', path: '/spec/replicas', value: 3 },
    { op: 'replace', path: '/spec/replicas', value: 4 },
  ];
  expect((await apps.patchNamespacedDeployment({ ...of, body: operations }, json)).spec?.replicas).toBe(4);
  expect((await failure(apps.patchNamespacedDeployment({ ...of, body: operations }, json))).code).toBe(422);
  const strategic = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);
  const env = [{ name: 'B', value: '2' }];
  const body = { spec: { template: { spec: { containers: [{ name: 'c', env }] } } } };
  const patched = await apps.patchNamespacedDeployment({ ...of, body }, strategic);
  expect(patched.spec?.template.spec?.containers[0]).toMatchObject({
    image: 'i:1',
    env: [
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
    ],
  });
  const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
  const noted = { metadata: { annotations: { note: 'x' } } };
  const annotated = await apps.patchNamespacedDeployment({ ...of, body: noted }, merge);
  expect(annotated.metadata?.annotations).toEqual({ note: 'x' });
  const stale = await failure(apps.replaceNamespacedDeployment({ ...of, body: patched }));
  expect(stale).toMatchObject({ code: 409, body: { reason: 'Conflict' } });
  annotated.metadata = { ...annotated.metadata, labels: { now: 'y' } };
  expect((await apps.replaceNamespacedDeployment({ ...of, body: annotated })).metadata?.labels).toEqual({
    now: 'y',
  });
  expect((await apps.deleteNamespacedDeployment(of)).status).toBe('Success');
  expect(await failure(apps.readNamespacedDeployment(of))).toMatchObject({
    code: 404,
    body: { message: 'deployments.apps "d" not found' },
  });
});

test('leases with micro times, and events', async () => {
  const leases = config.makeApiClient(CoordinationV1Api);
  const renewTime = new V1MicroTime('2026-01-02T03:04:05.678901Z');
  const body = { metadata: { name: 'l' }, spec: { holderIdentity: 'me', renewTime } };
  const lease = await leases.createNamespacedLease({ namespace, body });
  expect(String(lease.spec?.renewTime)).toMatch(/^2026-01-02T03:04:05\.678/);
  const core = config.makeApiClient(CoreV1Api);
  const involvedObject = { kind: 'Pod', name: 'p', namespace };
  await core.createNamespacedEvent({
    namespace,
    body: { metadata: { generateName: 'p.' }, involvedObject, reason: 'Killing' },
  });
  const found = await core.listNamespacedEvent({ namespace, fieldSelector: 'involvedObject.name=p' });
  expect(found.items.map((one) => one.reason)).toEqual(['Killing']);
});

test('the viewer asks what it may do, and may do no more', async () => {
  const viewer = configOf(server.viewerKubeconfigPath);
  const reviews = viewer.makeApiClient(AuthorizationV1Api);
  const may = async (verb: string) => {
    const body = { spec: { resourceAttributes: { verb, resource: 'pods', namespace } } };
    return (await reviews.createSelfSubjectAccessReview({ body })).status?.allowed;
  };
  expect([await may('watch'), await may('delete')]).toEqual([true, false]);
  const pods = viewer.makeApiClient(CoreV1Api);
  expect((await failure(pods.deleteNamespacedPod({ name: 'p', namespace }))).code).toBe(403);
});

test('an informer follows the pods, also over compaction and an API that was away', async () => {
  const core = config.makeApiClient(CoreV1Api);
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const informer = makeInformer<V1Pod>(config, path, () => core.listNamespacedPod({ namespace }));
  informer.on('error', () => setTimeout(() => void informer.start(), 50));
  await informer.start();
  const names = () =>
    informer
      .list(namespace)
      .map((pod) => pod.metadata?.name)
      .sort();
  const add = (name: string) =>
    core.createNamespacedPod({ namespace, body: { metadata: { name }, spec: { containers } } });
  await add('one');
  await until(() => names().join() === 'one', 'the first pod');
  await server.pause();
  store.remove({ resource: 'pods', namespace, name: 'one' });
  const metadata = { name: 'two', namespace, uid: '', resourceVersion: '', creationTimestamp: '' };
  store.create({ resource: 'pods', namespace, name: 'two' }, { apiVersion: 'v1', kind: 'Pod', metadata });
  store.compact();
  await server.resume();
  await until(() => names().join() === 'two', 'what happened while the API was away');
  await add('three');
  await until(() => names().join() === 'three,two', 'what happened after it');
  await informer.stop();
});

test('a raw watch gets bookmarks', async () => {
  const types: string[] = [];
  const query = { allowWatchBookmarks: true, resourceVersion: String(store.version) };
  const watch = await new Watch(config).watch(
    '/api/v1/nodes',
    query,
    (type: string) => types.push(type),
    () => {},
  );
  await until(() => types.includes('BOOKMARK'), 'a bookmark');
  watch.abort();
});

import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Ask, Fixture, PODS, pod, textOf } from '../fixture.ts';
import type { LogSource } from '../http/call.ts';

let api: Fixture;
const ask = (path: string, how?: Ask) => api.ask(path, how);

beforeEach(async () => {
  api = await Fixture.start();
});

afterEach(() => api.stop());

test('an unknown field is refused, warned of, or ignored, as the client asks', async () => {
  const body = pod('a').replace('"image"', '"imag":1,"image"');
  const strict = await ask(`${PODS}?fieldValidation=Strict`, { method: 'POST', body });
  expect(strict).toMatchObject({
    code: 400,
    body: {
      message:
        'Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.containers[0].imag"',
    },
  });
  const warned = await api.open(PODS, { method: 'POST', body });
  expect(warned.headers['warning']).toBe('299 - "unknown field \\"spec.containers[0].imag\\""');
  expect(JSON.parse(await textOf(warned))).not.toHaveProperty('spec.containers.0.imag');
});

test('a delete marks a pod on a node, and a second one can only shorten its time', async () => {
  await ask(PODS, { method: 'POST', body: pod('a') });
  const first = await ask(`${PODS}/a`, { method: 'DELETE' });
  expect(first.body['metadata']).toMatchObject({
    deletionGracePeriodSeconds: 30,
    deletionTimestamp: expect.any(String),
  });
  await ask(`${PODS}/a?gracePeriodSeconds=60`, { method: 'DELETE' });
  expect(api.store.list('pods')[0]?.metadata.deletionGracePeriodSeconds).toBe(30);
  await ask(`${PODS}/a`, { method: 'DELETE', body: '{"gracePeriodSeconds":5}' });
  expect(api.store.list('pods')[0]?.metadata.deletionGracePeriodSeconds).toBe(5);
  await ask(`${PODS}/a`, { method: 'DELETE', body: '{"gracePeriodSeconds":0}' });
  expect(api.store.list('pods')).toEqual([]);
});

test('a delete holds to its preconditions and to a dry run', async () => {
  await ask(PODS, { method: 'POST', body: pod('a') });
  const other = JSON.stringify({ preconditions: { uid: 'other' } });
  expect(await ask(`${PODS}/a`, { method: 'DELETE', body: other })).toMatchObject({
    code: 409,
    body: { reason: 'Conflict' },
  });
  expect((await ask(`${PODS}/a?dryRun=All`, { method: 'DELETE' })).code).toBe(200);
  expect(api.store.list('pods')[0]?.metadata.deletionTimestamp).toBeUndefined();
});

test('finalizers hold an object back until they are taken away', async () => {
  await ask('/api/v1/namespaces/default/configmaps', {
    method: 'POST',
    body: '{"metadata":{"name":"a","finalizers":["x/y"]}}',
  });
  const path = '/api/v1/namespaces/default/configmaps/a';
  await ask(path, { method: 'DELETE' });
  expect(api.store.list('configmaps')[0]?.metadata.deletionTimestamp).toBeDefined();
  const headers = { 'content-type': 'application/merge-patch+json' };
  await ask(path, { method: 'PATCH', headers, body: '{"metadata":{"finalizers":null}}' });
  expect(api.store.list('configmaps')).toEqual([]);
});

test('deletecollection takes what the selector chooses', async () => {
  await ask(PODS, { method: 'POST', body: pod('a') });
  await ask(PODS, { method: 'POST', body: pod('b', { labels: { app: 'y' } }) });
  await ask(`${PODS}?labelSelector=app%3Dx&gracePeriodSeconds=0`, { method: 'DELETE' });
  expect(api.store.list('pods').map((one) => one.metadata.name)).toEqual(['b']);
});

test('with orphan, dependents outlive their owner without its reference', async () => {
  const owner = await ask('/api/v1/namespaces/default/configmaps', {
    method: 'POST',
    body: '{"metadata":{"name":"owner"}}',
  });
  const { uid } = owner.body['metadata'] as { uid: string };
  const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid }];
  await ask(PODS, { method: 'POST', body: pod('a', { ownerReferences }) });
  await ask('/api/v1/namespaces/default/configmaps/owner?propagationPolicy=Orphan', { method: 'DELETE' });
  expect(api.store.list('pods')[0]?.metadata.ownerReferences).toBeUndefined();
});

test('the status and the rest are written apart, and only the spec counts as a generation', async () => {
  const base = '/apis/apps/v1/namespaces/default/deployments';
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  const body = JSON.stringify({
    metadata: { name: 'd' },
    spec: { selector: { matchLabels: { a: 'b' } }, template },
    status: { replicas: 9 },
  });
  expect((await ask(base, { method: 'POST', body })).body['status']).toEqual({});
  const headers = { 'content-type': 'application/merge-patch+json' };
  const both = JSON.stringify({ spec: { replicas: 5 }, status: { replicas: 3 } });
  const status = await ask(`${base}/d/status`, { method: 'PATCH', headers, body: both });
  expect(status.body).toMatchObject({
    spec: { replicas: 1 },
    status: { replicas: 3 },
    metadata: { generation: 1 },
  });
  const main = await ask(`${base}/d`, {
    method: 'PATCH',
    headers,
    body: JSON.stringify({ spec: { replicas: 5 }, status: { replicas: 7 } }),
  });
  expect(main.body).toMatchObject({
    spec: { replicas: 5 },
    status: { replicas: 3 },
    metadata: { generation: 2 },
  });
  const scaled = await ask(`${base}/d/scale`, { method: 'PATCH', headers, body: '{"spec":{"replicas":2}}' });
  expect(scaled.body).toMatchObject({
    kind: 'Scale',
    spec: { replicas: 2 },
    status: { replicas: 3, selector: 'a=b' },
  });
});

test('a namespace takes what is in it along, and takes nothing new while it goes', async () => {
  await ask('/api/v1/namespaces', { method: 'POST', body: '{"metadata":{"name":"team"}}' });
  const pods = '/api/v1/namespaces/team/pods';
  await ask(pods, { method: 'POST', body: pod('a') });
  const gone = await ask('/api/v1/namespaces/team', { method: 'DELETE' });
  expect(gone.body['status']).toEqual({ phase: 'Terminating' });
  expect(await ask(pods, { method: 'POST', body: pod('b') })).toMatchObject({ code: 403 });
  expect(api.store.get({ resource: 'namespaces', namespace: '', name: 'team' })).toBeDefined();
  api.store.remove({ resource: 'pods', namespace: 'team', name: 'a' });
  expect(api.store.get({ resource: 'namespaces', namespace: '', name: 'team' })).toBeUndefined();
  expect((await ask('/api/v1/namespaces/kube-system', { method: 'DELETE' })).code).toBe(403);
});

test('an expired page is HTTP 410', async () => {
  await ask(PODS, { method: 'POST', body: pod('a') });
  await ask(PODS, { method: 'POST', body: pod('b') });
  const page = await ask(`${PODS}?limit=1`);
  const { continue: token } = page.body['metadata'] as { continue: string };
  await ask(PODS, { method: 'POST', body: pod('c') });
  api.store.compact();
  expect(await ask(`${PODS}?limit=1&continue=${token}`)).toMatchObject({
    code: 410,
    body: { reason: 'Expired' },
  });
});

test('logs are passed on as they come; without a container to read from the API says why', async () => {
  const logs: LogSource = ({ pod, container }, options) =>
    options.previous
      ? undefined
      : (async function* () {
          yield `${pod}/${container} `;
          yield `tail=${options.tailLines}\n`;
        })();
  await api.stop();
  api = await Fixture.start({ logs });
  await ask(PODS, { method: 'POST', body: pod('a') });
  expect(await textOf(await api.open(`${PODS}/a/log?tailLines=5`))).toBe('a/c tail=5\n');
  expect(await ask(`${PODS}/a/log?previous=true`)).toMatchObject({
    code: 400,
    body: { message: 'previous terminated container "c" in pod "a" not found' },
  });
  expect(await ask(`${PODS}/a/log?container=z`)).toMatchObject({ code: 400 });
});

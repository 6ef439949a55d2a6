import { afterAll, beforeAll, expect, test } from 'vitest';
import { Fixture, PODS, pod } from '../fixture.ts';
import type { UsageSource } from '../usage.ts';

const METRICS = '/apis/metrics.k8s.io/v1beta1';
const window = { at: Date.parse('2026-01-02T03:04:05.004Z'), windowMs: 1001.25 };
const containers = [{ name: 'c', usage: { cores: 0.012345678, memoryBytes: 5124 * 1024 } }];
const usage: UsageSource = {
  pods: () => [
    { namespace: 'default', pod: 'a', containers, ...window },
    { namespace: 'default', pod: 'b', containers, ...window },
    { namespace: 'default', pod: 'gone', containers, ...window },
  ],
  nodes: () => [{ node: 'n1', usage: { cores: 1.5, memoryBytes: 2 ** 30 }, ...window }],
};

let api: Fixture;
beforeAll(async () => {
  api = await Fixture.start({ usage });
  for (const name of ['a', 'b', 'young'])
    await api.ask(PODS, { method: 'POST', body: pod(name, { labels: { of: name } }) });
  const node = JSON.stringify({ metadata: { name: 'n1', labels: { zone: 'z' } } });
  await api.ask('/api/v1/nodes', { method: 'POST', body: node });
});
afterAll(() => api.stop());

const names = async (path: string) => {
  const { body } = await api.ask(path);
  return (body['items'] as { metadata: { name: string } }[]).map((one) => one.metadata.name);
};

const A = {
  kind: 'PodMetrics',
  apiVersion: 'metrics.k8s.io/v1beta1',
  metadata: {
    name: 'a',
    namespace: 'default',
    labels: { of: 'a' },
    creationTimestamp: '2026-01-02T03:04:05Z',
  },
  timestamp: '2026-01-02T03:04:05Z',
  window: '1.00125s',
  containers: [{ name: 'c', usage: { cpu: '12345678n', memory: '5124Ki' } }],
};

test('pods, as metrics-server serves them', async () => {
  const list = { kind: 'PodMetricsList', apiVersion: 'metrics.k8s.io/v1beta1', metadata: {} };
  const { code, body } = await api.ask(`${METRICS}/namespaces/default/pods`);
  expect({ code, ...body }).toEqual({ code: 200, ...list, items: [A, expect.anything()] });
  expect((await api.ask(`${METRICS}/namespaces/default/pods/a`)).body).toEqual(A);
  expect(await names(`${METRICS}/pods`)).toEqual(['a', 'b']);
  expect(await names(`${METRICS}/namespaces/other/pods`)).toEqual([]);
  expect(await names(`${METRICS}/pods?labelSelector=of%3Db`)).toEqual(['b']);
  expect(await names(`${METRICS}/pods?fieldSelector=metadata.name%3Db`)).toEqual(['b']);
});

test('nodes', async () => {
  const { body } = await api.ask(`${METRICS}/nodes/n1`);
  expect(body).toMatchObject({
    kind: 'NodeMetrics',
    metadata: { name: 'n1', labels: { zone: 'z' } },
    usage: { cpu: '1500m', memory: '1Gi' },
  });
  expect(await names(`${METRICS}/nodes`)).toEqual(['n1']);
});

test('what was not measured is not found; nothing can be written or watched', async () => {
  const path = `${METRICS}/namespaces/default/pods/young`;
  expect(await api.ask(path)).toMatchObject({
    code: 404,
    body: { reason: 'NotFound', message: 'podmetrics.metrics.k8s.io "default/young" not found' },
  });
  expect((await api.ask(`${METRICS}/nodes/n2`)).body['message']).toBe(
    'nodemetrics.metrics.k8s.io "n2" not found',
  );
  expect((await api.ask(path, { method: 'DELETE' })).code).toBe(405);
  expect((await api.ask(`${METRICS}/pods?watch=true`)).code).toBe(405);
  expect((await api.ask(`${METRICS}/pods`, { viewer: true })).code).toBe(200);
});

test('its APIService says that it is available', async () => {
  const { body } = await api.ask('/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io');
  expect(body).toMatchObject({ status: { conditions: [{ type: 'Available', status: 'True' }] } });
});

test('where nothing is measured the group answers 503, and its APIService says so', async () => {
  const bare = await Fixture.start();
  try {
    expect(await bare.ask(`${METRICS}/pods`)).toMatchObject({
      code: 503,
      body: {
        reason: 'ServiceUnavailable',
        message: 'the server is currently unable to handle the request (list pods.metrics.k8s.io)',
      },
    });
    const { body } = await bare.ask('/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io');
    expect(body).toMatchObject({ status: { conditions: [{ type: 'Available', status: 'False' }] } });
  } finally {
    await bare.stop();
  }
});

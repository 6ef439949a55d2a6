import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { type FakeCluster, startFakeCluster } from './fake-cluster.ts';
import { takeSnapshot } from './snapshot.ts';

let cluster: FakeCluster;
beforeEach(async () => {
  cluster = await startFakeCluster();
});
afterEach(() => cluster.stop());

test('holds the objects of the namespace without secrets or environment values, and says what is missing', async () => {
  cluster.put('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'web',
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'canary-1', other: 'stays' },
    },
    spec: {
      containers: [
        {
          name: 'web',
          image: 'web',
          env: [
            { name: 'PASSWORD', value: 'canary-2' },
            { name: 'KEY', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
          ],
        },
      ],
    },
  });
  cluster.put('secrets', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's' },
    data: { k: 'Y2FuYXJ5LTM=' },
  });
  const snapshot = await takeSnapshot(cluster.api, AbortSignal.timeout(10_000));
  const text = JSON.stringify(snapshot);
  expect(text).not.toMatch(/canary|Y2FuYXJ5/);
  expect(text).toContain('secretKeyRef');
  expect(text).toContain('PASSWORD');
  expect(snapshot['objects']).toMatchObject([
    { plural: 'pods', object: { metadata: { annotations: { other: 'stays' } } } },
  ]);
  expect((snapshot['missing'] as JsonObject[]).map((one) => one['resource'])).toContain(
    'horizontalpodautoscalers',
  );
});

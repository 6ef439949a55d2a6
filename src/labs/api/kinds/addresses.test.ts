import { expect, test } from 'vitest';
import type { KubeObject } from '../objects.ts';
import { Store } from '../store.ts';
import type { Fields } from '../values.ts';
import { allocate } from './addresses.ts';

const service = (name: string, spec: Fields): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default', uid: '', resourceVersion: '', creationTimestamp: '' },
  spec,
});

function added(store: Store, one: KubeObject): Fields {
  expect(allocate(store, one, undefined)).toEqual([]);
  store.create({ resource: 'services', namespace: 'default', name: one.metadata.name }, one);
  return one['spec'] as Fields;
}

test('every service gets an address and a node port of its own', () => {
  const store = new Store();
  const specs = Array.from({ length: 300 }, (_, index) => {
    const ports = [{ port: 80, protocol: 'TCP' }];
    return added(store, service(`s${index}`, { type: 'NodePort', ports }));
  });
  expect(new Set(specs.map((spec) => spec['clusterIP'])).size).toBe(300);
  expect(new Set(specs.map((spec) => JSON.stringify(spec['ports']))).size).toBe(300);
  expect(specs.at(-1)?.['clusterIP']).toBe('10.96.1.44');
});

test('an update keeps what was given before, also when it does not say so', () => {
  const store = new Store();
  const before = service('a', { type: 'NodePort', ports: [{ port: 80, protocol: 'TCP' }] });
  const spec = added(store, before);
  const after = service('a', { type: 'NodePort', ports: [{ port: 80, protocol: 'TCP' }] });
  expect(allocate(store, after, before)).toEqual([]);
  expect(after['spec']).toEqual(spec);
});

test('a headless service stays without an address', () => {
  const one = service('a', { type: 'ClusterIP', clusterIP: 'None', ports: [{ port: 80 }] });
  expect(added(new Store(), one)['clusterIP']).toBe('None');
});

test('a node port out of range, or of another service, is refused', () => {
  const store = new Store();
  added(store, service('a', { type: 'NodePort', ports: [{ port: 80, nodePort: 30_080 }] }));
  const wrong = (nodePort: number) =>
    allocate(store, service('b', { type: 'NodePort', ports: [{ port: 80, nodePort }] }), undefined)[0]
      ?.message;
  expect(wrong(80)).toBe(
    'Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767',
  );
  expect(wrong(30_080)).toBe('Invalid value: 30080: provided port is already allocated');
});

import { fillDefaults } from './kinds/defaults.ts';
import type { KubeObject } from './objects.ts';
import type { Store } from './store.ts';

const NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** Makes what every cluster begins with, where it is not there yet: namespaces, and the API's own Service. */
export function bootstrap(store: Store, port: number): void {
  for (const name of NAMESPACES) {
    add(store, 'namespaces', draft('Namespace', { name }));
    add(store, 'serviceaccounts', draft('ServiceAccount', { name: 'default', namespace: name }));
  }
  const meta = { name: 'kubernetes', namespace: 'default' };
  const ports = [{ name: 'https', port: 443, protocol: 'TCP', targetPort: port }];
  const spec = { clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1'], ports };
  add(store, 'services', { ...draft('Service', meta), spec });
  const addresses = [{ ip: '127.0.0.1' }];
  const subsets = [{ addresses, ports: [{ name: 'https', port, protocol: 'TCP' }] }];
  add(store, 'endpoints', { ...draft('Endpoints', meta), subsets });
}

function draft(kind: string, meta: { name: string; namespace?: string }): KubeObject {
  const metadata = { ...meta, uid: '', resourceVersion: '', creationTimestamp: '' };
  return { kind, apiVersion: 'v1', metadata };
}

function add(store: Store, resource: string, object: KubeObject): void {
  fillDefaults(resource, object);
  const { name, namespace = '' } = object.metadata;
  store.create({ resource, namespace, name }, object);
}

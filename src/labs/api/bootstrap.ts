import { fillDefaults } from './kinds/defaults.ts';
import type { KubeObject } from './objects.ts';
import { GROUPS } from './resources.ts';
import type { Store } from './store.ts';
import { timestamp } from './values.ts';

const NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** Makes what every cluster begins with, where it is not there yet: namespaces, and the API's own Service. */
export function bootstrap(store: Store, { port, measured }: { port: number; measured: boolean }): void {
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
  for (const of of [{ group: '', version: 'v1' }, ...GROUPS])
    add(store, 'apiservices', apiService(of, measured));
  add(store, 'endpoints', { ...draft('Endpoints', meta), subsets });
}

/** How the API says that a group is served: by itself, or by metrics-server. */
function apiService({ group, version }: { group: string; version: string }, measured: boolean): KubeObject {
  const name = `${version}.${group}`;
  const local = group !== 'metrics.k8s.io';
  const service = { namespace: 'kube-system', name: 'metrics-server', port: 443 };
  const priorities = { groupPriorityMinimum: local ? 17_000 : 100, versionPriority: local ? 15 : 100 };
  const spec = { group, version, ...priorities, ...(local ? {} : { service, insecureSkipTLSVerify: true }) };
  const lastTransitionTime = timestamp(new Date());
  const available = { type: 'Available', lastTransitionTime };
  const condition = local
    ? { ...available, status: 'True', reason: 'Local', message: 'Local APIServices are always available' }
    : measured
      ? { ...available, status: 'True', reason: 'Passed', message: 'all checks passed' }
      : { ...available, status: 'False', reason: 'MissingEndpoints', message: NOT_MEASURED };
  const object = draft('APIService', { name });
  return { ...object, apiVersion: 'apiregistration.k8s.io/v1', spec, status: { conditions: [condition] } };
}

const NOT_MEASURED = 'endpoints for service/metrics-server in "kube-system" have no addresses';

function draft(kind: string, meta: { name: string; namespace?: string }): KubeObject {
  const metadata = { ...meta, uid: '', resourceVersion: '', creationTimestamp: '' };
  return { kind, apiVersion: 'v1', metadata };
}

function add(store: Store, resource: string, object: KubeObject): void {
  fillDefaults(resource, object);
  const { name, namespace = '' } = object.metadata;
  store.create({ resource, namespace, name }, object);
}

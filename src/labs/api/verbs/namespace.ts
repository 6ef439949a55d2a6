import type { Cluster } from '../http/call.ts';
import type { KubeObject } from '../objects.ts';
import { RESOURCES, type Resource } from '../resources.ts';
import type { Store } from '../store.ts';
import { copyOf, fieldsOf, timestamp } from '../values.ts';
import { deleteOptions, removeObject } from './removal.ts';

const PROTECTED = ['default', 'kube-system', 'kube-public'];

/** The namespaces that a cluster cannot be without. */
export const isProtected = (resource: Resource, name: string): boolean =>
  resource.plural === 'namespaces' && PROTECTED.includes(name);

/** Marks a namespace as Terminating and deletes what is in it; it goes itself when the last of that is gone. */
export function deleteNamespace(cluster: Cluster, namespace: KubeObject): KubeObject {
  const key = { resource: 'namespaces', namespace: '', name: namespace.metadata.name };
  if (namespace.metadata.deletionTimestamp !== undefined) return namespace;
  const marked = copyOf(namespace);
  marked.metadata.deletionTimestamp = timestamp(new Date());
  marked['status'] = { ...fieldsOf(marked['status']), phase: 'Terminating' };
  const written = cluster.store.update(key, marked);
  const options = deleteOptions(new URLSearchParams(), undefined);
  for (const resource of RESOURCES.filter((one) => one.namespaced)) {
    for (const object of cluster.store.list(resource.plural, key.name))
      removeObject(cluster, resource, { object, options });
  }
  removeWhenEmpty(cluster.store, key.name);
  return written.ok ? written.object : namespace;
}

function removeWhenEmpty(store: Store, name: string): void {
  if (store.get({ resource: 'namespaces', namespace: '', name })?.metadata.deletionTimestamp === undefined)
    return;
  const full = RESOURCES.some((one) => one.namespaced && store.list(one.plural, name).length > 0);
  if (!full) store.remove({ resource: 'namespaces', namespace: '', name });
}

/** Lets terminating namespaces go when their last object is gone; returns the function that ends it. */
export function tendNamespaces(store: Store): () => void {
  return store.subscribe((change) => {
    if (change.type === 'DELETED' && change.key.namespace !== '')
      removeWhenEmpty(store, change.key.namespace);
  });
}

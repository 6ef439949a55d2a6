import type { KubeObject, ObjectKey, OwnerReference } from '../api/objects.ts';
import type { Store } from '../api/store.ts';
import type { Condition, Pod } from './shapes.ts';

/** The only node there is. */
export const NODE_NAME = 'practice-1';

/** The API's time: RFC 3339 with whole seconds. */
export const timestamp = (ms: number = Date.now()): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

export const keyOf = (resource: string, object: KubeObject): ObjectKey => ({
  resource,
  namespace: object.metadata.namespace ?? '',
  name: object.metadata.name,
});

/** An object as the kind that its resource says; the store keeps all kinds alike. */
export const read = <T extends KubeObject>(store: Store, key: ObjectKey): T | undefined =>
  store.get(key) as T | undefined;

export const readAll = <T extends KubeObject>(store: Store, resource: string, namespace?: string): T[] =>
  store.list(resource, namespace) as T[];

/**
 * Reads, alters and writes back in one go; nobody can come between, as all of it is synchronous.
 * Returns what is stored then; undefined where the object is gone or another one has its name by now.
 */
export function alter<T extends KubeObject>(
  store: Store,
  where: { key: ObjectKey; uid?: string },
  change: (object: T) => void,
): T | undefined {
  const object = read<T>(store, where.key);
  if (object === undefined) return undefined;
  if (where.uid !== undefined && object.metadata.uid !== where.uid) return undefined;
  change(object);
  const written = store.update(where.key, object);
  return written.ok ? (written.object as T) : undefined;
}

/** Sets a condition; `lastTransitionTime` changes only with the status, as in the real API. */
export function setCondition(conditions: Condition[], next: Condition): Condition[] {
  const before = conditions.find((one) => one.type === next.type);
  const since = before?.status === next.status ? before.lastTransitionTime : undefined;
  const entry = { ...next, lastTransitionTime: since ?? timestamp() };
  if (before === undefined) return [...conditions, entry];
  return conditions.map((one) => (one.type === next.type ? entry : one));
}

const conditionIs = (conditions: Condition[] | undefined, type: string): boolean =>
  conditions?.some((one) => one.type === type && one.status === 'True') ?? false;

export const isReady = (pod: Pod): boolean => conditionIs(pod.status?.conditions, 'Ready');

export const isTerminating = (object: KubeObject): boolean => object.metadata.deletionTimestamp !== undefined;

/** Ended for good: it holds no place in a replica set or an endpoint list. */
export const hasEnded = (pod: Pod): boolean =>
  pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

export const controllerOf = (object: KubeObject): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find((owner) => owner.controller === true);

export const ownedBy = (object: KubeObject, uid: string): boolean => controllerOf(object)?.uid === uid;

export function ownerReference(owner: KubeObject): OwnerReference {
  const { apiVersion, kind, metadata } = owner;
  const { name, uid } = metadata;
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}

/** What a new object needs; the store fills in uid, resourceVersion and creationTimestamp. */
export const newMetadata = (name: string, namespace?: string) => ({
  name,
  ...(namespace === undefined ? {} : { namespace }),
  uid: '',
  resourceVersion: '',
  creationTimestamp: '',
});

/**
 * Asks for a pod's end as the API's DELETE does: with a grace the kubelet ends it and removes it,
 * without one (or without a node) it is gone at once.
 */
export function deletePod(store: Store, pod: Pod): void {
  const key = keyOf('pods', pod);
  if (isTerminating(pod)) return;
  const grace = pod.spec.terminationGracePeriodSeconds ?? 30;
  if (pod.spec.nodeName === undefined || grace === 0 || hasEnded(pod)) {
    store.remove(key);
    return;
  }
  alter<Pod>(store, { key, uid: pod.metadata.uid }, ({ metadata }) => {
    metadata.deletionTimestamp = timestamp(Date.now() + grace * 1000);
    metadata.deletionGracePeriodSeconds = grace;
  });
}

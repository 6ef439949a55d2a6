import { type Cluster, isDryRun } from '../http/call.ts';
import type { KubeObject, ObjectKey } from '../objects.ts';
import type { Resource } from '../resources.ts';
import { copyOf, dig, fieldsOf, timestamp } from '../values.ts';
import { orphanDependents } from './orphan.ts';

/** How something is to be deleted, from the body or the query of a request. */
export interface DeleteOptions {
  graceSeconds: number | undefined;
  uid: string | undefined;
  resourceVersion: string | undefined;
  orphan: boolean;
  dryRun: boolean;
}

/** Reads the options of a DELETE; the body, when there is one, goes before the query. */
export function deleteOptions(query: URLSearchParams, body: unknown): DeleteOptions {
  const given = fieldsOf(body);
  const text = query.get('gracePeriodSeconds');
  const grace = given['gracePeriodSeconds'] ?? (text === null ? undefined : Number(text));
  const policy = given['propagationPolicy'] ?? query.get('propagationPolicy');
  const uid = dig(given, 'preconditions', 'uid');
  const version = dig(given, 'preconditions', 'resourceVersion');
  const old = given['orphanDependents'] === true || query.get('orphanDependents') === 'true';
  const dry = Array.isArray(given['dryRun']) && given['dryRun'].includes('All');
  return {
    graceSeconds: typeof grace === 'number' && Number.isFinite(grace) ? grace : undefined,
    uid: typeof uid === 'string' ? uid : undefined,
    resourceVersion: typeof version === 'string' ? version : undefined,
    orphan: policy === 'Orphan' || old,
    dryRun: dry || isDryRun(query),
  };
}

/**
 * Deletes as the real API does. A pod on a node is only marked (deletionTimestamp): its kubelet removes it when its
 * processes have ended. What has finalizers is marked too. All else, and grace 0, is gone at once.
 */
export function removeObject(
  cluster: Cluster,
  resource: Resource,
  { object, options }: { object: KubeObject; options: DeleteOptions },
): KubeObject {
  const key = keyOfObject(resource, object);
  if (options.orphan) orphanDependents(cluster.store, object.metadata.uid);
  const grace = resource.plural === 'pods' ? graceOf(object, options.graceSeconds) : 0;
  const held = (object.metadata.finalizers ?? []).length > 0;
  if (grace > 0 || held) return mark(cluster, key, { object, grace });
  const removed = cluster.store.remove(key);
  return removed.ok ? removed.object : object;
}

const keyOfObject = (resource: Resource, { metadata }: KubeObject): ObjectKey => ({
  resource: resource.plural,
  namespace: metadata.namespace ?? '',
  name: metadata.name,
});

/** Seconds until the kubelet must have killed it; 0 where no kubelet has to be waited for. */
function graceOf(pod: KubeObject, asked: number | undefined): number {
  if (!dig(pod, 'spec', 'nodeName')) return 0;
  if (['Succeeded', 'Failed'].includes(String(dig(pod, 'status', 'phase')))) return 0;
  const own = dig(pod, 'spec', 'terminationGracePeriodSeconds');
  const seconds = asked ?? (typeof own === 'number' ? own : 30);
  return seconds < 0 ? 1 : Math.floor(seconds);
}

/** Marks an object as being deleted; a second delete can only shorten the time that is left. */
function mark(
  cluster: Cluster,
  key: ObjectKey,
  { object, grace }: { object: KubeObject; grace: number },
): KubeObject {
  const before = object.metadata.deletionGracePeriodSeconds;
  if (object.metadata.deletionTimestamp !== undefined && before !== undefined && before <= grace)
    return object;
  const marked = copyOf(object);
  const start = startOfDeletion(object) ?? Date.now();
  marked.metadata.deletionTimestamp = timestamp(new Date(start + grace * 1_000));
  marked.metadata.deletionGracePeriodSeconds = grace;
  const written = cluster.store.update(key, marked);
  return written.ok ? written.object : object;
}

function startOfDeletion(object: KubeObject): number | undefined {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = object.metadata;
  if (deletionTimestamp === undefined) return undefined;
  return Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1_000;
}

import { ok } from '../../../model/result.ts';
import { type Answer, type Call, type Cluster, isDryRun, keyOf } from '../http/call.ts';
import { present } from '../http/form.ts';
import { allocate } from '../kinds/addresses.ts';
import { fillDefaults } from '../kinds/defaults.ts';
import type { Models } from '../kinds/fields.ts';
import { causesOf } from '../kinds/validate.ts';
import type { KubeObject, ObjectMeta } from '../objects.ts';
import { applyPatch } from '../patch/apply.ts';
import { conflict, invalid, notFound, type Outcome, refuse } from '../status.ts';
import { type Received, receive } from './body.ts';
import { create } from './create.ts';
import { find } from './read.ts';

/** PUT of an object, or of its status. */
export function update(cluster: Cluster, call: Call, received: Received): Outcome<Answer> {
  const { metadata } = received.object;
  if (metadata.name === '') metadata.name = call.name ?? '';
  const found = find(cluster, call);
  if (!found.ok) {
    const creates = call.resource.createOnUpdate && call.subresource === undefined;
    return creates ? create(cluster, call, received) : found;
  }
  return replace(cluster, call, { before: found.value, received });
}

/** PATCH of an object, or of its status, by any of the three patch types. */
export function patch(cluster: Cluster, call: Call, models: Models): Outcome<Answer> {
  const found = find(cluster, call);
  if (!found.ok) return found;
  const patched = applyPatch(call.contentType, found.value, call.body);
  if (!patched.ok) return patched;
  const received = receive(call, models, patched.value);
  if (!received.ok) return received;
  return replace(cluster, call, { before: found.value, received: received.value });
}

interface Replacement {
  before: KubeObject;
  received: Received;
}

function replace(cluster: Cluster, call: Call, { before, received }: Replacement): Outcome<Answer> {
  const mismatch = identityMismatch(call, before, received.object.metadata);
  if (mismatch !== undefined) return mismatch;
  const next = merged(call, before, received.object);
  if (call.subresource !== 'status') {
    fillDefaults(call.resource.plural, next);
    const causes = causesOf(call.resource, next, before);
    if (causes.length === 0 && call.resource.plural === 'services')
      causes.push(...allocate(cluster.store, next, before));
    if (causes.length > 0) return invalid(call.resource, before.metadata.name, causes);
  }
  const written = commit(cluster, call, next);
  if (!written.ok) return written;
  const body = present(call.resource, written.value, call);
  return ok({ code: 200, body, warnings: received.warnings });
}

function identityMismatch(call: Call, before: KubeObject, next: ObjectMeta) {
  const { name, namespace, uid, resourceVersion } = before.metadata;
  if (next.name !== name)
    return refuse(400, `the name of the object (${next.name}) does not match the name on the URL (${name})`);
  if (next.namespace && next.namespace !== namespace)
    return refuse(400, 'the namespace of the object does not match the namespace on the request');
  if (next.uid && next.uid !== uid) {
    const why = `Precondition failed: UID in precondition: ${next.uid}, UID in object meta: ${uid}`;
    return conflict(call.resource, name, why);
  }
  if (next.resourceVersion && next.resourceVersion !== resourceVersion) return conflict(call.resource, name);
  return undefined;
}

/** What a write to the object may change leaves the status alone, and the other way round. */
function merged(call: Call, before: KubeObject, given: KubeObject): KubeObject {
  if (call.subresource === 'status') return { ...before, status: given['status'] ?? {} };
  const { namespace, uid, creationTimestamp, generateName } = before.metadata;
  const { deletionTimestamp, deletionGracePeriodSeconds } = before.metadata;
  const kept = {
    namespace,
    uid,
    creationTimestamp,
    generateName,
    deletionTimestamp,
    deletionGracePeriodSeconds,
  };
  const metadata = {
    ...given.metadata,
    ...kept,
    resourceVersion: before.metadata.resourceVersion,
  } as ObjectMeta;
  const next: KubeObject = { ...given, metadata };
  if (!call.resource.subresources.includes('status')) return next;
  const { status: _, ...rest } = next;
  return 'status' in before
    ? { ...rest, metadata, kind: next.kind, apiVersion: next.apiVersion, status: before['status'] }
    : (rest as KubeObject);
}

function commit(cluster: Cluster, call: Call, next: KubeObject): Outcome<KubeObject> {
  const key = keyOf(call, call.name ?? '');
  if (isDryRun(call.query)) return ok(next);
  const written = cluster.store.update(key, next);
  if (!written.ok)
    return written.reason === 'Conflict'
      ? conflict(call.resource, key.name)
      : notFound(call.resource, key.name);
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = written.object.metadata;
  const over = deletionTimestamp !== undefined && deletionGracePeriodSeconds === 0 && finalizers.length === 0;
  if (!over || call.resource.plural === 'namespaces') return ok(written.object);
  cluster.store.remove(key);
  return ok(written.object);
}

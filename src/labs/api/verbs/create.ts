import { randomUUID } from 'node:crypto';
import { ok } from '../../../model/result.ts';
import { type Answer, type Call, type Cluster, isDryRun, keyOf } from '../http/call.ts';
import { present } from '../http/form.ts';
import { allocate } from '../kinds/addresses.ts';
import { required } from '../kinds/causes.ts';
import { fillDefaults } from '../kinds/defaults.ts';
import { generatedName } from '../kinds/names.ts';
import { newPodStatus } from '../kinds/pods.ts';
import { causesOf } from '../kinds/validate.ts';
import type { KubeObject } from '../objects.ts';
import { alreadyExists, forbidden, invalid, notFound, type Outcome, refuse } from '../status.ts';
import { timestamp } from '../values.ts';
import type { Received } from './body.ts';

/** POST of a new object. */
export function create(cluster: Cluster, call: Call, received: Received): Outcome<Answer> {
  const prepared = prepare(cluster, call, received.object);
  if (!prepared.ok) return prepared;
  const made = commit(cluster, call, prepared.value);
  if (!made.ok) return made;
  return ok({ code: 201, body: present(call.resource, made.value, call), warnings: received.warnings });
}

function commit(cluster: Cluster, call: Call, object: KubeObject): Outcome<KubeObject> {
  const key = keyOf(call, object.metadata.name);
  if (isDryRun(call.query)) {
    if (cluster.store.get(key) !== undefined) return alreadyExists(call.resource, key.name);
    Object.assign(object.metadata, { uid: randomUUID(), creationTimestamp: timestamp(new Date()) });
    return ok(object);
  }
  const made = cluster.store.create(key, object);
  return made.ok ? ok(made.object) : alreadyExists(call.resource, key.name);
}

/** Everything between the client's object and the one that is kept: name, namespace, defaults, checks. */
function prepare(cluster: Cluster, call: Call, object: KubeObject): Outcome<KubeObject> {
  const { resource } = call;
  const { metadata } = object;
  if (metadata.resourceVersion !== '')
    return refuse(400, 'resourceVersion should not be set on objects to be created');
  const home = inNamespace(cluster, call, object);
  if (!home.ok) return home;
  if (metadata.name === '' && metadata.generateName) metadata.name = generatedName(metadata.generateName);
  if (metadata.name === '')
    return invalid(resource, '', [required('metadata.name', 'name or generateName is required')]);
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  if (resource.subresources.includes('status') && resource.plural !== 'nodes') delete object['status'];
  fillDefaults(resource.plural, object);
  if (resource.plural === 'pods') object['status'] = newPodStatus(object);
  else if (resource.group === 'apps') object['status'] = {};
  const causes = causesOf(resource, object);
  if (causes.length === 0 && resource.plural === 'services')
    causes.push(...allocate(cluster.store, object, undefined));
  return causes.length > 0 ? invalid(resource, metadata.name, causes) : ok(object);
}

/** The namespace must be there, alive, and the one that the object itself names. */
function inNamespace(cluster: Cluster, call: Call, object: KubeObject): Outcome<undefined> {
  const { resource, namespace } = call;
  if (!resource.namespaced) {
    delete object.metadata.namespace;
    return ok(undefined);
  }
  if (namespace === undefined)
    return refuse(405, 'the server does not allow this method on the requested resource');
  const own = object.metadata.namespace;
  if (own && own !== namespace)
    return refuse(
      400,
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  object.metadata.namespace = namespace;
  const home = cluster.store.get({ resource: 'namespaces', namespace: '', name: namespace });
  if (home === undefined) return notFound({ group: '', plural: 'namespaces', kind: 'Namespace' }, namespace);
  if (home.metadata.deletionTimestamp === undefined) return ok(undefined);
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  return forbidden(resource, object.metadata.name, why);
}

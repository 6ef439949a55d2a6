import { ok } from '../../../model/result.ts';
import type { Answer, Call, Cluster } from '../http/call.ts';
import { present, presentList } from '../http/form.ts';
import type { KubeObject } from '../objects.ts';
import type { Resource } from '../resources.ts';
import { selectionOf } from '../select/selection.ts';
import { conflict, deleted, forbidden, type Outcome } from '../status.ts';
import { deleteNamespace, isProtected } from './namespace.ts';
import { find } from './read.ts';
import { type DeleteOptions, deleteOptions, removeObject } from './removal.ts';

/** DELETE of one object. `Foreground` is treated as `Background`: the dependents go after their owner. */
export function remove(cluster: Cluster, call: Call): Outcome<Answer> {
  const found = find(cluster, call);
  if (!found.ok) return found;
  const options = deleteOptions(call.query, call.body);
  const unmet = unmetPrecondition(call, found.value, options);
  if (unmet !== undefined) return unmet;
  if (isProtected(call.resource, call.name ?? ''))
    return forbidden(call.resource, call.name ?? '', 'this namespace may not be deleted');
  const last = options.dryRun
    ? found.value
    : removeOne(cluster, call.resource, { object: found.value, options });
  const gone = last.metadata.deletionTimestamp === undefined;
  if (gone && !call.resource.returnsDeleted)
    return ok({ code: 200, body: deleted(call.resource, last.metadata.name, last.metadata.uid) });
  return ok({ code: 200, body: present(call.resource, last, call) });
}

function removeOne(
  cluster: Cluster,
  resource: Resource,
  what: { object: KubeObject; options: DeleteOptions },
) {
  return resource.plural === 'namespaces'
    ? deleteNamespace(cluster, what.object)
    : removeObject(cluster, resource, what);
}

/** DELETE of a collection: all that the selectors choose. */
export function removeAll(cluster: Cluster, call: Call): Outcome<Answer> {
  const selection = selectionOf(call.resource, call.query);
  if (!selection.ok) return selection;
  const options = deleteOptions(call.query, call.body);
  const chosen = cluster.store.list(call.resource.plural, call.namespace).filter(selection.value.matches);
  const items = chosen
    .filter((object) => !isProtected(call.resource, object.metadata.name))
    .map((object) => (options.dryRun ? object : removeOne(cluster, call.resource, { object, options })));
  const page = { metadata: { resourceVersion: String(cluster.store.version) }, items };
  return ok({ code: 200, body: presentList(call.resource, page, { ...call, form: 'whole' }) });
}

function unmetPrecondition(call: Call, found: KubeObject, options: DeleteOptions) {
  const { name, uid, resourceVersion } = found.metadata;
  const wanted = [
    { what: 'UID', asked: options.uid, is: uid },
    { what: 'ResourceVersion', asked: options.resourceVersion, is: resourceVersion },
  ];
  const unmet = wanted.find(({ asked, is }) => asked !== undefined && asked !== is);
  if (unmet === undefined) return undefined;
  const { what, asked, is } = unmet;
  const why = `Precondition failed: ${what} in precondition: ${asked}, ${what} in object meta: ${is}`;
  return conflict(call.resource, name, why);
}

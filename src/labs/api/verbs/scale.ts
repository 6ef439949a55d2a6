import { ok } from '../../../model/result.ts';
import type { Answer, Call, Cluster } from '../http/call.ts';
import type { Models } from '../kinds/fields.ts';
import { decode } from '../kinds/fields.ts';
import type { KubeObject } from '../objects.ts';
import { applyPatch } from '../patch/apply.ts';
import { type Outcome, refuse } from '../status.ts';
import { selectorText } from '../tables/workloads.ts';
import { dig, type Fields, fieldsOf, isFields, textOf } from '../values.ts';
import { find } from './read.ts';
import { update } from './update.ts';

/** The `scale` subresource of an object: its replicas, and nothing else. */
function scaleOf(object: KubeObject): Fields {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: dig(object, 'spec', 'replicas') ?? 0 },
    status: {
      replicas: dig(object, 'status', 'replicas') ?? 0,
      selector: selectorText(dig(object, 'spec', 'selector')),
    },
  };
}

/** GET, PUT and PATCH of `scale`. */
export function scale(
  cluster: Cluster,
  call: Call,
  method: { name: string; models: Models },
): Outcome<Answer> {
  const found = find(cluster, call);
  if (!found.ok) return found;
  const now = scaleOf(found.value);
  if (method.name === 'GET') return ok({ code: 200, body: now });
  const wanted = method.name === 'PUT' ? ok(call.body) : applyPatch(call.contentType, now, call.body);
  if (!wanted.ok) return wanted;
  if (!isFields(wanted.value))
    return refuse(400, 'the object provided is unrecognized (must be of type Scale)');
  const { object, wrong } = decode(method.models, 'Scale', wanted.value);
  if (wrong !== undefined) return refuse(400, `Scale in version "v1" cannot be handled as a Scale: ${wrong}`);
  return scaleTo(cluster, call, { owner: found.value, wanted: object });
}

function scaleTo(
  cluster: Cluster,
  call: Call,
  { owner, wanted }: { owner: KubeObject; wanted: Fields },
): Outcome<Answer> {
  const { status: _, ...next } = owner;
  const replicas = dig(wanted, 'spec', 'replicas') ?? 0;
  const object: KubeObject = {
    ...next,
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    metadata: {
      ...owner.metadata,
      name: textOf(dig(wanted, 'metadata', 'name')) || owner.metadata.name,
      resourceVersion: textOf(dig(wanted, 'metadata', 'resourceVersion')),
      uid: textOf(dig(wanted, 'metadata', 'uid')),
    },
    spec: { ...fieldsOf(owner['spec']), replicas },
  };
  const main: Call = { ...call, subresource: undefined, form: 'whole' };
  const written = update(cluster, main, { object, warnings: [] });
  if (!written.ok || !('body' in written.value)) return written;
  return ok({ code: 200, body: scaleOf(written.value.body as KubeObject) });
}

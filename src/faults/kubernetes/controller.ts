import { createHash } from 'node:crypto';
import type { ApiFailure, KubernetesApi } from '../../model/contracts/world.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { fail, ok, type Result } from '../../model/result.ts';
import {
  at,
  flagAt,
  isObject,
  nameOf,
  numberAt,
  objectAt,
  objectsAt,
  textAt,
  uidOf,
} from '../../reach/kubernetes/fields.ts';
import { listAll } from '../../reach/kubernetes/list.ts';
import { pathOf, type Resource, resources } from '../../reach/kubernetes/paths.ts';
import { isTerminating } from '../../reach/kubernetes/pod.ts';
import { selectorText } from '../../reach/kubernetes/selector.ts';
import { getObject } from './common.ts';

/** Who makes new pods when some are gone. */
export interface Controller {
  kind: string;
  name: string;
  uid: string;
}

/** What a controller looked after before we came: how it is recognised as being back. */
export interface Before {
  controller: Controller;
  /** How many pods it wanted. */
  wanted: number;
  /** A hash of its pod template. */
  template: string;
}

/** Kinds that replace a lost pod by an equal one; others (Job, Node, custom ones) promise something else. */
const kinds: Record<string, Resource> = {
  Deployment: resources.deployments,
  ReplicaSet: resources.replicaSets,
  StatefulSet: resources.statefulSets,
  DaemonSet: resources.daemonSets,
  ReplicationController: resources.replicationControllers,
};

export const resourceOfKind = (kind: string): Resource | undefined =>
  Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;

/** The owner that acts: the reference with `controller: true`. */
export function controllerOf(object: JsonObject): Controller | undefined {
  const owner = objectsAt(object, 'metadata', 'ownerReferences').find(
    (reference) => flagAt(reference, 'controller') === true,
  );
  if (owner === undefined) return undefined;
  return {
    kind: textAt(owner, 'kind') ?? '',
    name: textAt(owner, 'name') ?? '',
    uid: textAt(owner, 'uid') ?? '',
  };
}

/** The controller at the top (a deployment rather than its replica set), what it wants, and its template. */
export async function readBefore(
  api: KubernetesApi,
  from: { namespace: string; controller: Controller },
  signal: AbortSignal,
): Promise<Result<Before, ApiFailure>> {
  const resource = resourceOfKind(from.controller.kind);
  if (resource === undefined) return fail(notFound(from.controller));
  const place = { resource, namespace: from.namespace, name: from.controller.name };
  const got = await getObject(api, place, signal);
  if (!got.ok) return got;
  const above = controllerOf(got.value);
  if (above !== undefined && resourceOfKind(above.kind) !== undefined) {
    return readBefore(api, { namespace: from.namespace, controller: above }, signal);
  }
  const controller = { ...from.controller, uid: uidOf(got.value) };
  return ok({ controller, wanted: wantedBy(got.value), template: templateOf(got.value) });
}

/** A controller as it is now and its ready pods, counted from the pods themselves: its status may lag behind. */
export interface Now {
  wanted: number;
  template: string;
  ready: JsonObject[];
}

/** Undefined where the controller is gone, or another one has its name. */
export async function readNow(
  api: KubernetesApi,
  from: { namespace: string; controller: Controller },
  signal: AbortSignal,
): Promise<Result<Now | undefined, ApiFailure>> {
  const { namespace, controller } = from;
  const resource = resourceOfKind(controller.kind);
  if (resource === undefined) return ok(undefined);
  const got = await getObject(api, { resource, namespace, name: controller.name }, signal);
  if (!got.ok) return got.problem.status === 404 ? ok(undefined) : got;
  if (uidOf(got.value) !== controller.uid) return ok(undefined);
  const query = { labelSelector: selectorText(objectAt(got.value, 'spec', 'selector')) };
  const pods = await listAll(api, { path: pathOf(resources.pods, { namespace }), query }, signal);
  if (!pods.ok) return pods;
  const ready = pods.value.items.filter(
    (pod) => belongsTo(pod, controller) && !isTerminating(pod) && isReady(pod),
  );
  return ok({ wanted: wantedBy(got.value), template: templateOf(got.value), ready });
}

/**
 * Whether a pod is this controller's. A deployment's pods belong to replica sets, which are named after it and the
 * pod-template-hash; so another deployment with overlapping labels is told apart without reading replica sets.
 */
export function belongsTo(pod: JsonObject, controller: Controller): boolean {
  const owner = controllerOf(pod);
  if (owner === undefined) return false;
  if (controller.kind !== 'Deployment') return owner.uid === controller.uid;
  const hash = textAt(pod, 'metadata', 'labels', 'pod-template-hash');
  if (owner.kind !== 'ReplicaSet') return false;
  return hash === undefined
    ? owner.name.startsWith(`${controller.name}-`)
    : owner.name === `${controller.name}-${hash}`;
}

function isReady(pod: JsonObject): boolean {
  return objectsAt(pod, 'status', 'conditions').some(
    (condition) => textAt(condition, 'type') === 'Ready' && textAt(condition, 'status') === 'True',
  );
}

/** A daemon set wants one a node; the others say how many, and 1 where they do not. */
const wantedBy = (object: JsonObject): number =>
  numberAt(object, 'status', 'desiredNumberScheduled') ?? numberAt(object, 'spec', 'replicas') ?? 1;

const templateOf = (object: JsonObject): string => fingerprint(at(object, 'spec', 'template') ?? null);

/** Twelve hexadecimal digits of the SHA-256 of a value, whatever the order of its keys. */
export function fingerprint(value: Json): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(value)))
    .digest('hex')
    .slice(0, 12);
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

const notFound = (controller: Controller): ApiFailure => ({
  status: 404,
  reason: 'NotFound',
  text: `controllers of kind ${controller.kind} are not known`,
  uncertain: false,
});

/** `replicaset/poll-backend-7c9` */
export const controllerText = ({ kind, name }: Controller): string => `${kind.toLowerCase()}/${name}`;

export const podText = (pod: JsonObject): string => `pod/${nameOf(pod)}`;

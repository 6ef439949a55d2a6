import { z } from 'zod';
import type { Look } from '../../model/contracts/fault.ts';
import type { KubernetesApi } from '../../model/contracts/world.ts';
import type { Target } from '../../model/injection.ts';
import type { JsonObject } from '../../model/json.ts';
import { fail, type Problem, type Result } from '../../model/result.ts';
import { failureProblem } from '../../reach/kubernetes/failure.ts';
import { flagAt, numberAt, objectsAt, textAt, uidOf } from '../../reach/kubernetes/fields.ts';
import { kubectl } from '../../reach/kubernetes/kubectl.ts';
import { resources } from '../../reach/kubernetes/paths.ts';
import type { Right } from '../../reach/kubernetes/rights.ts';
import type { Pinned } from './change.ts';
import { getNamed, getObject, nameSchema, no, unsuitable, yes } from './common.ts';

export const deploymentField = nameSchema.describe('The deployment');

/** A deployment of the system's namespace as a target, with what the fault needs to know of it. */
export async function findDeployment(
  api: KubernetesApi,
  name: string,
  signal: AbortSignal,
): Promise<Result<JsonObject>> {
  const place = { resource: resources.deployments, namespace: api.about.namespace, name };
  const found = await getNamed(api, place, signal);
  if (!found.ok) return found;
  if (flagAt(found.value, 'spec', 'paused') === true) {
    return fail(
      unsuitable(
        `deployment/${name} is paused: a change to it has no effect.`,
        `Resume it: \`${kubectl(api, api.about.namespace)} rollout resume deployment/${name}\`.`,
      ),
    );
  }
  return found;
}

export function deploymentTarget(api: KubernetesApi, name: string, object: JsonObject): Target {
  return {
    kind: 'deployment',
    name: `deployment/${name}`,
    id: uidOf(object),
    namespace: api.about.namespace,
    detail: { deployment: name },
  };
}

export const pinnedOf = (target: Target): Pinned => ({
  place: {
    resource: resources.deployments,
    namespace: target.namespace ?? 'default',
    name: textAt(target.detail, 'deployment') ?? '',
  },
  uid: target.id,
});

/** Reads the pinned deployment for a preflight. */
export async function readPinned(
  api: KubernetesApi,
  target: Target,
  signal: AbortSignal,
): Promise<Result<JsonObject>> {
  const { place, uid } = pinnedOf(target);
  const got = await getObject(api, place, signal);
  if (got.ok && uidOf(got.value) === uid) return got;
  if (!got.ok && got.problem.status !== 404) {
    return fail(failureProblem(api, got.problem, { doing: `read ${target.name}`, code: 'inject-failed' }));
  }
  return fail(gone(target));
}

const gone = (target: Target): Problem => ({
  code: 'target-missing',
  message: `${target.name} is not there any more, or another one has its name.`,
  fix: 'Run it again.',
});

/** What both deployment faults need: the object itself, our mark on it, and its copies on replica sets. */
export function markRights(namespace: string): Right[] {
  const on = (resource: Right['resource'], verbs: string[]): Right[] =>
    verbs.map((verb) => ({ verb, resource, namespace }));
  return [
    ...on(resources.deployments, ['get', 'patch']),
    ...on(resources.replicaSets, ['list', 'get', 'patch']),
  ];
}

export const markNeeds: readonly string[] = [
  'get and patch deployments',
  'list, get and patch replica sets (copies of our annotation are taken off them)',
];

/**
 * Whether a rollout is over, as `kubectl rollout status` judges it: the controller saw this generation, all replicas
 * are of the new template, none of an old one is left, and all are available.
 */
export const rolloutDone = (object: JsonObject): Look =>
  progressed(
    object,
    ({ wanted, updated, old, available }) => updated === wanted && old === 0 && available >= wanted,
  );

/** Whether at least one pod of the newest template is there, be it ready or not. */
export const rolloutBegun = (object: JsonObject): Look => progressed(object, ({ updated }) => updated > 0);

interface Replicas {
  wanted: number;
  updated: number;
  old: number;
  available: number;
}

function progressed(object: JsonObject, far: (replicas: Replicas) => boolean): Look {
  const status = (field: string): number => numberAt(object, 'status', field) ?? 0;
  if (status('observedGeneration') < (numberAt(object, 'metadata', 'generation') ?? 0)) {
    return no('the deployment controller has not seen the change yet');
  }
  const wanted = numberAt(object, 'spec', 'replicas') ?? 1;
  const updated = status('updatedReplicas');
  const old = status('replicas') - updated;
  const available = status('availableReplicas');
  const text = `${updated} of ${wanted} replicas updated, ${old} old, ${available} available`;
  return far({ wanted, updated, old, available }) ? yes(text) : no(`${text}${stuck(object)}`);
}

function stuck(object: JsonObject): string {
  const progressing = objectsAt(object, 'status', 'conditions').find(
    (condition) => textAt(condition, 'type') === 'Progressing' && textAt(condition, 'status') === 'False',
  );
  return progressing === undefined ? '' : `; ${textAt(progressing, 'message') ?? 'it does not progress'}`;
}

/** A look at the pinned deployment; `no` where it is gone, `unsure` where the API does not say. */
export async function lookAt(
  api: KubernetesApi,
  target: Target,
  look: { judge(object: JsonObject): Look; signal: AbortSignal },
): Promise<Look> {
  const { place, uid } = pinnedOf(target);
  const got = await getObject(api, place, look.signal);
  if (!got.ok && got.problem.status !== 404) {
    return { is: 'unsure', evidence: `the API did not say: ${got.problem.text}` };
  }
  if (!got.ok || uidOf(got.value) !== uid) return no(gone(target).message);
  return look.judge(got.value);
}

/** The strict schema of `target: { deployment }`. */
export const deploymentSpec = z.strictObject({ deployment: deploymentField });

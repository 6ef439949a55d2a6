import type { Candidates } from '../../model/contracts/fault.ts';
import type { KubernetesApi } from '../../model/contracts/world.ts';
import type { Target } from '../../model/injection.ts';
import type { JsonObject } from '../../model/json.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { failureProblem } from '../../reach/kubernetes/failure.ts';
import { nameOf, objectAt, textAt, uidOf } from '../../reach/kubernetes/fields.ts';
import { kubectl } from '../../reach/kubernetes/kubectl.ts';
import { listAll } from '../../reach/kubernetes/list.ts';
import { pathOf, resources } from '../../reach/kubernetes/paths.ts';
import { isTerminating } from '../../reach/kubernetes/pod.ts';
import { selectorText } from '../../reach/kubernetes/selector.ts';
import { getNamed, unsuitable } from './common.ts';
import { belongsTo, controllerOf, controllerText, podText, resourceOfKind } from './controller.ts';

/** Which pods: those of a deployment, one by name, or those with labels. */
export type PodSpec = { deployment: string } | { pod: string } | { selector: string };

/** The Running, non-terminating pods that match, refusing those that nothing would replace. */
export async function findPods(
  api: KubernetesApi,
  spec: PodSpec,
  signal: AbortSignal,
): Promise<Result<Candidates>> {
  const matched = await matchPods(api, spec, signal);
  if (!matched.ok) return matched;
  const running = matched.value.pods.filter((pod) => textAt(pod, 'status', 'phase') === 'Running');
  const alive = running.filter((pod) => !isTerminating(pod));
  if (alive.length === 0) return fail(nothingRuns(api, matched.value));
  const bare = alive.map(whyNot).find((problem) => problem !== undefined);
  if (bare !== undefined) return fail(bare);
  const set = { name: matched.value.name, size: alive.length, takenEach: 1 };
  return ok({ found: alive.map(targetOf), ...('pod' in spec ? {} : { set }) });
}

interface Matched {
  /** `pods of deployment/x`, for messages and limits. */
  name: string;
  pods: JsonObject[];
}

async function matchPods(api: KubernetesApi, spec: PodSpec, signal: AbortSignal): Promise<Result<Matched>> {
  const { namespace } = api.about;
  if ('pod' in spec) {
    const pod = await getNamed(api, { resource: resources.pods, namespace, name: spec.pod }, signal);
    return pod.ok ? ok({ name: `pod/${spec.pod}`, pods: [pod.value] }) : pod;
  }
  if ('selector' in spec) {
    const pods = await listPods(api, spec.selector, signal);
    return pods.ok ? ok({ name: `pods with ${spec.selector}`, pods: pods.value }) : pods;
  }
  const place = { resource: resources.deployments, namespace, name: spec.deployment };
  const deployment = await getNamed(api, place, signal);
  if (!deployment.ok) return deployment;
  const pods = await listPods(api, selectorText(objectAt(deployment.value, 'spec', 'selector')), signal);
  if (!pods.ok) return pods;
  const controller = { kind: 'Deployment', name: spec.deployment, uid: uidOf(deployment.value) };
  const owned = pods.value.filter((pod) => belongsTo(pod, controller));
  return ok({ name: `pods of deployment/${spec.deployment}`, pods: owned });
}

async function listPods(
  api: KubernetesApi,
  selector: string,
  signal: AbortSignal,
): Promise<Result<JsonObject[]>> {
  const path = pathOf(resources.pods, { namespace: api.about.namespace });
  const listed = await listAll(api, { path, query: { labelSelector: selector } }, signal);
  if (listed.ok) return ok(listed.value.items);
  return fail(failureProblem(api, listed.problem, { doing: 'list pods', code: 'system-unreachable' }));
}

/** Why a pod must not be deleted: nothing would make a new one, or nobody can prove that it did. */
export function whyNot(pod: JsonObject): Problem | undefined {
  const controller = controllerOf(pod);
  const name = podText(pod);
  if (controller === undefined) {
    return unsuitable(
      `${name} has no controller: nothing would replace it, so deleting it could not be undone.`,
      'Choose pods of a deployment, stateful set or daemon set.',
    );
  }
  if (controller.kind === 'Node') {
    return unsuitable(
      `${name} is a static pod of ${controllerText(controller)}: deleting it in the API does not stop it.`,
      'Choose pods of a deployment, stateful set or daemon set.',
    );
  }
  if (resourceOfKind(controller.kind) !== undefined) return undefined;
  return unsuitable(
    `${name} belongs to ${controllerText(controller)}; it is not known whether that kind replaces lost pods.`,
    'Choose pods of a deployment, replica set, stateful set, daemon set or replication controller.',
  );
}

function targetOf(pod: JsonObject): Target {
  const controller = controllerOf(pod);
  return {
    kind: 'pod',
    name: podText(pod),
    id: uidOf(pod),
    ...namespaceOf(pod),
    detail: {
      pod: nameOf(pod),
      node: textAt(pod, 'spec', 'nodeName') ?? '',
      controller: controller === undefined ? '' : controllerText(controller),
    },
  };
}

const namespaceOf = (pod: JsonObject): { namespace: string } => ({
  namespace: textAt(pod, 'metadata', 'namespace') ?? 'default',
});

function nothingRuns(api: KubernetesApi, { name, pods }: Matched): Problem {
  const count =
    pods.length === 0 ? 'there are none' : `none of ${pods.length} is Running and not terminating`;
  return {
    code: 'target-missing',
    message: `No pod to delete among ${name} in namespace ${api.about.namespace}: ${count}.`,
    fix: `Look at \`${kubectl(api, api.about.namespace)} get pods --show-labels\`.`,
  };
}

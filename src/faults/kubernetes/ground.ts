import type { Ground, Leftover, Leftovers } from '../../model/contracts/fault.ts';
import type { KubernetesApi } from '../../model/contracts/world.ts';
import type { JsonObject } from '../../model/json.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { failureProblem } from '../../reach/kubernetes/failure.ts';
import { nameOf, textAt } from '../../reach/kubernetes/fields.ts';
import { kubectl } from '../../reach/kubernetes/kubectl.ts';
import { listAll } from '../../reach/kubernetes/list.ts';
import { pathOf, resources } from '../../reach/kubernetes/paths.ts';
import { takeSnapshot } from '../../reach/kubernetes/snapshot.ts';
import { giveLock, heldLock, renewLock, takeLock } from './lock.ts';
import { LABEL, readMark } from './mark.ts';

/** A Kubernetes namespace as what a run breaks: its lock, and what runs left on it. */
export const kubernetesGround: Ground = {
  name: 'kubernetes',
  lock: async (world, holder, signal) => {
    const api = world.kubernetes();
    return api.ok ? takeLock(api.value, holder, signal) : api;
  },
  renew: async (world, holder, signal) => {
    const api = world.kubernetes();
    return api.ok ? renewLock(api.value, holder, signal) : api;
  },
  unlock: async (world, holder, signal) => {
    const api = world.kubernetes();
    return api.ok ? giveLock(api.value, holder, signal) : api;
  },
  leftovers: async (world, signal) => {
    const api = world.kubernetes();
    return api.ok ? leftovers(api.value, signal) : api;
  },
  snapshot: async (world, signal) => {
    const api = world.kubernetes();
    return api.ok ? ok(await takeSnapshot(api.value, signal)) : api;
  },
};

/** Everything that carries our label: in all namespaces if we may look there, else in our own. */
async function leftovers(api: KubernetesApi, signal: AbortSignal): Promise<Result<Leftovers>> {
  const query = { labelSelector: LABEL };
  let listed = await listAll(api, { path: pathOf(resources.deployments), query }, signal);
  if (!listed.ok && listed.problem.status === 403) {
    const path = pathOf(resources.deployments, { namespace: api.about.namespace });
    listed = await listAll(api, { path, query }, signal);
  }
  if (!listed.ok) {
    return fail(
      failureProblem(api, listed.problem, { doing: 'list deployments', code: 'system-unreachable' }),
    );
  }
  const found: Leftover[] = [];
  const unreadable: Problem[] = [];
  for (const object of listed.value.items) {
    const leftover = await leftoverOn(api, object, signal);
    if (leftover.ok) found.push(leftover.value);
    else unreadable.push(leftover.problem);
  }
  return ok({ found, unreadable });
}

async function leftoverOn(
  api: KubernetesApi,
  object: JsonObject,
  signal: AbortSignal,
): Promise<Result<Leftover>> {
  const injection = readMark(object);
  const namespace = textAt(object, 'metadata', 'namespace') ?? 'default';
  if (injection === undefined || typeof injection === 'string') {
    const name = `deployment/${nameOf(object)}`;
    return fail({
      code: 'undo-failed',
      message: `${name} in namespace ${namespace} has our label, but ${injection ?? 'its annotation is gone'}.`,
      fix: `Put it in order by hand (\`${kubectl(api, namespace)} rollout history ${name}\`), then remove the label ${LABEL}.`,
    });
  }
  const held = await heldLock(api, { namespace, run: injection.run }, signal);
  // A lock that we cannot read may be held: a living run is not to be disturbed.
  if (!held.ok) return ok({ injection, fresh: true });
  return ok({ injection, fresh: held.value !== undefined, ...(held.value && { lock: held.value }) });
}

import type { AnyFault } from '../../model/contracts/fault.ts';
import type { World } from '../../model/contracts/world.ts';
import type { Injection, Target } from '../../model/injection.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Result } from '../../model/result.ts';
import type { FakeCluster } from '../../reach/kubernetes/fake-cluster.ts';

/** A deployment whose rollout is over. */
export function deployment(
  name: string,
  options: { replicas?: number; container?: JsonObject } = {},
): object {
  const { replicas = 2, container = {} } = options;
  const labels = { app: name };
  const template = {
    metadata: { labels },
    spec: { containers: [{ name: 'web', image: 'web', ...container }] },
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels },
    spec: { replicas, selector: { matchLabels: labels }, template },
    status: settledStatus(replicas, 1),
  };
}

const settledStatus = (replicas: number, observedGeneration: number): object => ({
  observedGeneration,
  replicas,
  updatedReplicas: replicas,
  readyReplicas: replicas,
  availableReplicas: replicas,
});

/** Plays the deployment controller: what is wanted is there, at once. */
export function settle(cluster: FakeCluster, name: string): void {
  cluster.edit('deployments', name, (object) => {
    const spec = object['spec'] as { replicas: number };
    object['status'] = settledStatus(spec.replicas, object.metadata.generation ?? 1);
  });
}

/** Plays the deployment controller in a rollout that hangs: one new pod more, which is not available. */
export function stall(cluster: FakeCluster, name: string): void {
  cluster.edit('deployments', name, (object) => {
    const { replicas } = object['spec'] as { replicas: number };
    object['status'] = {
      ...settledStatus(replicas, object.metadata.generation ?? 1),
      replicas: replicas + 1,
      updatedReplicas: 1,
    };
  });
}

/** A deployment with its replica set and ready pods `NAME-1-0`, `NAME-1-1` … */
export function putWorkload(
  cluster: FakeCluster,
  name: string,
  options: Parameters<typeof deployment>[1] = {},
): void {
  const owner = cluster.put('deployments', deployment(name, options));
  const set = cluster.put('replicasets', {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-1`,
      labels: { app: name },
      ownerReferences: [ownedBy('Deployment', owner.metadata)],
    },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'web', image: 'web' }] },
      },
    },
    status: { replicas: 2, readyReplicas: 2 },
  });
  for (let n = 0; n < (options.replicas ?? 2); n += 1)
    putPod(cluster, `${name}-1-${n}`, { app: name, owner: set.metadata });
}

const ownedBy = (kind: string, of: { name: string; uid: string }): object => ({
  apiVersion: 'apps/v1',
  kind,
  name: of.name,
  uid: of.uid,
  controller: true,
});

export function putPod(
  cluster: FakeCluster,
  name: string,
  of: { app: string; owner?: { name: string; uid: string }; kind?: string },
): void {
  const ownerReferences = of.owner === undefined ? [] : [ownedBy(of.kind ?? 'ReplicaSet', of.owner)];
  cluster.put('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: of.app }, ownerReferences },
    spec: { containers: [{ name: 'web', image: 'web' }], terminationGracePeriodSeconds: 30, nodeName: 'n1' },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  });
}

const never = new AbortController().signal;

export const unwrap = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.problem));
  return result.value;
};

/** Resolves and prepares, as a run does before it journals. */
export async function intend(
  fault: AnyFault,
  world: World,
  wanted: { target: JsonObject; params: JsonObject },
): Promise<Injection> {
  const parsed = { target: fault.target.parse(wanted.target), params: fault.params.parse(wanted.params) };
  const candidates = unwrap(await fault.resolve(world, parsed, never));
  const [target] = candidates.found as [Target];
  const prepared = unwrap(await fault.prepare(world, { target, params: parsed.params }, never));
  return {
    id: `run-1.${fault.name}.0`,
    run: 'run-1',
    entry: 'e',
    fault: fault.name,
    target,
    params: parsed.params,
    undo: prepared.undo,
    deadline_s: 60,
    lease_s: 30,
  };
}

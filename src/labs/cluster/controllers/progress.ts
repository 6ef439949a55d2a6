import { setCondition, timestamp } from '../access.ts';
import type { Condition, Deployment, DeploymentStatus, ReplicaSet } from '../shapes.ts';
import type { Revisions } from './revisions.ts';
import { boundsOf } from './rollout.ts';

const DEFAULT_DEADLINE_S = 600;

interface Counts {
  /** What all ReplicaSets together want, and what they have. */
  wanted: number;
  replicas: number;
  updated: number;
  ready: number;
  available: number;
}

/** A Deployment's status as its ReplicaSets make it; `lookAgainIn` (ms) is when a stuck rollout will be overdue. */
export function statusOf(
  deployment: Deployment,
  { current, old }: Revisions,
): { status: DeploymentStatus; lookAgainIn?: number } {
  const counts = count(current, old);
  const progressing = progressOf(deployment, current, counts);
  let conditions = setCondition(deployment.status?.conditions ?? [], availability(deployment, counts));
  if (progressing !== undefined) conditions = setCondition(conditions, progressing);
  const unavailable = Math.max(0, counts.wanted - counts.available);
  const status: DeploymentStatus = {
    observedGeneration: deployment.metadata.generation ?? 1,
    ...nonZero({
      replicas: counts.replicas,
      updatedReplicas: counts.updated,
      readyReplicas: counts.ready,
      availableReplicas: counts.available,
      unavailableReplicas: unavailable,
    }),
    conditions,
  };
  const overdue = progressing?.reason === 'ReplicaSetUpdated' ? deadline(deployment, progressing) : undefined;
  return overdue === undefined ? { status } : { status, lookAgainIn: Math.max(1_000, overdue - Date.now()) };
}

function count(current: ReplicaSet | undefined, old: ReplicaSet[]): Counts {
  const all = current === undefined ? old : [current, ...old];
  const total = (of: (set: ReplicaSet) => number | undefined) =>
    all.reduce((sum, set) => sum + (of(set) ?? 0), 0);
  return {
    wanted: total((set) => set.spec.replicas),
    replicas: total((set) => set.status?.replicas),
    updated: current?.status?.replicas ?? 0,
    ready: total((set) => set.status?.readyReplicas),
    available: total((set) => set.status?.availableReplicas),
  };
}

/** The API leaves out numbers that are zero. */
const nonZero = (numbers: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== 0));

function availability(deployment: Deployment, counts: Counts): Condition {
  const { replicas, maxUnavailable } = boundsOf(deployment.spec);
  const enough = counts.available >= replicas - maxUnavailable;
  const reason = enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable';
  const before = deployment.status?.conditions?.find((one) => one.type === 'Available');
  const now = timestamp();
  return {
    type: 'Available',
    status: enough ? 'True' : 'False',
    reason,
    message: `Deployment ${enough ? 'has' : 'does not have'} minimum availability.`,
    lastUpdateTime: before?.reason === reason ? (before.lastUpdateTime ?? now) : now,
  };
}

/** The Progressing condition, or undefined where it stays as it is: a finished rollout stays finished. */
function progressOf(
  deployment: Deployment,
  current: ReplicaSet | undefined,
  counts: Counts,
): Condition | undefined {
  const before = deployment.status?.conditions?.find((one) => one.type === 'Progressing');
  const wanted = deployment.spec.replicas ?? 1;
  const finishedBefore = before?.reason === 'NewReplicaSetAvailable';
  if (finishedBefore && counts.replicas === counts.updated && current !== undefined) return before;
  const name = `ReplicaSet "${current?.metadata.name ?? deployment.metadata.name}"`;
  const make = (status: 'True' | 'False', reason: string, message: string): Condition => ({
    type: 'Progressing',
    status,
    reason,
    message,
    lastUpdateTime: timestamp(),
  });
  if (
    current !== undefined &&
    [counts.updated, counts.replicas, counts.available].every((one) => one === wanted)
  ) {
    return make('True', 'NewReplicaSetAvailable', `${name} has successfully progressed.`);
  }
  if (before === undefined && current !== undefined) {
    return make('True', 'NewReplicaSetCreated', `Created new replica set "${current.metadata.name}"`);
  }
  if (before === undefined || advanced(deployment.status, counts) || finishedBefore) {
    return make('True', 'ReplicaSetUpdated', `${name} is progressing.`);
  }
  if (before.status === 'True' && Date.now() >= deadline(deployment, before)) {
    return make('False', 'ProgressDeadlineExceeded', `${name} has timed out progressing.`);
  }
  return before;
}

const advanced = (before: DeploymentStatus | undefined, now: Counts): boolean =>
  now.updated > (before?.updatedReplicas ?? 0) ||
  now.ready > (before?.readyReplicas ?? 0) ||
  now.available > (before?.availableReplicas ?? 0) ||
  now.replicas - now.updated < (before?.replicas ?? 0) - (before?.updatedReplicas ?? 0);

function deadline(deployment: Deployment, condition: Condition): number {
  const seconds = deployment.spec.progressDeadlineSeconds ?? DEFAULT_DEADLINE_S;
  return Date.parse(condition.lastUpdateTime ?? timestamp()) + seconds * 1000;
}

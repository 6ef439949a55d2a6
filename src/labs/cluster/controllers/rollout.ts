import type { DeploymentSpec } from '../shapes.ts';

/** How far a rolling update may go, in pods. */
export interface Bounds {
  replicas: number;
  maxSurge: number;
  maxUnavailable: number;
}

/** One ReplicaSet of a Deployment, in the numbers that a rollout counts with. */
export interface Share {
  name: string;
  /** Wanted. */
  replicas: number;
  available: number;
}

/** Resolves percentages as Kubernetes does: the surge up, the unavailable down, and never both zero. */
export function boundsOf(spec: DeploymentSpec): Bounds {
  const replicas = spec.replicas ?? 1;
  if (spec.strategy?.type === 'Recreate') return { replicas, maxSurge: 0, maxUnavailable: replicas };
  const { maxSurge = '25%', maxUnavailable = '25%' } = spec.strategy?.rollingUpdate ?? {};
  const surge = amount(maxSurge, replicas, Math.ceil);
  const unavailable = amount(maxUnavailable, replicas, Math.floor);
  const nothingMoves = surge === 0 && unavailable === 0;
  return { replicas, maxSurge: surge, maxUnavailable: nothingMoves ? 1 : Math.min(unavailable, replicas) };
}

function amount(value: number | string, replicas: number, round: (value: number) => number): number {
  if (typeof value === 'number') return value;
  const percent = /^(\d+)%$/.exec(value);
  return percent === null ? Number(value) || 0 : round((Number(percent[1]) * replicas) / 100);
}

/** How many pods the new ReplicaSet should want now: grows within the surge, shrinks at once. */
export function growNew(bounds: Bounds, current: Share, total: number): number {
  if (current.replicas >= bounds.replicas) return bounds.replicas;
  const room = bounds.replicas + bounds.maxSurge - total;
  return current.replicas + Math.max(0, Math.min(room, bounds.replicas - current.replicas));
}

/**
 * How many pods each old ReplicaSet (oldest first) should want now: those that are not available go first,
 * then as many as the minimum of available pods allows.
 */
export function shrinkOld(bounds: Bounds, current: Share, old: readonly Share[]): Map<string, number> {
  const minimum = bounds.replicas - bounds.maxUnavailable;
  const total = sum([current, ...old], (one) => one.replicas);
  let unhealthyQuota = total - minimum - (current.replicas - current.available);
  const wanted = new Map(old.map((one) => [one.name, one.replicas]));
  if (unhealthyQuota <= 0) return wanted;
  for (const one of old) {
    const unhealthy = Math.max(0, Math.min(one.replicas - one.available, unhealthyQuota));
    wanted.set(one.name, one.replicas - unhealthy);
    unhealthyQuota -= unhealthy;
  }
  let quota = sum([current, ...old], (one) => one.available) - minimum;
  for (const one of old) {
    const left = wanted.get(one.name) ?? 0;
    const less = Math.max(0, Math.min(left, quota));
    wanted.set(one.name, left - less);
    quota -= less;
  }
  return wanted;
}

const sum = (shares: readonly Share[], of: (share: Share) => number): number =>
  shares.reduce((total, share) => total + of(share), 0);

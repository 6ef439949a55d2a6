import { isReady } from '../access.ts';
import type { Pod } from '../shapes.ts';

/**
 * Pods in the order in which a ReplicaSet that shrinks gives them up: without a node, pending, not ready, cheap to
 * delete, ready for the shortest time, restarted most often, youngest first (ActivePodsWithRanks of Kubernetes).
 */
export function inOrderOfRemoval(pods: readonly Pod[]): Pod[] {
  const ranked = pods.map((pod) => ({ pod, rank: rankOf(pod) }));
  ranked.sort((a, b) => compare(a.rank, b.rank));
  return ranked.map(({ pod }) => pod);
}

/** Numbers compared one after the other; the smaller goes first. */
function rankOf(pod: Pod): number[] {
  const { status, metadata, spec } = pod;
  const readySince = status?.conditions?.find((one) => one.type === 'Ready')?.lastTransitionTime;
  const restarts = status?.containerStatuses?.map((one) => one.restartCount) ?? [];
  const cost = Number(metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0);
  return [
    spec.nodeName === undefined ? 0 : 1,
    status?.phase === 'Running' ? 1 : 0,
    isReady(pod) ? 1 : 0,
    Number.isFinite(cost) ? cost : 0,
    isReady(pod) ? -Date.parse(readySince ?? '') : 0,
    -Math.max(0, ...restarts),
    -Date.parse(metadata.creationTimestamp),
    -Number(metadata.resourceVersion),
  ];
}

function compare(a: number[], b: number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at === -1 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}
